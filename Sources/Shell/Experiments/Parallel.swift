import Glibc

/// Runs independent pieces of work side by side, one thread each, at most so many at a time.
enum Parallel {
  /// One piece: what it works on is touched by its thread alone until it is joined.
  private final class Piece<Input, Output>: @unchecked Sendable {
    let input: Input
    let work: (Input) -> Output
    var output: Output?

    init(_ input: Input, _ work: @escaping (Input) -> Output) {
      self.input = input
      self.work = work
    }

    func run() { output = work(input) }
  }

  /// A piece without its types, for a C thread.
  private final class Box {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Processors to be had.
  static var width: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The results in the order of the inputs. What the pieces share they must not change.
  static func map<Input, Output>(
    _ inputs: [Input], _ work: @escaping (Input) -> Output
  ) -> [Output] {
    let pieces = inputs.map { Piece($0, work) }
    var next = 0
    while next < pieces.count {
      let group = pieces[next..<min(next + width, pieces.count)]
      next += group.count
      let threads = group.dropFirst().map { start($0.run) }
      group.first?.run()
      for (thread, piece) in zip(threads, group.dropFirst()) {
        if let thread { pthread_join(thread, nil) } else { piece.run() }
      }
    }
    return pieces.map { $0.output! }
  }

  /// A thread with a stack as large as the first one's; nil when none is to be had.
  private static func start(_ run: @escaping () -> Void) -> pthread_t? {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 8 << 20)
    defer { pthread_attr_destroy(&attributes) }
    let box = Unmanaged.passRetained(Box(run))
    let status = pthread_create(
      &thread, &attributes,
      { box in
        Unmanaged<Box>.fromOpaque(box!).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      return nil
    }
    return thread
  }
}
