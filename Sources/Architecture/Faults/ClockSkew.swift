import Kernel

/// A clock that is wrong: whatever the node decides by the time of day, it decides wrongly.
struct ClockSkew: Fault {
  static let name = "clock"
  static let summary = "its clock is wrong by so much; -30s is behind"
  static let scope = FaultScope.node(only: nil)
  static let outcomes: Set<Reason> = [
    .noToken, .tokenExpired, .tokenForged, .notPrimary, .fencedEpoch,
  ]
  static let parameters = [
    FaultParameter(name: "skew", unit: .duration, range: -86400e9...86400e9, standard: nil)
  ]

  let skew: Duration

  init(_ values: [Double]) { skew = Duration(nanoseconds: Int64(values[0])) }

  func afflict(_ condition: inout Condition) { condition.clockSkew = condition.clockSkew + skew }
}
