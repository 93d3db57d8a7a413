import Formats
import Foundation

/// A file's name that no program and no person misreads.
package struct Dateiname: Sendable, Equatable {
    package let text: String

    package var endung: String {
        text.lastIndex(of: ".").map { String(text[text.index(after: $0)...]).lowercased() } ?? ""
    }

    /// The longest name in bytes; what a file system takes at least.
    static let laenge = 200

    /// A name as a browser sent it: folders, characters nobody sees and what leads elsewhere are taken out.
    ///
    /// Nil where nothing is left that names a file.
    package init?(_ typed: String) {
        let name = String(typed.precomposedStringWithCanonicalMapping.unicodeScalars.filter(Self.istSichtbar))
        // Some browsers send the whole way to the file.
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        var plain = String(last.map { "<>:\"|?*".contains($0) ? "_" : $0 })
        plain = String(plain.drop { $0 == "." || $0.isWhitespace })
        while let end = plain.last, end == "." || end.isWhitespace { plain.removeLast() }
        guard !plain.isEmpty else { return nil }
        let stem = plain.prefix { $0 != "." }.trimmingCharacters(in: .whitespaces).uppercased()
        if Self.vergeben.contains(stem) { plain = "_" + plain }
        text = Self.gekuerzt(plain)
    }

    private static func istSichtbar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Control characters, and those that turn the direction or join what is written.
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    /// Names that mean devices to Windows, whatever follows the dot.
    private static let vergeben: Set<String> = Set(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"] + (0...9).flatMap { ["COM\($0)", "LPT\($0)"] }
            + ["¹", "²", "³"].flatMap { ["COM\($0)", "LPT\($0)"] })

    private static func gekuerzt(_ name: String) -> String {
        guard name.utf8.count > laenge else { return name }
        var ending = name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
        if ending.utf8.count > 16 { ending = "" }
        var stem = name.dropLast(ending.count)
        while stem.utf8.count + ending.utf8.count > laenge { stem.removeLast() }
        return stem + ending
    }

    /// `Content-Disposition` (RFC 6266): always to be saved, never to be shown; the name twice, for old and new programs.
    package var anhang: String {
        let plain = String(
            text.decomposedStringWithCanonicalMapping.unicodeScalars.compactMap { scalar -> Character? in
                if scalar.properties.generalCategory == .nonspacingMark { return nil }
                let isPlain = (0x20...0x7E).contains(scalar.value) && !"\"\\%;".unicodeScalars.contains(scalar)
                return isPlain ? Character(scalar) : "_"
            })
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(Prozentkodierung.encode(text))"
    }
}
