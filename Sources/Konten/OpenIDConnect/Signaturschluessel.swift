import Foundation
import JWTKit
import Web

/// A public key of the provider that can sign ID tokens (RFC 7517); all other keys of its list are passed over.
struct Signaturschluessel: Sendable, Equatable {
    let kid: String?
    let kty: String
    let alg: String?
    private let n: String?
    private let e: String?
    private let crv: String?
    private let x: String?
    private let y: String?

    private struct Liste: Decodable {
        let keys: [Eintrag]
    }

    private struct Eintrag: Decodable {
        let kty: String?
        let kid: String?
        let use: String?
        let alg: String?
        let n: String?
        let e: String?
        let crv: String?
        let x: String?
        let y: String?
        let keyOps: [String]?

        enum CodingKeys: String, CodingKey {
            case kty, kid, use, alg, n, e, crv, x, y
            case keyOps = "key_ops"
        }
    }

    /// More keys than any provider has at a time.
    private static let hoechstens = 100

    /// Nil when the text is no list of keys.
    static func lies(_ bytes: [UInt8]) -> [Signaturschluessel]? {
        // What cannot be read is nil to the caller, whatever the reason.
        guard let liste = try? JSONDecoder().decode(Liste.self, from: Data(bytes)) else { return nil }
        return liste.keys.prefix(hoechstens).compactMap { Signaturschluessel($0) }
    }

    private init?(_ eintrag: Eintrag) {
        guard let kty = eintrag.kty, eintrag.use == nil || eintrag.use == "sig",
            eintrag.keyOps?.contains("verify") ?? true, (eintrag.kid ?? "").utf8.count <= 500
        else { return nil }
        (self.kty, kid, alg) = (kty, eintrag.kid, eintrag.alg)
        (n, e, crv, x, y) = (eintrag.n, eintrag.e, eintrag.crv, eintrag.x, eintrag.y)
        switch kty {
        case "RSA":
            guard let modulus = n.flatMap({ Base64URL.decode($0) })?.drop(while: { $0 == 0 }),
                let exponent = e.flatMap({ Base64URL.decode($0) }),
                // 2,048 to 8,192 bits: shorter ones can be broken, longer ones cost too much time.
                (256...1_024).contains(modulus.count), (1...8).contains(exponent.count)
            else { return nil }
        case "EC": guard crv == "P-256", x != nil, y != nil else { return nil }
        case "OKP": guard crv == "Ed25519", x != nil else { return nil }
        default: return nil
        }
    }

    /// Whether it can have made a signature of this algorithm with this mark.
    func passt(kid: String?, verfahren: String) -> Bool {
        let art = ["RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"][verfahren]
        return kty == art && (alg == nil || alg == verfahren) && (kid == nil || kid == self.kid)
    }

    /// The key with the one algorithm that the token was checked to name; no other can be used with it.
    func pruefer(_ verfahren: String) async throws -> JWTKeyCollection {
        let mark = JWKIdentifier(string: "k")
        var jwk: JWK
        switch verfahren {
        case "RS256": jwk = .rsa(.rs256, identifier: mark, modulus: n, exponent: e)
        case "PS256": jwk = .rsa(.ps256, identifier: mark, modulus: n, exponent: e)
        case "ES256": jwk = .ecdsa(.es256, identifier: mark, x: x, y: y, curve: .p256)
        default: jwk = .octetKeyPair(.eddsa, identifier: mark, x: x, y: nil, curve: .ed25519)
        }
        jwk.keyIdentifier = mark
        return try await JWTKeyCollection().add(jwk: jwk)
    }
}
