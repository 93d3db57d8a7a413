import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Jobs
import Kernel
import Logging
import NIOCore
import Storage
import Synchronization
import TestKit
import Testing
import Verzeichnis
import Web

@testable import Webhooks

/// A clock that a test moves.
final class Uhr: Sendable {
    private let stand = Mutex(Welt.jetzt)

    var jetzt: Instant { stand.withLock { $0 } }

    func vor(_ sekunden: Int) { stand.withLock { $0 = $0.plus(sekunden: sekunden) } }
}

/// A program at the other end, on loopback: it keeps what it gets and answers what it is told to.
final class Empfaenger: Sendable {
    struct Anfrage: Sendable {
        let id: String
        let zeit: String
        let signaturen: [String]
        let art: String?
        let bytes: [UInt8]

        var ereignisse: [[String: String?]] {
            let body = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            return (body?["ereignisse"] as? [[String: Any]] ?? []).map { $0.mapValues { $0 as? String } }
        }

        func stammt(von geheimnis: String) -> Bool {
            guard let key = Data(base64Encoded: String(geheimnis.dropFirst(6))) else { return false }
            return signaturen.contains { signatur in
                guard signatur.hasPrefix("v1,"), let code = Data(base64Encoded: String(signatur.dropFirst(3))) else {
                    return false
                }
                return HMAC<SHA256>.isValidAuthenticationCode(
                    code, authenticating: Data("\(id).\(zeit).".utf8) + Data(bytes), using: SymmetricKey(data: key))
            }
        }
    }

    private let stand = Mutex<(anfragen: [Anfrage], antwort: Response?, wartet: Bool)>(([], nil, false))

    var anfragen: [Anfrage] { stand.withLock { $0.anfragen } }

    func antworte(_ status: HTTPResponse.Status, _ headers: HTTPFields = [:], _ text: String = "") {
        stand.withLock {
            $0.antwort = Response(
                status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    /// Whether it lets those wait who ask.
    func halteHin(_ yes: Bool) { stand.withLock { $0.wartet = yes } }

    func run(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let router = Router()
        router.post("/hier") { request, _ in
            let bytes = Array(try await request.body.collect(upTo: 10 << 20).readableBytesView)
            func header(_ name: String) -> String { HTTPField.Name(name).flatMap { request.headers[$0] } ?? "" }
            let anfrage = Anfrage(
                id: header("webhook-id"), zeit: header("webhook-timestamp"),
                signaturen: header("webhook-signature").split(separator: " ").map(String.init),
                art: request.headers[.contentType], bytes: bytes)
            self.stand.withLock { $0.anfragen.append(anfrage) }
            while self.stand.withLock({ $0.wartet }) { try await Task.sleep(for: .milliseconds(20)) }
            return self.stand.withLock { $0.antwort } ?? Response(status: .noContent)
        }
        try await Application(router: router).test(.live) { client in
            try await body("http://127.0.0.1:\(client.port ?? 0)")
        }
    }
}

/// The product with the example data, one that keeps webhooks for Dülmen, and programs that receive.
struct Webhookwelt: Sendable {
    let database: any Database
    let uhr: Uhr
    let site: TestSite
    let ziele: Webhookziele
    let duelmen: String
    let hamm: String

    init(
        _ backend: TestBackend, erlaubt: [String] = [], frist: Duration = .seconds(60),
        abruf: Abruf = Abruf(plaetze: 64)
    ) async throws {
        let (database, uhr) = (try await Welt.beispiel(backend), Uhr())
        (self.database, self.uhr) = (database, uhr)
        ziele = Webhookziele(
            erlaubte: try Webhookziele.erlaubte(erlaubt.joined(separator: ", ")), frist: frist, abruf: abruf)
        site = try TestSite(
            database, adresse: "https://leitstand.example", webhookziele: ziele, now: { uhr.jetzt })
        (duelmen, hamm) = try await database.read { db in
            (
                try OrganisationStore.named(Rollenspiel.duelmen, in: db).id.rawValue,
                try OrganisationStore.named(Rollenspiel.hamm, in: db).id.rawValue
            )
        }
        // What the example data wrote is over before the first webhook is made.
        try await lauf()
        uhr.vor(1)
    }

    static let basis = "/organisationen/\(Rollenspiel.duelmen)/webhooks"

    var versand: Webhookversand {
        Webhookversand(database: database, ziele: ziele, adresse: "https://leitstand.example", now: { uhr.jetzt })
    }

    func runner(_ other: [Jobarbeit] = [], plaetze: Int = 4) -> JobRunner {
        let names = Set(other.map(\.art.name))
        return JobRunner(
            versand.arbeiten.filter { !names.contains($0.art.name) } + other, database: database, plaetze: plaetze,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { uhr.jetzt })
    }

    /// Seals, and asks for what follows from it, as the service does.
    func versiegele() async throws {
        let (uhr, folgen) = (uhr, site.leitstand.verlaufsfolgen)
        try await Versiegelung.nachfuehren(database, now: { uhr.jetzt })
        try await database.write { db in
            for art in folgen {
                try JobStore.stelle(art, KeineAngaben(), schluessel: planschluessel, am: uhr.jetzt, in: db)
            }
        }
    }

    /// All that happens by itself until nothing is due.
    func lauf() async throws {
        try await versiegele()
        try await runner().leere()
    }

    /// Writes lines into the Verlauf, by default changes of Dülmen's list.
    func aendere(_ count: Int = 1, _ more: [Verlauf] = []) async throws {
        let (am, organisation) = (uhr.jetzt, duelmen)
        try await database.write { db in
            try VerlaufStore.append(
                (0..<count).map {
                    Verlauf(
                        .eintragGeaendert, organisation: organisation, eintrag: "eintrag\($0)", feld: "stand",
                        von: "offen", nach: "geplant")
                } + more, durch: Urheber(person: .init(rawValue: "0personenkennung"), am: am), in: db)
        }
    }

    /// A webhook made in the form, with its secret.
    func webhook(
        _ client: SiteClient, _ url: String, name: String = "Fachverfahren", basis: String = Webhookwelt.basis,
        ereignisse: [String] = ["umsetzung", "dienst", "organisation"]
    ) async throws -> (pfad: String, geheimnis: String) {
        let answer = try await client.post(
            basis + "/neu", [("name", name), ("url", url)] + ereignisse.map { ("ereignisse", $0) })
        #expect(answer.status == .ok, "\(answer.text.prefix(3_000))")
        let geheimnis = try #require(answer.text.firstMatch(of: #/id="geheimnis">(whsec_[A-Za-z0-9+\/=]+)</#))
        let pfad = try #require(
            answer.text.firstMatch(of: #/href="(\/organisationen\/[^"]+\/webhooks\/[0-9a-z]{16})"/#))
        return (String(pfad.1), String(geheimnis.1))
    }

    func sendungen() async throws -> [Webhooksendung] {
        try await database.read { db in
            try db.all("SELECT \(Webhooksendung.columns) FROM webhook_sendung ORDER BY id")
        }
    }

    func webhooks() async throws -> [Webhook] {
        let ids = [duelmen, hamm]
        return try await database.read { db in try ids.flatMap { try WebhookStore.alle($0, in: db) } }
    }

    func verlauf(_ art: Verlauf.Art) async throws -> [Verlaufszeile] {
        var auswahl = Verlaufsauswahl()
        auswahl.art = art.rawValue
        let which = auswahl
        return try await database.read { db in try VerlaufStore.neueste(which, limit: 50, in: db) }
    }
}
