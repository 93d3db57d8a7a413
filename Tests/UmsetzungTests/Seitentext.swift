import Foundation

/// What a test reads out of a page.
enum Seitentext {
    /// Marks of the rows that a list shows, in their order.
    static func zeilen(_ html: String) -> [String] { zwischen("id=\"e-", "\"", html) }

    /// All pieces between two texts.
    static func zwischen(_ start: String, _ end: String, _ html: String) -> [String] {
        html.components(separatedBy: start).dropFirst().compactMap { $0.components(separatedBy: end).first }
    }

    /// Number and address of each linked figure.
    static func zahlen(_ html: String) -> [(pfad: String, zahl: Int)] {
        zwischen("<li><a href=\"", "</span> <span class=\"ls-zahlen__name\">", html).compactMap { piece in
            let parts = piece.components(separatedBy: "\"><span class=\"ls-zahlen__zahl\">")
            guard parts.count == 2, let zahl = Int(parts[1].filter { $0 != "." }) else { return nil }
            return (parts[0].replacingOccurrences(of: "&amp;", with: "&"), zahl)
        }
    }
}
