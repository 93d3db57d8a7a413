package import Kernel

/// An e-mail address that can stand in a header and in a command of SMTP without meaning anything more.
///
/// Only the plain form of RFC 5322 (dot-atom at a host with a dot), in small letters, as accounts keep it.
package struct Postadresse: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package var description: String { text }

    /// - Throws: `Refusal` with a sentence that says what is wrong.
    package init(_ typed: String) throws(Refusal) {
        let text = typed.trimmed.lowercased()
        guard text.unicodeScalars.allSatisfy(\.isASCII) else {
            throw Refusal(
                .unprocessable,
                "Schreiben Sie die E-Mail-Adresse ohne Umlaute und Sonderzeichen; Rechner mit Umlauten beginnen mit xn--."
            )
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, Postadresse.isLocal(parts[0]), Postadresse.isHost(parts[1])
        else {
            throw Refusal(
                .unprocessable, "Das ist keine E-Mail-Adresse. Schreiben Sie sie wie vorname.nachname@stadt.de.")
        }
        self.text = text
    }

    /// The host of the address.
    package var rechner: String { String(text.split(separator: "@").last ?? "") }

    private static let atom = Set("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isLocal(_ part: Substring) -> Bool {
        (1...64).contains(part.utf8.count)
            && part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
                !word.isEmpty && word.utf8.allSatisfy(atom.contains)
            }
    }

    private static func isHost(_ part: Substring) -> Bool {
        let labels = part.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 }
            }
    }
}

/// From whom letters come: an address, with a name where the operator gives one.
package struct Absender: Sendable, Equatable {
    package let name: String?
    package let adresse: Postadresse

    /// Reads `leitstand@stadt.de` and `Leitstand der Stadt <leitstand@stadt.de>`.
    ///
    /// - Throws: `Refusal` with a sentence that says what is wrong.
    package init(_ text: String) throws(Refusal) {
        let trimmed = text.trimmed
        guard trimmed.hasSuffix(">"), let open = trimmed.lastIndex(of: "<") else {
            name = nil
            adresse = try Postadresse(trimmed)
            return
        }
        let name = String(trimmed[..<open]).trimmed
        adresse = try Postadresse(String(trimmed[trimmed.index(after: open)...].dropLast()))
        guard !Kopfzeile.hatSteuerzeichen(name) else {
            throw Refusal(.unprocessable, "Der Name des Absenders enthält Zeichen, die in keinen Brief gehören.")
        }
        self.name = name.isEmpty ? nil : name
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }
}
