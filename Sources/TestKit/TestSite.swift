package import App
package import Dateien
import Foundation
package import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Jobs
package import Kernel
package import Konten
package import Logging
import NIOCore
package import Post
package import Storage
import Suche
import Verzeichnis
import Web
package import Webhooks

/// Somebody who uses the product in a test, called after the role.
package enum Rollenspiel: String, CaseIterable, Sendable, CustomStringConvertible {
    /// Without an account.
    case besuch
    /// Administration of the whole installation.
    case administration
    /// OZG-Ansprechperson of Dülmen.
    case koordination
    /// OZG-Ansprechperson of another town, Hamm: an outsider in Dülmen.
    case nachbarschaft
    /// Leserecht at Dülmen.
    case leserecht

    package var description: String { rawValue }

    package static let duelmen = "055580016016"
    package static let hamm = "059150000000"

    fileprivate func aemter(in db: any SQLConnection) throws -> [Person.Amt] {
        switch self {
        case .besuch: []
        case .administration: [.init(.administration)]
        case .koordination:
            [.init(.ozgAnsprechperson, an: try OrganisationStore.named(Self.duelmen, in: db).id.rawValue)]
        case .nachbarschaft: [.init(.ozgAnsprechperson, an: try OrganisationStore.named(Self.hamm, in: db).id.rawValue)]
        case .leserecht: [.init(.leserecht, an: try OrganisationStore.named(Self.duelmen, in: db).id.rawValue)]
        }
    }
}

/// The real chain of a request on a real database, without a socket.
package struct TestSite: Sendable {
    package let leitstand: Leitstand
    package let database: any Database

    /// `texte` is the operator's folder for the pages at the foot, `adresse` the address of the installation.
    ///
    /// `cache` is its size in megabytes, 0 for none; `frist` is what a search may take: much, because a test shares its processors with all others.
    package init(
        _ database: any Database, texte: String? = nil, adresse: String? = nil, frist: Duration = .seconds(120),
        cache: Int = Leitstand.cache, post: (any Postausgang)? = nil, linkadresse: String? = "http://localhost:8080",
        anbieter: Identitaetsanbieter? = nil,
        datenschutz: Datenschutz = .ueblich, tls: Bool = false, anfragemass: Anfragemass = Anfragemass(),
        dateien: Dateieingang? = nil, webhookziele: Webhookziele = Webhookziele(),
        now: @escaping @Sendable () -> Instant = { Welt.jetzt }
    ) throws {
        self.database = database
        leitstand = Leitstand(
            database: database, views: try Welt.views.get(),
            assets: try Assets(ordner: [Welt.ordner("Sources/Web/assets")]),
            anmeldung: try Anmeldung(aufwand: .gering),
            suche: Suche(alltag: try Welt.alltagswoerter.get(), frist: frist), tls: tls,
            texte: Fusstexte(ordner: texte, vorlagen: Welt.ordner("Sources/App/texte")), adresse: adresse, cache: cache,
            postausgang: post, linkadresse: adresse ?? linkadresse, anbieter: anbieter, datenschutz: datenschutz,
            anfragemass: anfragemass,
            // Made with the first file, and left to the temporary folder.
            dateien: dateien
                ?? Dateieingang(
                    database: database, ordner: NSTemporaryDirectory() + "leitstand-test-dateien-" + Kennung.neu()),
            webhookziele: webhookziele, now: now)
    }

    /// Works off what is due in the queue, letters included; returns how many jobs were begun.
    @discardableResult
    package func arbeite() async throws -> Int {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try await JobRunner(leitstand.arbeiten, database: database, logger: logger, now: leitstand.now).leere()
    }

    /// Seals the Verlauf and works off what follows from it, as a server does every few seconds.
    package func versiegele() async throws {
        let (am, folgen) = (leitstand.now(), leitstand.verlaufsfolgen)
        guard try await Versiegelung.nachfuehren(database, now: leitstand.now) > 0 else { return }
        try await database.write { db in try Siegeldienst.stelle(folgen, am: am, in: db) }
        try await arbeite()
    }

    /// Runs `body` with a client for this site; `log` is what the server writes its log to, else nothing.
    package func run(
        log: Logger? = nil, _ body: @escaping @Sendable (SiteClient) async throws -> Void
    ) async throws {
        var logger = log ?? Logger(label: "test")
        if log == nil { logger.logLevel = .critical }
        try await Application(responder: leitstand.responder(), logger: logger).test(.router) { client in
            try await body(SiteClient(site: self, client: client))
        }
    }
}

