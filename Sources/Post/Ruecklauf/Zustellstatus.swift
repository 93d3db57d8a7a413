/// A status of delivery as mail servers give it (RFC 3463): `5.1.1`.
package struct Zustellstatus: Sendable, Equatable, CustomStringConvertible {
    package let klasse: Int
    package let thema: Int
    package let einzelheit: Int

    /// Reads `5.1.1` at the begin of a text; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let word = text.utf8.prefix(16).prefix { (48...57).contains($0) || $0 == 46 }
        let parts = word.split(separator: 46, omittingEmptySubsequences: false).map { digits -> Int? in
            (1...3).contains(digits.count) ? Int(String(decoding: digits, as: UTF8.self)) : nil
        }
        guard parts.count == 3, let klasse = parts[0], let thema = parts[1], let einzelheit = parts[2],
            [2, 4, 5].contains(klasse)
        else { return nil }
        (self.klasse, self.thema, self.einzelheit) = (klasse, thema, einzelheit)
    }

    package var description: String { "\(klasse).\(thema).\(einzelheit)" }

    package var istDauerhaft: Bool { klasse == 5 }

    /// It is about this very mailbox (and not about the sender, the content or a rule of the server).
    package var nenntAdresse: Bool {
        istDauerhaft && (thema == 1 && ![7, 8].contains(einzelheit) || thema == 2 && einzelheit == 1)
    }

    /// Whether a refusal of a mail server, `550 5.1.1 …`, is about the mailbox; without such a status nobody knows.
    static func nenntAdresse(_ absage: String) -> Bool {
        Zustellstatus(absage.dropFirst(4))?.nenntAdresse == true
    }
}
