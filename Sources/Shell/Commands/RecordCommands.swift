import Language

/// Keeping a session as a script with its output.
let recordCommands: [Command] = [
  Command(
    name: "record", group: .script, summary: "write this session to a transcript as it goes on",
    parameters: [.init(name: "FILE|off", kind: .file)],
    details: [
      "The commands so far and all that follow are written with their output; 'hopsh test FILE' "
        + "checks them. 'record off' ends it."
    ],
    examples: [.init(line: "record off", meaning: "ends a recording")]
  ) { session, arguments throws(CommandError) in
    let path = arguments.required("FILE|off")
    if path == "off" || path == "stop" {
      guard let recorder = session.recorder else { return Report(["nothing is being recorded"]) }
      session.recorder = nil
      return Report(["recorded in \(recorder.path)"], .object([("file", .string(recorder.path))]))
    }
    let recorder = session.makeRecorder(path)
    try session.save(recorder)
    session.recorder = recorder
    return Report(
      ["recording to \(path); 'record off' ends it"], .object([("file", .string(path))]))
  },
  Command(
    name: "export", group: .script, summary: "write this session so far to a transcript",
    parameters: [
      .init(name: "session", kind: .oneOf(["session"])), .init(name: "FILE", kind: .file),
    ],
    details: ["The commands with their output; 'hopsh test FILE' passes at once."]
  ) { session, arguments throws(CommandError) in
    guard arguments.required("session") == "session" else {
      throw .usage("write it as export session FILE")
    }
    let recorder = session.makeRecorder(arguments.required("FILE"))
    guard recorder.count > 0 else {
      throw CommandError(
        "there is nothing to export yet: no command was given that can be replayed")
    }
    try session.save(recorder)
    let count = recorder.count
    return Report(
      ["\(NumberText.counted(count, "command")) in \(recorder.path); 'hopsh test' passes it"],
      .object([("file", .string(recorder.path)), ("commands", .integer(count))]))
  },
]

extension Session {
  fileprivate func makeRecorder(_ path: String) -> Recorder {
    Recorder(path: path, of: self, seed: firstSeed, commands: executed)
  }

  func save(_ recorder: Recorder) throws(CommandError) {
    guard writeFile(recorder.path, recorder.text) else {
      throw CommandError("'\(recorder.path)' can't be written; is there such a folder?")
    }
  }
}
