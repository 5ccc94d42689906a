import Architecture
import Kernel
import Language

/// Draws a trace as bars on a time axis: `=` while a message travels, blanks while a node works.
enum WaterfallText {
  static func lines(
    _ trace: Trace, _ world: World, acknowledgements: Bool, style: Style, width: Int
  ) -> [String] {
    let request = trace.request
    let hops = trace.hops.filter { acknowledgements || $0.number != nil }
    let end = hops.map(\.span.receivedAt).max() ?? request.sentAt
    let total = max(1, (end - request.sentAt).nanoseconds)
    let labels = hops.map { hop in
      let number = hop.number.map(String.init) ?? "ack"
      let padding = String(repeating: " ", count: max(0, 3 - number.count))
      return
        "\(padding)\(number)  \(world.name(of: hop.span.from)) → \(world.name(of: hop.span.to))"
    }
    let labelWidth = (labels.map { DisplayWidth.of($0) }.max() ?? 0) + 2
    let room = max(10, min(width, 160) - labelWidth)
    func column(_ moment: Instant) -> Int {
      let share = Double((moment - request.sentAt).nanoseconds) / Double(total)
      return min(room - 1, max(0, Int(share * Double(room))))
    }
    var lines = [
      "#\(request.id)  \(RequestText.title(request, world))  as \(request.identity.name)",
      RequestText.outcome(request, world, style),
    ]
    for (hop, label) in zip(hops, labels) {
      let (first, last) = (column(hop.span.sentAt), column(hop.span.receivedAt))
      let bar = String(repeating: "=", count: last - first + 1)
      let text =
        label + String(repeating: " ", count: labelWidth - DisplayWidth.of(label) + first) + bar
      let isBad = hop.span.reason != .none || hop.span.fate != .delivered
      lines.append(isBad ? style.bad(text) : hop.span.isBackground ? style.quiet(text) : text)
    }
    let length = DurationText.format(nanoseconds: total)
    let axis = "0" + String(repeating: " ", count: max(1, room - 1 - length.count)) + length
    lines.append(style.quiet(String(repeating: " ", count: labelWidth) + axis))
    return lines
  }
}
