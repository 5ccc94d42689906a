/// Says that a condition seldom holds: the compiler lays what follows from it aside, so that what is
/// done for every event lies together in the processor's cache of instructions.
@inlinable
@inline(__always)
public func seldom(_ condition: Bool) -> Bool { _slowPath(condition) }

/// Says that a condition nearly always holds (see `seldom`).
@inlinable
@inline(__always)
public func mostly(_ condition: Bool) -> Bool { _fastPath(condition) }
