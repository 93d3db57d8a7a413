import Crypto
import Foundation
import HTTPTypes
import Hummingbird
package import Kernel
package import Konten
import Logging
import NIOCore
import Synchronization
import Web

/// A small identity provider on loopback, with keys of its own and every fault one could think of.
package final class Testanbieter: Sendable {
    package struct Stand: Sendable {
        package var stoerung: Stoerung?
        package var verfahren = "RS256"
        /// Claims beside those that every token has.
        package var ansprueche: [String: any Sendable] = [
            "sub": "subjekt-1", "email": "probe@duelmen.example", "email_verified": true, "name": "Probe Beispiel",
            "gruppen": ["ozg-koordination"],
        ]
        /// Claims that only the answer about the person has.
        package var auskunft: [String: any Sendable] = [:]
        /// Nil for a public client.
        package var geheimnis: String? = "g:eheim&nis+1"
        package var ausweise = ["client_secret_basic", "client_secret_post"]
        fileprivate var drehung = 0
        fileprivate var codes: [String: Vorgang] = [:]
        package fileprivate(set) var anfragen: [String: Int] = [:]
    }

    fileprivate struct Vorgang: Sendable {
        let frage: [String: String]
        var benutzt = false
    }

    package static let kennung = "leitstand"
    package static let adresse = "http://leitstand.test"

    private let stand = Mutex(Stand())
    private let port = Mutex(0)
    let now: @Sendable () -> Instant

    private init(now: @escaping @Sendable () -> Instant) { self.now = now }

    /// Runs `body` while the provider answers on a port of its own.
    package static func run(
        now: @escaping @Sendable () -> Instant = { Welt.jetzt },
        _ body: @escaping @Sendable (Testanbieter) async throws -> Void
    ) async throws {
        let anbieter = Testanbieter(now: now)
        let (bereit, meldung) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "anbieter")
        logger.logLevel = .critical
        let application = Application(
            router: anbieter.router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in meldung.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // It ends by being cancelled, and that is no fault.
            group.addTask { try? await application.run() }
            for await port in bereit {
                anbieter.port.withLock { $0 = port }
                break
            }
            try await body(anbieter)
            group.cancelAll()
        }
    }

    package var aussteller: String { "http://127.0.0.1:\(port.withLock { $0 })" }

    package func stelle(_ change: @Sendable (inout Stand) -> Void) { stand.withLock { change(&$0) } }

    package var aktuell: Stand { stand.withLock { $0 } }

    package func anfragen(_ path: String) -> Int { stand.withLock { $0.anfragen[path] ?? 0 } }

    /// From now on another key signs; the list of keys holds both.
    package func drehe() { stand.withLock { $0.drehung = 1 } }

    /// This provider as an operator would configure it.
    package func angaben(
        _ regeln: String = "gruppen = ozg-koordination -> ozg_ansprechperson @ 055580016016",
        zweiterFaktor: Bool = false,
        rechner: [String] = [], frist: Duration = .seconds(30)
    ) throws -> Identitaetsanbieter {
        Identitaetsanbieter(
            try Anbieterangaben(
                aussteller: aussteller, kennung: Testanbieter.kennung, geheimnis: aktuell.geheimnis,
                name: "Landeskonto", regeln: Rollenregeln(regeln), adresse: Testanbieter.adresse, rechner: rechner,
                zweiterFaktor: zweiterFaktor, frist: frist))
    }

    /// The person consents: from the address that the browser was sent to, the path that it comes back with.
    package func stimmeZu(_ location: String) throws -> String {
        let frage = try Abfrage(kodiert: location.split(separator: "?", maxSplits: 1).dropFirst().first ?? "")
        let felder = Dictionary(frage.werte.map { ($0.name, $0.wert) }, uniquingKeysWith: { first, _ in first })
        guard location.hasPrefix(aussteller + "/authorize?"), felder["response_type"] == "code",
            felder["client_id"] == Testanbieter.kennung, felder["code_challenge_method"] == "S256",
            felder["redirect_uri"] == Testanbieter.adresse + Anbieterangaben.rueckrufpfad,
            felder["scope"]?.split(separator: " ").contains("openid") == true,
            (felder["state"] ?? "").utf8.count >= 32, (felder["nonce"] ?? "").utf8.count >= 32
        else { throw Refusal(.badRequest, "Der Anbieter versteht die Frage nicht: \(location)") }
        let code = Geheimnis.neu(bytes: 24)
        let stoerung = stand.withLock { stand in
            stand.codes[code] = Vorgang(frage: felder)
            return stand.stoerung
        }
        var werte = [("state", felder["state"])]
        switch stoerung {
        case .abgebrochen: werte += [("error", "access_denied"), ("error_description", "<b>boese</b>")]
        case .unbekannterFehler: werte += [("error", "<script>alert(1)</script>")]
        default: werte.append(("code", code))
        }
        if stoerung != .ohneIss {
            werte.append(("iss", stoerung == .falschesIss ? "https://boese.example" : aussteller))
        }
        return Adresse(Anbieterangaben.rueckrufpfad, werte).text
    }

    // MARK: What it answers

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/.well-known/openid-configuration") { _, _ in try await self.auskunft() }
        router.get("/keys") { _, _ in try self.schluesselliste() }
        router.post("/token") { request, _ in try await self.token(request) }
        router.get("/userinfo") { request, _ in try self.person(request) }
        router.get("/anderswo") { _, _ in
            self.zaehle("/anderswo")
            return Self.json(["access_token": "x"])
        }
        return router
    }

    private func zaehle(_ path: String) { stand.withLock { $0.anfragen[path, default: 0] += 1 } }

    private static func json(_ object: [String: Any], status: HTTPResponse.Status = .ok) -> Response {
        // Only values of ours come here.
        let data = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    private func auskunft() async throws -> Response {
        zaehle("/.well-known/openid-configuration")
        let (stoerung, verfahren, ausweise) = stand.withLock { ($0.stoerung, $0.verfahren, $0.ausweise) }
        switch stoerung {
        case .auskunftRiesig: return Self.riesig()
        case .auskunftUmgeleitet:
            return Response(status: .found, headers: [.location: "http://localhost:9/.well-known/openid-configuration"])
        case .auskunftKaputt: return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "{]")))
        default: break
        }
        return Self.json([
            "issuer": stoerung == .auskunftFremd ? aussteller + "/" : aussteller,
            "authorization_endpoint": aussteller + "/authorize",
            "token_endpoint": stoerung == .fremderTokenrechner ? "http://localhost:1/token" : aussteller + "/token",
            "jwks_uri": aussteller + "/keys", "userinfo_endpoint": aussteller + "/userinfo",
            // What no sensible client accepts is announced, too.
            "id_token_signing_alg_values_supported": [verfahren, "none", "HS256"],
            "token_endpoint_auth_methods_supported": ausweise,
            "authorization_response_iss_parameter_supported": true,
        ])
    }

    private static func riesig() -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init { writer in
                let piece = ByteBuffer(repeating: 32, count: 64 * 1024)
                for _ in 0..<256 { try await writer.write(piece) }
                try await writer.finish(nil)
            })
    }

    private func schluesselliste() throws -> Response {
        zaehle("/keys")
        let (stoerung, drehung) = stand.withLock { ($0.stoerung, $0.drehung) }
        if stoerung == .schluesselKaputt { return Self.json(["keys": "keine"]) }
        if stoerung == .schluesselLeer { return Self.json(["keys": [[String: String]]()]) }
        let rsa = try Testschluessel.rsa.get()
        let keys = Array(rsa.prefix(1 + drehung)) + [Testschluessel.ec, Testschluessel.ed]
        // Real providers list keys that are not for signatures, and kinds that nobody knows yet.
        let fremde: [[String: String]] = [
            ["kty": "RSA", "use": "enc", "alg": "RSA-OAEP", "kid": "enc", "n": "AQAB", "e": "AQAB"],
            ["kty": "oct", "kid": "rsa-1", "k": "AQAB"], ["kty": "neu", "kid": "x"],
            ["kty": "RSA", "kid": "rsa-1", "n": "AQAB", "e": "AQAB"],
        ]
        return Self.json(["keys": try fremde + keys.map { try $0.jwk() }])
    }

    private func token(_ request: Request) async throws -> Response {
        zaehle("/token")
        let buffer = try await request.body.collect(upTo: 100_000)
        let felder = try Abfrage(kodiert: String(buffer: buffer))
        let stand = aktuell
        switch stand.stoerung {
        case .langsam: try await Task.sleep(for: .seconds(30))
        case .riesig: return Self.riesig()
        case .fehler500: return Response(status: .internalServerError)
        case .anderswo: return Response(status: .temporaryRedirect, headers: [.location: aussteller + "/anderswo"])
        case .ausweisAbgelehnt: return Self.json(["error": "invalid_client"], status: .unauthorized)
        case .codeAbgelehnt: return Self.json(["error": "invalid_grant"], status: .badRequest)
        case .keinJSON: return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "<html>")))
        default: break
        }
        guard istAusgewiesen(request, felder, stand) else {
            return Self.json(["error": "invalid_client"], status: .unauthorized)
        }
        let code = felder.roh("code")
        let vorgang = self.stand.withLock { stand -> Vorgang? in
            guard let known = stand.codes[code], !known.benutzt else { return nil }
            stand.codes[code]?.benutzt = true
            return known
        }
        let nachweis = Base64URL.encode(Array(SHA256.hash(data: Array(felder.roh("code_verifier").utf8))))
        guard let vorgang, felder.roh("grant_type") == "authorization_code",
            nachweis == vorgang.frage["code_challenge"],
            felder.roh("redirect_uri") == vorgang.frage["redirect_uri"]
        else { return Self.json(["error": "invalid_grant"], status: .badRequest) }
        let zugriff = "zugriff-" + Geheimnis.neu(bytes: 16)
        var antwort: [String: Any] = ["access_token": zugriff, "token_type": "Bearer", "expires_in": 300]
        if stand.stoerung != .keinToken {
            antwort["id_token"] = try Testtoken(anbieter: self, stand: stand).text(
                nonce: vorgang.frage["nonce"] ?? "", zugriff: zugriff, drehung: stand.drehung)
        }
        return Self.json(antwort)
    }

    private func istAusgewiesen(_ request: Request, _ felder: Abfrage, _ stand: Stand) -> Bool {
        guard let geheimnis = stand.geheimnis else {
            return felder.roh("client_id") == Self.kennung && request.headers[.authorization] == nil
        }
        if stand.ausweise.contains("client_secret_basic") {
            let pair = "\(Self.kennung):g%3Aeheim%26nis%2B1"
            return request.headers[.authorization] == "Basic \(Data(pair.utf8).base64EncodedString())"
                && felder["client_secret"] == nil
        }
        return felder.roh("client_id") == Self.kennung && felder.roh("client_secret") == geheimnis
    }

    private func person(_ request: Request) throws -> Response {
        zaehle("/userinfo")
        let stand = aktuell
        guard request.headers[.authorization]?.hasPrefix("Bearer zugriff-") == true else {
            return Response(status: .unauthorized)
        }
        var felder: [String: Any] = stand.auskunft
        felder["sub"] = stand.stoerung == .auskunftUeberAndere ? "jemand-anderes" : stand.ansprueche["sub"]
        return Self.json(felder)
    }
}
