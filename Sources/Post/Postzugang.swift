import Formats
package import Kernel

/// Where letters go: a mail server with its port, its kind of encryption and the account there.
package struct Postzugang: Sendable, Equatable {
    enum Verschluesselung: Sendable { case vonAnfang, starttls, keine }

    let rechner: String
    let port: Int
    let verschluesselung: Verschluesselung
    let benutzer: String?
    let passwort: String?
    /// A file of certificates (PEM) to trust instead of the system's.
    let zertifikate: String?

    static let regel =
        "Gemeint ist smtp://BENUTZER:PASSWORT@RECHNER:587 (STARTTLS) oder smtps://BENUTZER:PASSWORT@RECHNER:465; Sonderzeichen in Benutzer und Passwort prozentkodiert."

    /// - Throws: `Refusal` with a sentence that never repeats the value, because it holds a password.
    package init(_ text: String, zertifikate: String? = nil) throws(Refusal) {
        let wrong = Refusal(.badRequest, Postzugang.regel)
        guard text.utf8.allSatisfy({ (33...126).contains($0) }) else { throw wrong }
        let lower = text.lowercased()
        let isSMTPS = lower.hasPrefix("smtps://")
        guard isSMTPS || lower.hasPrefix("smtp://") else { throw wrong }
        let rest = text.dropFirst(isSMTPS ? 8 : 7)
        let query = rest.firstIndex(of: "?").map { String(rest[rest.index(after: $0)...]) }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let account = authority.lastIndex(of: "@").map { authority[..<$0] }
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let parts = account?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) ?? []
        let decoded = parts.map { Prozentkodierung.decode($0, plusIsSpace: false) ?? "" }
        guard account == nil || decoded.count == 2 && decoded.allSatisfy(Postzugang.istAngabe) else { throw wrong }
        (benutzer, passwort) = (decoded.first, decoded.last)
        (rechner, port) = try Postzugang.ort(place, sonst: isSMTPS ? 465 : 587)
        switch query {
        case nil: verschluesselung = isSMTPS ? .vonAnfang : .starttls
        case "tls=nein" where !isSMTPS && Postzugang.istEigener(rechner): verschluesselung = .keine
        case "tls=nein":
            throw Refusal(.badRequest, "Ohne Verschlüsselung (tls=nein) geht Post nur an den eigenen Rechner.")
        default: throw wrong
        }
        self.zertifikate = zertifikate
    }

    private static func istAngabe(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 500 && !Kopfzeile.hatSteuerzeichen(text)
    }

    private static func ort(_ place: Substring, sonst: Int) throws(Refusal) -> (String, Int) {
        let wrong = Refusal(.badRequest, Postzugang.regel)
        var host = place
        var port = sonst
        if let colon = place.lastIndex(of: ":"), place.last != "]" {
            guard let number = Int(place[place.index(after: colon)...]), (1...65_535).contains(number) else {
                throw wrong
            }
            (host, port) = (place[..<colon], number)
        }
        let letters = host.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 58, 91, 93, 95].contains(byte)
        }
        guard !host.isEmpty, letters, host.hasPrefix("[") == host.hasSuffix("]"),
            host.hasPrefix("[") || !host.contains(":")
        else { throw wrong }
        return (String(host), port)
    }

    private static func istEigener(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
    }
}
