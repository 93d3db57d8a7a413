/// The fields of a form as a test fills them in, with ways to change some of them.
package struct Formularprobe: Sendable {
    package let felder: [(String, String)]

    package init(_ felder: [(String, String)]) { self.felder = felder }

    /// All fields with some values replaced, and the version that a change needs.
    package func mit(_ other: [String: String] = [:], version: Int? = nil) -> [(String, String)] {
        felder.map { ($0.0, other[$0.0] ?? $0.1) } + (version.map { [("version", "\($0)")] } ?? [])
    }

    /// A typed text in the ways in which a page may escape it.
    package static func maskiert(_ text: String) -> [String] {
        let amp = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
        return [amp, amp.replacing("'", with: "&#39;")]
    }
}
