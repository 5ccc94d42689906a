/// A disk that is dying: a share of all accesses fails (EIO).
struct IOError: Fault {
  static let name = "io-error"
  static let summary = "a share of its disk accesses fails"
  static let scope = FaultScope.node(only: [.database, .messageQueue])
  static let outcomes: Set<Reason> = .ofFailures.union([.ioError])
  static let parameters = [FaultParameter.percent()]

  let share: Double

  init(_ values: [Double]) { share = values[0] }

  func afflict(_ condition: inout Condition) {
    condition.diskErrorShare = 1 - (1 - condition.diskErrorShare) * (1 - share)
  }
}
