import Crypto
import Hummingbird
import Kernel
import Web

/// A sign-in under way, known to the browser alone: its cookie holds a secret, everything else follows from it.
///
/// The address to go to and the moment of the beginning are part of what the values are made of: whoever alters the cookie
/// has no matching state any more.
struct Fremdvorgang: Sendable {
    /// Seconds from the button to the way back.
    static let dauer = 600

    let cookie: String
    let ziel: String
    let seit: Instant
    private let geheimnis: SymmetricKey

    init(ziel: String, am: Instant) {
        let secret = Geheimnis.neu(bytes: 32)
        let ort = ziel.utf8.count <= 1_000 ? ziel : AnmeldungRoutes.innen(nil)
        cookie = "\(secret).\(am.rawValue).\(Base64URL.encode(Array(ort.utf8)))"
        (self.ziel, seit, geheimnis) = (ort, am, SymmetricKey(data: Array(secret.utf8)))
    }

    /// Nil for a cookie that is none of ours.
    init?(cookie: String) {
        let parts = cookie.split(separator: ".", omittingEmptySubsequences: false)
        guard cookie.utf8.count <= 1_500, parts.count == 3, parts[0].utf8.count == 43,
            parts[0].utf8.allSatisfy({ $0 > 32 && $0 < 127 }), let since = Int(parts[1]),
            let bytes = Base64URL.decode(String(parts[2])), let ort = String(validating: bytes, as: UTF8.self)
        else { return nil }
        self.cookie = cookie
        ziel = AnmeldungRoutes.innen(ort)
        seit = Instant(rawValue: since)
        geheimnis = SymmetricKey(data: Array(parts[0].utf8))
    }

    func gilt(_ jetzt: Instant) -> Bool {
        jetzt >= seit && jetzt <= seit.plus(sekunden: Fremdvorgang.dauer)
    }

    /// Ties the way back to this browser.
    var zustand: String { wert("zustand") }
    /// Ties the provider's statement to this sign-in.
    var nonce: String { wert("nonce") }
    /// Proves to the provider that who fetches the statement is who asked for it (RFC 7636).
    var nachweis: String { wert("nachweis") }
    var nachweisfrage: String { Geheimnis.hash(nachweis) }

    private func wert(_ zweck: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(zweck)|\(cookie)".utf8), using: geheimnis)
        return Base64URL.encode(Array(code))
    }

    private static let keks = Keks("leitstand_extern", weg: "/anmelden")

    static func gesandt(_ request: Request, tls: Bool) -> String? { keks.wert(in: request, tls: tls) }

    static func setze(_ value: String, seconds: Int, tls: Bool) -> String {
        keks.gesetzt(value, seconds: seconds, tls: tls)
    }
}