/// Sends requests as one of the cast.
package struct SiteClient: Sendable {
    package let site: TestSite
    let client: any TestClientProtocol
    package private(set) var cookie: String?
    /// The secret that forms of this session carry.
    package private(set) var csrf: String?

    init(site: TestSite, client: any TestClientProtocol) { (self.site, self.client) = (site, client) }

    /// The database behind the site.
    package var datenbank: any Database { site.database }

    package struct Antwort: Sendable {
        package let status: HTTPResponse.Status
        package let headers: HTTPFields
        package let bytes: [UInt8]

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// A client with a session of that person, made straight in the database.
    package func als(_ rolle: Rollenspiel, zweiterFaktor: Bool = true) async throws -> SiteClient {
        guard rolle != .besuch else {
            var copy = self
            copy.cookie = nil
            copy.csrf = nil
            return copy
        }
        return try await als(email: "\(rolle.rawValue)@leitstand.localhost", zweiterFaktor: zweiterFaktor) { db in
            try rolle.aemter(in: db)
        }
    }

    /// The same for any account; one that is not there is made with these roles.
    package func als(
        email: String, zweiterFaktor: Bool = true,
        _ aemter: @escaping @Sendable (any SQLConnection) throws -> [Person.Amt]
    ) async throws -> SiteClient {
        let (token, csrf) = (Geheimnis.neu(bytes: 32), Geheimnis.neu(bytes: 32))
        let kennwort = try Kennwort.neu("geheim", .gering)
        let am = site.leitstand.now()
        try await site.database.write { db in
            let id =
                try KontoStore.konto(email: email, in: db)?.id
                ?? KontoStore.insert(
                    email: email, kennwort: kennwort, aemter: aemter(db), durch: .betrieb(am), in: db)
            try KontoStore.beginne(
                person: id, token: token, csrf: csrf, am: am, geraet: "Prüfung", zweiterFaktor: zweiterFaktor, in: db)
        }
        return mit(token: token, csrf: csrf)
    }

    /// The person of this client's session with the roles that count now; nil without one.
    package func person() async throws -> Person? {
        guard let token = cookie?.dropFirst("leitstand_sitzung=".count) else { return nil }
        let am = site.leitstand.now()
        return try await site.database.read { db in try KontoStore.sitzung(String(token), am: am, in: db)?.person }
    }

    /// This client with a session whose secrets are known.
    package func mit(token: String, csrf: String?) -> SiteClient {
        var copy = self
        (copy.cookie, copy.csrf) = ("leitstand_sitzung=\(token)", csrf)
        return copy
    }

    /// This client with the session of another one, as a browser has it at every server of an installation.
    package func mitSitzung(of other: SiteClient) -> SiteClient {
        var copy = self
        (copy.cookie, copy.csrf) = (other.cookie, other.csrf)
        return copy
    }

    package func get(_ path: String, headers: HTTPFields = [:]) async throws -> Antwort {
        try await send(.get, path, headers: headers, body: nil)
    }

    /// Posts a form; the session's secret is added unless `csrf` says otherwise.
    package func post(_ path: String, _ felder: [(String, String)] = [], mitCSRF: Bool = true) async throws -> Antwort {
        var all = felder
        if mitCSRF, let csrf { all.append(("csrf", csrf)) }
        let body = all.map { "\(kodiert($0.0))=\(kodiert($0.1))" }.joined(separator: "&")
        return try await send(
            .post, path, headers: [.contentType: "application/x-www-form-urlencoded"], body: Array(body.utf8))
    }

    /// Posts a form with one file.
    package func post(_ path: String, datei: String, name: String, inhalt: [UInt8]) async throws -> Antwort {
        let marke = "----grenze7f3a"
        var body = Array("--\(marke)\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\(csrf ?? "")\r\n".utf8)
        body += Array("--\(marke)\r\nContent-Disposition: form-data; name=\"\(datei)\"; filename=\"\(name)\"\r\n".utf8)
        body += Array("Content-Type: text/csv\r\n\r\n".utf8) + inhalt + Array("\r\n--\(marke)--\r\n".utf8)
        return try await send(
            .post, path, headers: [.contentType: "multipart/form-data; boundary=\(marke)"], body: body)
    }

    package func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields, body: [UInt8]?
    ) async throws -> Antwort {
        var headers = headers
        if let cookie { headers[.cookie] = cookie }
        return try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) }
        ) { response in
            Antwort(
                status: response.status, headers: response.headers, bytes: Array(response.body.readableBytesView))
        }
    }

    private func kodiert(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            let plain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return plain ? String(UnicodeScalar(byte)) : "%" + String(hex[Int(byte >> 4)]) + String(hex[Int(byte & 15)])
        }.joined()
    }
}
