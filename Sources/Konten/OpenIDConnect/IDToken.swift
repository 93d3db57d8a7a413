import Crypto
import Foundation
import JWTKit
import Kernel
import Web

/// The signed statement of the provider about who signed in (OpenID Connect Core 1.0, section 3.1.3.7).
struct IDToken: Sendable {
    /// The first part, read before anything is believed.
    struct Kopf: Sendable {
        let verfahren: String
        let kid: String?
    }

    let text: String
    let kopf: Kopf

    /// Seconds by which the provider's clock may differ from ours.
    static let spiel = 60.0
    private static let hoechstens = 64 * 1024

    private struct Kopffelder: Decodable {
        let alg: String
        let kid: String?
        let crit: [String]?
    }

    /// - Throws: `Ablehnung` for an algorithm that was not announced or is never accepted: `none`, HMAC and all others.
    init(_ text: String, verfahren: Set<String>) throws(Ablehnung) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= IDToken.hoechstens, parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
            let bytes = Base64URL.decode(String(parts[0])),
            let felder = try? JSONDecoder().decode(Kopffelder.self, from: Data(bytes))
        else { throw .unglaubwuerdig("token unlesbar") }
        guard felder.crit == nil else { throw .unglaubwuerdig("token mit unbekannten pflichten") }
        guard verfahren.contains(felder.alg), Entdeckung.erlaubteVerfahren.contains(felder.alg) else {
            throw .unglaubwuerdig("verfahren nicht erlaubt")
        }
        self.text = text
        kopf = Kopf(verfahren: felder.alg, kid: felder.kid)
    }

    /// What the token must say to be meant for this sign-in.
    struct Erwartung: Sendable {
        let aussteller: String
        let kennung: String
        let nonce: String
        let zugriffstoken: String?
        let jetzt: Instant
    }

    /// Everything that is believed about the person.
    ///
    /// - Throws: `Ablehnung` with the first thing that does not fit.
    func ansprueche(_ schluessel: Signaturschluessel, _ erwartet: Erwartung) async throws(Ablehnung) -> JSONWert {
        let werte: JSONWert
        do {
            werte = try await schluessel.pruefer(kopf.verfahren).verify(text, as: Ansprueche.self).werte
        } catch { throw .unglaubwuerdig("signatur") }
        try pruefe(werte, erwartet)
        return werte
    }

    private func pruefe(_ werte: JSONWert, _ erwartet: Erwartung) throws(Ablehnung) {
        guard werte["iss"]?.text == erwartet.aussteller else { throw .unglaubwuerdig("iss") }
        let empfaenger = werte["aud"]?.worte ?? []
        guard empfaenger.contains(erwartet.kennung) else { throw .unglaubwuerdig("aud") }
        let azp = werte["azp"]
        guard azp?.text == erwartet.kennung || (azp == nil && empfaenger.count == 1) else {
            throw .unglaubwuerdig("azp")
        }
        let jetzt = Double(erwartet.jetzt.rawValue) / 1000
        guard let ende = werte["exp"]?.zahl, ende > jetzt - IDToken.spiel else { throw .unglaubwuerdig("exp") }
        // It was made during this sign-in, which does not take longer than that.
        guard let beginn = werte["iat"]?.zahl, beginn <= jetzt + IDToken.spiel,
            beginn >= jetzt - Double(Fremdvorgang.dauer) - IDToken.spiel
        else { throw .unglaubwuerdig("iat") }
        if let frueh = werte["nbf"] {
            guard let zahl = frueh.zahl, zahl <= jetzt + IDToken.spiel else { throw .unglaubwuerdig("nbf") }
        }
        guard let nonce = werte["nonce"]?.text, Geheimnis.gleich(nonce, erwartet.nonce) else {
            throw .unglaubwuerdig("nonce")
        }
        if let hash = werte["at_hash"] {
            guard let token = erwartet.zugriffstoken, hash.text == halberHash(token) else {
                throw .unglaubwuerdig("at_hash")
            }
        }
        guard let subjekt = werte["sub"]?.text, (1...255).contains(subjekt.utf8.count),
            subjekt.utf8.allSatisfy({ $0 >= 32 && $0 != 127 })
        else {
            throw .unglaubwuerdig("sub")
        }
    }

    /// The left half of the hash that belongs to the algorithm; Ed25519 goes with SHA-512.
    private func halberHash(_ token: String) -> String {
        let bytes = Array(token.utf8)
        let hash = kopf.verfahren == "EdDSA" ? Array(SHA512.hash(data: bytes)) : Array(SHA256.hash(data: bytes))
        return Base64URL.encode(Array(hash.prefix(hash.count / 2)))
    }
}

/// All claims of a token, of whatever form.
private struct Ansprueche: JWTPayload {
    let werte: JSONWert

    init(from decoder: any Decoder) throws { werte = try JSONWert(from: decoder) }

    func encode(to encoder: any Encoder) throws { try werte.encode(to: encoder) }

    /// The claims are checked by `IDToken`, which knows what was asked for.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
