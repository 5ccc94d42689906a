import Kernel

/// The mean of a few measurements and how far it can be trusted.
struct Estimate {
  let mean: Double
  /// Half of the 95 % interval (Student's t).
  let margin: Double

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = values.count > 1 ? (sum / (count - 1)).squareRoot() : 0
    margin = values.count > 1 ? Self.student(values.count - 1) * deviation / count.squareRoot() : 0
  }

  /// Whether zero lies outside of the interval.
  var isClear: Bool { abs(mean) > margin }

  /// The 97.5 % point of Student's t: exact to three figures for the tabulated degrees of freedom,
  /// that of the next lower one between them.
  static func student(_ degrees: Int) -> Double {
    let table: [(Int, Double)] = [
      (1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (6, 2.447), (7, 2.365),
      (8, 2.306), (9, 2.262), (10, 2.228), (11, 2.201), (12, 2.179), (13, 2.160), (14, 2.145),
      (15, 2.131), (16, 2.120), (17, 2.110), (18, 2.101), (19, 2.093), (20, 2.086), (25, 2.060),
      (30, 2.042), (40, 2.021), (60, 2.000), (120, 1.980),
    ]
    return table.last { $0.0 <= degrees }?.1 ?? 12.706
  }
}
