import CMarkdown

/// A document in CommonMark, as far as lessons use it: read by cmark-gfm.
public struct Markdown: Sendable {
  /// A stretch of running text.
  public enum Span: Hashable, Sendable {
    case text(String)
    case code(String)
    case emphasis(String)
    case strong(String)

    /// What it says, without its markup.
    public var plain: String {
      switch self {
      case .text(let text), .code(let text), .emphasis(let text), .strong(let text): text
      }
    }
  }

  /// A paragraph, a heading and so on, on the line where it begins.
  public struct Block: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      case heading(level: Int, [Span])
      case paragraph([Span])
      case list(items: [[Block]], isOrdered: Bool)
      case quote([Block])
      /// A fenced block: what stands behind its fence, and its text.
      case code(info: String, String)
    }
    public let kind: Kind
    public let line: Int
  }

  public let blocks: [Block]

  public init(_ source: String) {
    var source = source
    let document = source.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cmark_parse_document($0.baseAddress, $0.count, CMARK_OPT_DEFAULT)
      }
    }
    blocks = Self.read(below: document)
    cmark_node_free(document)
  }

  /// The spans' text in a row, with code in quotes.
  public static func quoting(_ spans: [Span]) -> String {
    spans.map { if case .code(let code) = $0 { "'\(code)'" } else { $0.plain } }.joined()
  }

  /// The spans' text in a row.
  public static func plain(_ spans: [Span]) -> String { spans.map(\.plain).joined() }

  private typealias Node = OpaquePointer

  private static func children(of node: Node?) -> [Node] {
    var found: [Node] = []
    var next = cmark_node_first_child(node)
    while let child = next {
      found.append(child)
      next = cmark_node_next(child)
    }
    return found
  }

  private static func read(below node: Node?) -> [Block] {
    children(of: node).compactMap { child in
      kind(of: child).map { Block(kind: $0, line: Int(cmark_node_get_start_line(child))) }
    }
  }

  private static func kind(of node: Node) -> Block.Kind? {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_HEADING:
      .heading(level: Int(cmark_node_get_heading_level(node)), spans(below: node))
    case CMARK_NODE_PARAGRAPH: .paragraph(spans(below: node))
    case CMARK_NODE_LIST:
      .list(
        items: children(of: node).map { read(below: $0) },
        isOrdered: cmark_node_get_list_type(node) == CMARK_ORDERED_LIST)
    case CMARK_NODE_BLOCK_QUOTE: .quote(read(below: node))
    case CMARK_NODE_CODE_BLOCK:
      .code(info: String(cString: cmark_node_get_fence_info(node)), literal(node))
    default: nil
    }
  }

  private static func spans(below node: Node?) -> [Span] {
    children(of: node).flatMap { child -> [Span] in
      switch cmark_node_get_type(child) {
      case CMARK_NODE_TEXT: [.text(literal(child))]
      case CMARK_NODE_CODE: [.code(literal(child))]
      case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: [.text(" ")]
      case CMARK_NODE_EMPH: [.emphasis(plain(spans(below: child)))]
      case CMARK_NODE_STRONG: [.strong(plain(spans(below: child)))]
      default: spans(below: child)
      }
    }
  }

  private static func literal(_ node: Node) -> String {
    cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
  }
}

extension Markdown.Block {
  /// Whether these are commands to type.
  public var isExample: Bool {
    if case .code("hopsh", _) = kind { return true }
    return false
  }
}
