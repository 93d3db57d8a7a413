package import Kernel
package import Storage

/// A secret with which a program asks for a person, for a while and as far as the person wants.
package struct Zugangstoken: Sendable, Equatable, RowDecodable {
    package enum Umfang: String, CaseIterable, SQLConvertible {
        case lesen, aendern

        var wort: String { self == .lesen ? "lesen" : "lesen und ändern" }
    }

    package let id: String
    package let name: String
    package let umfang: Umfang
    /// The only Organisation that counts; nil for all at which the person holds a role.
    package let organisation: String?
    let ort: String?
    /// The first characters, by which the person knows it again.
    let anfang: String
    /// Made in a session with a second factor: roles that demand one count.
    let zweiterFaktor: Bool
    let angelegtAm: Instant
    package let bis: Instant
    let zuletztAm: Instant?
    package let widerrufenAm: Instant?

    static let columns: SQL = """
        zugangstoken.id, zugangstoken.name, zugangstoken.umfang, zugangstoken.organisation, zugangstoken.anfang,
        zugangstoken.zweiter_faktor, zugangstoken.angelegt_am, zugangstoken.bis, zugangstoken.zuletzt_am,
        zugangstoken.widerrufen_am,
        (SELECT o.name FROM organisation_sicht o WHERE o.id = zugangstoken.organisation) AS ort
        """

    package init(row: Row) throws {
        id = try row["id"]
        name = try row["name"]
        umfang = try row["umfang"]
        organisation = try row["organisation"]
        ort = try row["ort"]
        anfang = try row["anfang"]
        zweiterFaktor = try row["zweiter_faktor"]
        angelegtAm = try row["angelegt_am"]
        bis = try row["bis"]
        zuletztAm = try row["zuletzt_am"]
        widerrufenAm = try row["widerrufen_am"]
    }

    func gilt(_ now: Instant) -> Bool { widerrufenAm == nil && bis > now }

    /// How far it reaches, in words.
    var reichweite: String {
        organisation == nil ? umfang.wort : "\(umfang.wort), nur \(ort ?? "eine aufgelöste Organisation")"
    }
}

/// The secret itself: `lst_`, 32 random bytes, and six characters that tell a typing error without asking anybody.
package enum Tokentext {
    private static let anfang = "lst_"
    private static let laenge = 43
    private static let pruefstellen = 6
    private static let ziffern = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    package static func neu() -> String {
        let secret = Geheimnis.neu(bytes: 32)
        return anfang + secret + pruefzeichen(secret)
    }

    /// Whether the text has the form of a token; says nothing about whether it is one.
    package static func istWohlgeformt(_ text: String) -> Bool {
        guard text.utf8.count == anfang.utf8.count + laenge + pruefstellen, text.hasPrefix(anfang) else { return false }
        let rest = text.dropFirst(anfang.count)
        return rest.utf8.allSatisfy { $0 < 128 }
            && pruefzeichen(String(rest.prefix(laenge))) == String(rest.suffix(pruefstellen))
    }

    /// What the list shows of it.
    static func kenntlich(_ text: String) -> String { String(text.prefix(anfang.count + 6)) }

    /// CRC-32 in base 62.
    private static func pruefzeichen(_ text: String) -> String {
        var crc: UInt32 = .max
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        var rest = ~crc
        var digits: [UInt8] = []
        for _ in 0..<pruefstellen {
            digits.append(ziffern[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}
