import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

/// A browser that signs in through the provider of the tests, step by step.
struct Fremdbrowser {
    let client: SiteClient
    let anbieter: Testanbieter

    struct Hinweg {
        /// Where the browser is sent.
        let ort: String
        let cookie: String
    }

    func hin(_ ziel: String? = nil) async throws -> Hinweg {
        let antwort = try await client.get(Adresse(Anbieterangaben.pfad, [("ziel", ziel)]).text)
        let cookie = try #require(Self.cookie("leitstand_extern", antwort), "\(antwort.status)")
        return Hinweg(ort: try #require(antwort.headers[.location]), cookie: cookie)
    }

    func zurueck(_ pfad: String, cookie: String?) async throws -> SiteClient.Antwort {
        try await client.get(pfad, headers: cookie.map { [.cookie: "leitstand_extern=\($0)"] } ?? [:])
    }

    /// The whole way, with a person who consents.
    func anmelden(_ ziel: String? = nil) async throws -> SiteClient.Antwort {
        let hinweg = try await hin(ziel)
        return try await zurueck(anbieter.stimmeZu(hinweg.ort), cookie: hinweg.cookie)
    }

    static func cookie(_ name: String, _ antwort: SiteClient.Antwort) -> String? {
        antwort.headers[values: .setCookie].first { $0.hasPrefix(name + "=") }?.split(separator: ";").first.map {
            String($0.dropFirst(name.count + 1))
        }
    }

    static func istAngemeldet(_ antwort: SiteClient.Antwort) -> Bool {
        antwort.status == .seeOther && cookie("leitstand_sitzung", antwort)?.isEmpty == false
    }

    /// A site with this provider, on a database of its own.
    static func run(
        _ backend: TestBackend = .sqliteFile,
        regeln: String = "gruppen = ozg-koordination -> ozg_ansprechperson @ 055580016016", zweiterFaktor: Bool = false,
        frist: Duration = .seconds(30), stelle: @escaping @Sendable (inout Testanbieter.Stand) -> Void = { _ in },
        uhr: Uhr = Uhr(), _ body: @escaping @Sendable (Fremdbrowser, any Database) async throws -> Void
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await Testanbieter.run(now: { uhr.jetzt }) { anbieter in
            anbieter.stelle(stelle)
            let site = try TestSite(
                database, adresse: Testanbieter.adresse,
                anbieter: anbieter.angaben(regeln, zweiterFaktor: zweiterFaktor, frist: frist), now: { uhr.jetzt })
            try await site.run { client in
                try await body(Fremdbrowser(client: client, anbieter: anbieter), database)
            }
        }
    }

    /// Roles of the account with that address, as text.
    static func rollen(_ email: String = "probe@duelmen.example", in database: any Database) async throws -> [String] {
        try await database.read { db in
            try db.rows(
                """
                SELECT amt.rolle, amt.vertretung FROM amt JOIN person ON person.id = amt.person
                WHERE person.email = \(email) ORDER BY amt.rolle
                """
            ).map { row in
                let (rolle, vertretung): (String, Bool) = (try row["rolle"], try row["vertretung"])
                return vertretung ? rolle + "+" : rolle
            }
        }
    }
}
