/// An experiment that shows what a pattern buys and what it costs: the same workload without it and
/// with it.
struct PatternExperiment {
  let pattern: String
  /// Commands for both futures, and for the one without and the one with the pattern.
  let given: String
  let without: String
  let with: String
  /// Commands, without braces.
  let workload: String
  /// The observable that gets better by it, and one that gets worse, if one does.
  let gain: String
  let price: String?

  init(
    _ pattern: String, given: String = "", without: String = "", with: String = "",
    workload: String, gain: String, price: String? = nil
  ) {
    self.pattern = pattern
    self.given = given
    self.without = without
    self.with = with
    self.workload = workload
    self.gain = gain
    self.price = price
  }

  static let all = ofScalability + ofLatency + ofFaultTolerance

  static func of(_ pattern: String) -> PatternExperiment? {
    all.first { $0.pattern == pattern }
  }

  /// As one types it.
  var command: String {
    func block(_ commands: String) -> String {
      let all = [given, commands].filter { !$0.isEmpty }.joined(separator: "; ")
      return all.isEmpty ? "{ }" : "{ \(all) }"
    }
    let work = workload.contains(";") ? "{ \(workload) }" : workload
    return "compare \(block(without)) \(block(with)) : \(work)"
  }
}
