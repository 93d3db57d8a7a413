import Crypto
import Foundation
import Kernel
import Web

/// Makes the ID tokens of the provider of the tests, right or with one fault.
struct Testtoken {
    let anbieter: Testanbieter
    let stand: Testanbieter.Stand

    func text(nonce: String, zugriff: String, drehung: Int) throws -> String {
        let jetzt = anbieter.now().rawValue / 1000
        let stoerung = stand.stoerung
        var felder: [String: Any] = stand.ansprueche
        felder["iss"] = stoerung == .fremderAussteller ? "https://boese.example" : anbieter.aussteller
        felder["aud"] = Testanbieter.kennung
        felder["exp"] = jetzt + 300
        felder["iat"] = jetzt
        felder["nonce"] = nonce
        felder["at_hash"] = halberHash(zugriff)
        switch stoerung {
        case .falscheNonce: felder["nonce"] = Geheimnis.neu(bytes: 32)
        case .keineNonce: felder["nonce"] = nil
        case .fremderEmpfaenger: felder["aud"] = "andere"
        case .fremderAzp: (felder["aud"], felder["azp"]) = ([Testanbieter.kennung, "andere"], "andere")
        case .mehrereOhneAzp: felder["aud"] = [Testanbieter.kennung, "andere"]
        case .abgelaufen: felder["exp"] = jetzt - 61
        case .ohneEnde: felder["exp"] = nil
        case .ausDerZukunft: felder["iat"] = jetzt + 62
        case .vonGestern: felder["iat"] = jetzt - 86_400
        case .nochNichtGueltig: felder["nbf"] = jetzt + 62
        case .falscherAtHash: felder["at_hash"] = halberHash(zugriff + "x")
        case .ohneSubjekt: felder["sub"] = nil
        case .langesSubjekt: felder["sub"] = String(repeating: "x", count: 256)
        default: break
        }
        return try signiert(felder, drehung)
    }

    private func signiert(_ felder: [String: Any], _ drehung: Int) throws -> String {
        let rsa = try Testschluessel.rsa.get()
        let schluessel =
            switch stand.verfahren {
            case "ES256": Testschluessel.ec
            case "EdDSA": Testschluessel.ed
            default: rsa[drehung]
            }
        var (verfahren, kid, signierer) = (stand.verfahren, schluessel.kid, schluessel)
        var kopf: [String: Any] = [:]
        switch stand.stoerung {
        case .ohneVerfahren: verfahren = "none"
        case .hmacMitOeffentlichemSchluessel: verfahren = "HS256"
        case .fremderSchluessel: signierer = rsa[2]
        case .unbekannterSchluessel: (kid, signierer) = ("rsa-fremd", rsa[2])
        case .nichtAngekuendigtesVerfahren: verfahren = "RS512"
        case .pflichtfeld: (kopf["crit"], kopf["x"]) = (["x"], 1)
        default: break
        }
        (kopf["alg"], kopf["kid"], kopf["typ"]) = (verfahren, kid, "JWT")
        let text = try [kopf, felder].map { Base64URL.encode(Array(try JSONSerialization.data(withJSONObject: $0))) }
            .joined(separator: ".")
        switch verfahren {
        case "none": return text + "."
        case "HS256":
            let key = SymmetricKey(data: Data(schluessel.oeffentlicherText.utf8))
            return text + "."
                + Base64URL.encode(Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)))
        default:
            if stand.stoerung == .ohneSignatur { return text + ".AAAA" }
            return text + "." + Base64URL.encode(try signierer.signiere(text, verfahren: verfahren))
        }
    }

    private func halberHash(_ token: String) -> String {
        let bytes = Array(token.utf8)
        let hash = stand.verfahren == "EdDSA" ? Array(SHA512.hash(data: bytes)) : Array(SHA256.hash(data: bytes))
        return Base64URL.encode(Array(hash.prefix(hash.count / 2)))
    }
}
