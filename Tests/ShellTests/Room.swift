@testable import Shell

/// A session, what it says, and its progress file.
final class Room {
  let session = Session()
  /// What was said since the latest `run`.
  private(set) var said: [String] = []
  var progress = ""

  init(lesson document: String? = nil) {
    session.write = { [unowned self] in said.append($0) }
    session.writeError = session.write
    if let document { session.classroom.documents = { [("01-two-tasks", document)] } }
    session.classroom.store = Classroom.ProgressStore(
      read: { [unowned self] in progress },
      write: { [unowned self] in
        progress = $0
        return true
      })
  }

  @discardableResult
  func run(_ commands: String) -> Int32 {
    said = []
    return session.run(commands, name: "room")
  }
}
