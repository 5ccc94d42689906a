/// Makes a large struct one that the compiler passes by its address.
///
/// It would copy a struct of plain fields whole for each call of a member that does not mutate it,
/// or of a function that only reads it. One that holds an existential it has to leave in its place.
struct Addressed: Sendable {
  private let nothing: (any Sendable)? = nil
}
