import Foundation
import Web

/// What the provider says about itself (OpenID Connect Discovery 1.0).
struct Entdeckung: Sendable {
    let anmeldung: Abrufziel
    let token: Abrufziel
    let schluessel: Abrufziel
    let auskunft: Abrufziel?
    let verfahren: Set<String>
    let ausweise: Set<String>
    /// The provider names itself in every answer (RFC 9207).
    let nenntSich: Bool

    /// Algorithms that are ever accepted; keys of their kind are public, and nobody else can sign with them.
    static let erlaubteVerfahren: Set<String> = ["RS256", "PS256", "ES256", "EdDSA"]

    private struct Dokument: Decodable {
        let issuer: String
        let authorizationEndpoint: String
        let tokenEndpoint: String
        let jwksUri: String
        let userinfoEndpoint: String?
        let idTokenSigningAlgValuesSupported: [String]?
        let tokenEndpointAuthMethodsSupported: [String]?
        let authorizationResponseIssParameterSupported: Bool?
    }

    static func adresse(_ aussteller: String) -> String {
        (aussteller.hasSuffix("/") ? String(aussteller.dropLast()) : aussteller) + "/.well-known/openid-configuration"
    }

    init(_ bytes: [UInt8], aussteller: String) throws(Ablehnung) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let dokument = try? decoder.decode(Dokument.self, from: Data(bytes)) else {
            throw .falschEingerichtet("auskunft unlesbar")
        }
        // Letter by letter: whoever answers for another issuer could mix up whose word it is.
        guard dokument.issuer == aussteller else { throw .falschEingerichtet("aussteller anders als eingestellt") }
        guard let anmeldung = Abrufziel(dokument.authorizationEndpoint), Anbieterangaben.istSicher(anmeldung),
            let token = Abrufziel(dokument.tokenEndpoint), let schluessel = Abrufziel(dokument.jwksUri)
        else { throw .falschEingerichtet("adressen unlesbar") }
        self.anmeldung = anmeldung
        self.token = token
        self.schluessel = schluessel
        auskunft = dokument.userinfoEndpoint.flatMap { Abrufziel($0) }
        verfahren = Set(dokument.idTokenSigningAlgValuesSupported ?? ["RS256"])
            .intersection(Entdeckung.erlaubteVerfahren)
        ausweise = Set(dokument.tokenEndpointAuthMethodsSupported ?? ["client_secret_basic"])
        nenntSich = dokument.authorizationResponseIssParameterSupported ?? false
    }
}
