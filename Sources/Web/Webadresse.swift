/// Addresses of the web as people type them into forms.
package enum Webadresse {
    package static let hoechstlaenge = 2_000

    /// An absolute http or https address with a host; anything else could lead a reader somewhere unexpected.
    package static func istGueltig(_ text: String) -> Bool {
        guard text.utf8.count <= hoechstlaenge, text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }),
            !text.contains(where: { "<>\"\\^`{}|".contains($0) })
        else { return false }
        let lower = text.lowercased()
        guard let rest = ["https://", "http://"].first(where: lower.hasPrefix).map({ text.dropFirst($0.count) }) else {
            return false
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2, parts.dropFirst().allSatisfy(istPort) else { return false }
        return !authority.contains("@") && host.contains { $0.isLetter || $0.isNumber } && !host.hasPrefix(".")
            && !host.contains("..")
    }

    private static func istPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (48...57).contains($0) } && (1...65_535).contains(Int(text) ?? 0)
    }

    package static let regel = "Die Adresse muss mit https:// oder http:// beginnen und einen Rechner nennen."
}
