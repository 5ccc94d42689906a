import Architecture

/// The closed list of reasons.
enum Reasons { static let all = Reason.allCases }
