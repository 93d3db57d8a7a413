import CCMark

/// A text written in Markdown (CommonMark), as HTML that is safe in a page of ours.
///
/// Every character of the text is escaped. HTML in the text is shown as text, pictures as their description, and a
/// link stays a link only where it leads to the web, a mailbox, a telephone or a page of this server.
package struct Markdown: Sendable, Equatable {
    /// The heading of the first level that the text begins with; not part of `html`.
    package private(set) var titel: String?
    package private(set) var html = ""
    /// What stands between `[[` and `]]`: places that somebody still has to fill in.
    package private(set) var luecken: [String] = []
    /// Targets of links that were refused.
    package private(set) var verworfen: [String] = []

    /// `klassen` names the CSS class of headings by their level, `adresse` that of links that read like their target.
    package init(_ text: String, klassen: [Int: String] = [:], adresse: String? = nil) {
        var text = text
        let root = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cmark_parse_document($0.baseAddress, $0.count, CMARK_OPT_DEFAULT)
            }
        }
        guard let root else { return }
        defer { cmark_node_free(root) }
        // Brackets split a text into several nodes; a gap must be one.
        cmark_consolidate_text_nodes(root)
        takeTitle(of: root)
        write(root, klassen, adresse)
    }

    private mutating func takeTitle(of root: OpaquePointer) {
        guard let first = cmark_node_first_child(root), cmark_node_get_type(first) == CMARK_NODE_HEADING,
            cmark_node_get_heading_level(first) == 1
        else { return }
        var words = ""
        Markdown.walk(first) { node, _ in words += Markdown.literal(node) }
        titel = words.isEmpty ? nil : words
        luecken += words.matches(of: #/\[\[(.+?)\]\]/#).map { String($0.1) }
        cmark_node_unlink(first)
        cmark_node_free(first)
    }

    private mutating func write(_ root: OpaquePointer, _ klassen: [Int: String], _ adresse: String?) {
        var open: [Int] = []
        var level = 1
        Markdown.walk(root) { node, entering in
            switch cmark_node_get_type(node) {
            case CMARK_NODE_HEADING:
                if entering {
                    // Under the page's own heading, and never more than one step deeper than the last one.
                    level = min(max(Int(cmark_node_get_heading_level(node)), 2), level + 1)
                    html += "<h\(level)" + (klassen[level].map { " class=\"\($0)\"" } ?? "") + ">"
                } else {
                    html += "</h\(level)>\n"
                }
            case CMARK_NODE_PARAGRAPH:
                guard !Markdown.isInTightList(node) else { break }
                html += entering ? "<p>" : "</p>\n"
            case CMARK_NODE_LIST:
                let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
                let start = Int(cmark_node_get_list_start(node))
                let attribute = entering && isOrdered && start != 1 ? " start=\"\(start)\"" : ""
                html += (entering ? "<" : "</") + (isOrdered ? "ol" : "ul") + attribute + ">\n"
            case CMARK_NODE_LINK:
                if entering {
                    let target = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
                    let isAllowed = Markdown.istErlaubt(target)
                    if !isAllowed { verworfen.append(target) }
                    open.append(isAllowed ? 1 : 0)
                    let mark = Markdown.istLesbar(node, target) ? adresse.map { "class=\"\($0)\" " } ?? "" : ""
                    if isAllowed { html += "<a " + mark + "href=\"" + Markdown.escaped(target) + "\">" }
                    if cmark_node_first_child(node) == nil { html += Markdown.escaped(target) }
                } else if open.popLast() == 1 {
                    html += "</a>"
                }
            case CMARK_NODE_TEXT: text(Markdown.literal(node))
            default: html += Markdown.simple(node, entering)
            }
        }
    }

    /// What is the same wherever it stands.
    private static func simple(_ node: OpaquePointer, _ entering: Bool) -> String {
        func tag(_ name: String, _ end: String = "") -> String { entering ? "<\(name)>" : "</\(name)>\(end)" }
        switch cmark_node_get_type(node) {
        case CMARK_NODE_BLOCK_QUOTE: return tag("blockquote", "\n")
        case CMARK_NODE_ITEM: return tag("li", "\n")
        case CMARK_NODE_EMPH: return tag("em")
        case CMARK_NODE_STRONG: return tag("strong")
        case CMARK_NODE_THEMATIC_BREAK: return "<hr>\n"
        case CMARK_NODE_SOFTBREAK: return "\n"
        case CMARK_NODE_LINEBREAK: return "<br>\n"
        case CMARK_NODE_CODE: return "<code>" + escaped(literal(node)) + "</code>"
        case CMARK_NODE_CODE_BLOCK: return "<pre><code>" + escaped(literal(node)) + "</code></pre>\n"
        case CMARK_NODE_HTML_BLOCK: return istKommentar(node) ? "" : "<p>" + escaped(literal(node)) + "</p>\n"
        case CMARK_NODE_HTML_INLINE: return istKommentar(node) ? "" : escaped(literal(node))
        default: return ""
        }
    }

    /// Text with its gaps marked.
    private mutating func text(_ literal: String) {
        var rest = Substring(literal)
        while let start = rest.firstRange(of: "[["), let end = rest[start.upperBound...].firstRange(of: "]]") {
            let gap = String(rest[start.upperBound..<end.lowerBound])
            luecken.append(gap)
            html += Markdown.escaped(rest[..<start.lowerBound])
            html += "<mark>[" + Markdown.escaped(gap) + "]</mark>"
            rest = rest[end.upperBound...]
        }
        html += Markdown.escaped(rest)
    }

    /// A link whose words are its target already.
    private static func istLesbar(_ link: OpaquePointer, _ target: String) -> Bool {
        guard let first = cmark_node_first_child(link) else { return true }
        let words = literal(first)
        return cmark_node_next(first) == nil && (target == words || target == "mailto:" + words)
    }

    /// Web, mail, telephone, or a page of this server. A backslash or a second slash would lead elsewhere.
    static func istErlaubt(_ target: String) -> Bool {
        guard target.utf8.allSatisfy({ $0 > 32 && $0 != 127 && $0 != UInt8(ascii: "\\") }) else { return false }
        if target.hasPrefix("/") { return !target.hasPrefix("//") }
        let lower = target.lowercased()
        return ["https://", "http://", "mailto:", "tel:"].contains { lower.hasPrefix($0) && lower != $0 }
    }

    /// A comment and nothing else: a note for those who write the file.
    private static func istKommentar(_ node: OpaquePointer) -> Bool {
        var text = Substring(literal(node))
        while text.last?.isWhitespace ?? false { text.removeLast() }
        guard text.hasPrefix("<!--"), let end = text.firstRange(of: "-->") else { return false }
        return end.upperBound == text.endIndex
    }

    private static func isInTightList(_ paragraph: OpaquePointer) -> Bool {
        guard let item = cmark_node_parent(paragraph), let list = cmark_node_parent(item),
            cmark_node_get_type(list) == CMARK_NODE_LIST
        else { return false }
        return cmark_node_get_list_tight(list) != 0
    }

    private static func literal(_ node: OpaquePointer) -> String {
        cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    }

    /// Visits all nodes without recursion, so that no nesting is too deep.
    private static func walk(_ root: OpaquePointer, _ visit: (OpaquePointer, _ entering: Bool) -> Void) {
        guard let iterator = cmark_iter_new(root) else { return }
        defer { cmark_iter_free(iterator) }
        while case let event = cmark_iter_next(iterator), event != CMARK_EVENT_DONE {
            if let node = cmark_iter_get_node(iterator) { visit(node, event == CMARK_EVENT_ENTER) }
        }
    }

    private static func escaped(_ text: some StringProtocol) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
