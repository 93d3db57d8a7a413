import Crypto
import Formats
package import Kernel

/// A secret that makes a new code every 30 seconds (RFC 6238: SHA-1, 6 digits), as authenticator apps do.
package struct TOTP: Sendable, Equatable {
    private static let schrittdauer = 30
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    let geheimnis: [UInt8]

    init(geheimnis: [UInt8]) { self.geheimnis = geheimnis }

    /// Nil when the text is no base32 (RFC 4648); spaces, case and padding do not matter.
    package init?(base32 text: String) {
        var (out, buffer, bits): ([UInt8], Int, Int) = ([], 0, 0)
        for byte in text.uppercased().utf8 where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "=") {
            guard let value = TOTP.alphabet.firstIndex(of: byte) else { return nil }
            buffer = (buffer << 5 | value) & 0xFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(buffer >> bits & 255))
            }
        }
        guard out.count >= 10 else { return nil }
        geheimnis = out
    }

    /// The secret as people and apps write it.
    package var base32: String {
        var (out, buffer, bits): ([UInt8], Int, Int) = ([], 0, 0)
        for byte in geheimnis {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                out.append(TOTP.alphabet[buffer >> bits & 31])
            }
        }
        if bits > 0 { out.append(TOTP.alphabet[buffer << (5 - bits) & 31]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// A secret that only this session can have: it follows from the session's token, which the browser alone keeps,
    /// so that setting up needs no place to store what nobody has confirmed yet.
    static func vorschlag(token: String, person: Person.ID) -> TOTP {
        let key = SymmetricKey(data: Array(token.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array("zweiter-faktor \(person.rawValue)".utf8), using: key)
        return TOTP(geheimnis: Array(code.prefix(20)))
    }

    /// The number of the half minute that a moment lies in.
    package static func schritt(_ am: Instant) -> Int {
        Int((Double(am.rawValue) / Double(schrittdauer * 1_000)).rounded(.down))
    }

    /// The code of a half minute.
    package func code(schritt: Int, stellen: Int = 6) -> String {
        let counter = withUnsafeBytes(of: UInt64(max(schritt, 0)).bigEndian) { Array($0) }
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: geheimnis)))
        let offset = Int(mac[mac.count - 1] & 15)
        let number = mac[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        let modulus = (0..<stellen).reduce(1) { value, _ in value * 10 }
        let digits = String(number % modulus)
        return String(repeating: "0", count: stellen - digits.utf8.count) + digits
    }

    /// The half minute whose code this is, one to either side of now; nil for a wrong code and for one that is not
    /// newer than the last one used.
    package func schritt(_ code: String, am: Instant, nach letzter: Int?) -> Int? {
        let now = TOTP.schritt(am)
        var found: Int?
        // All are compared, so that time does not tell which one it was.
        for step in [now - 1, now, now + 1] {
            let isRight = Geheimnis.gleich(code, self.code(schritt: step))
            if isRight, step > letzter ?? -1 { found = found ?? step }
        }
        return found
    }

    /// What an app reads from the QR code.
    func adresse(email: String) -> String {
        "otpauth://totp/Leitstand:\(Prozentkodierung.encode(email))?secret=\(base32)&issuer=Leitstand"
    }
}
