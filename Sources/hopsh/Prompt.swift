import Shell

/// The interactive shell.
struct Prompt {
  let session: Session
  let output: Output
  init(_ session: Session, _ output: Output) {
    self.session = session
    self.output = output
  }
  func run() -> Int32 {
    session.options.isInteractive = true
    while let line = readLine() { session.run(line, name: "prompt") }
    return 0
  }
}
