import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

/// What a token means in a request, and where it means nothing.
@Suite struct BearerTests {
    private static let liste = "/api/v1/umsetzung/\(Rollenspiel.duelmen)?anzahl=1"

    @Test(arguments: TestBackend.available)
    func `a token that does not hold gets 401 with its challenge, and never a public answer instead`(
        on backend: TestBackend
    ) async throws {
        try await TestSite(try await Welt.beispiel(backend)).run { anyone in
            let unknown = Tokentext.neu()
            for value in [
                "Bearer \(unknown)", "bearer \(unknown)", "Bearer x", "Bearer ", "Bearer", "Bearer lst_", "Bearer a b",
                "BEARER " + String(repeating: "x", count: 5_000),
            ] {
                for _ in 0..<2 {
                    let answer = try await anyone.get(Self.liste, headers: [.authorization: value])
                    #expect(answer.status == .unauthorized, "\(value.prefix(40))")
                    #expect(answer.headers[.wwwAuthenticate] == "Bearer error=\"invalid_token\"")
                    #expect(answer.headers[.contentType] == "application/problem+json")
                    #expect(answer.headers[.cacheControl] == "no-store")
                    #expect(answer.text.contains("gilt nicht"))
                }
            }
            // Another way of signing in is a proxy's matter.
            #expect(try await anyone.get(Self.liste, headers: [.authorization: "Basic eA=="]).status == .ok)
            let twice = try await anyone.send(
                .get, Self.liste,
                headers: {
                    var headers: HTTPFields = [:]
                    headers.append(.init(name: .authorization, value: "Bearer \(unknown)"))
                    headers.append(.init(name: .authorization, value: "Bearer \(unknown)"))
                    return headers
                }(), body: nil)
            #expect(twice.status == .unauthorized)
        }
    }

    @Test(arguments: TestBackend.available)
    func `answers to a program are nobody else's: not kept, not answered from what is kept`(
        on backend: TestBackend
    ) async throws {
        let site = try TestSite(try await Welt.beispiel(backend))
        try await site.run { anyone in
            let program = try await anyone.als(.koordination).programm(.lesen)
            for _ in 0..<3 {
                let open = try await anyone.get(Self.liste)
                #expect(open.headers[.cacheControl] == "no-cache" && !open.text.contains("\"notiz\""))
                let mine = try await program.hole(Self.liste)
                #expect(mine.status == .ok && mine.headers[.cacheControl] == "no-store")
                #expect(mine.text.contains("\"notiz\"") && mine.headers[.eTag] == nil)
                let mark = try #require(open.headers[.eTag])
                #expect(try await program.frage(.get, Self.liste, nil, [.ifNoneMatch: mark]).status == .ok)
            }
            let head = try await program.frage(.head, Self.liste)
            #expect(head.status == .ok && head.bytes.isEmpty && head.headers[.cacheControl] == "no-store")
        }
    }

    @Test func `elsewhere, in the address and beside a cookie a token means nothing`() async throws {
        try await TestSite(try await Welt.beispiel(.sqliteMemory)).run { anyone in
            let client = try await anyone.als(.koordination)
            let program = try await client.programm()
            for path in ["/konto", "/konto/zugaenge", "/umsetzung/\(Rollenspiel.duelmen)/neu", "/verlauf"] {
                let answer = try await program.hole(path)
                #expect(answer.headers[.location]?.hasPrefix("/anmelden") ?? false, "\(path): \(answer.status)")
            }
            #expect(try await !program.hole("/umsetzung/\(Rollenspiel.duelmen)").text.contains("Abmelden"))
            for name in ["access_token", "token", "authorization"] {
                let asked = try await anyone.get("\(Self.liste)&\(name)=\(program.token)")
                #expect(!asked.text.contains("\"notiz\""), "\(name)")
            }
            // A signed-in browser is nobody to the JSON interface.
            let cookie = try await client.get(Self.liste)
            #expect(cookie.status == .ok && !cookie.text.contains("\"notiz\""))
            let unknown = try await client.get(Self.liste, headers: [.authorization: "Bearer \(Tokentext.neu())"])
            #expect(unknown.status == .unauthorized, "the cookie does not help")
            // A form with a token instead of the session's secret.
            let form = try await program.frage(
                .post, "/umsetzung/\(Rollenspiel.duelmen)", "titel=x&csrf=",
                [.contentType: "application/x-www-form-urlencoded"])
            #expect(form.status == .unauthorized)
        }
    }

    @Test func `every answer says how many requests are left, and the one too many when to come again`() async throws {
        let site = try TestSite(
            try await Welt.beispiel(.sqliteMemory), anfragemass: .init(jeToken: 3, jeAdresse: 0))
        try await site.run { anyone in
            let client = try await anyone.als(.koordination)
            let (one, two) = (try await client.programm(), try await client.programm())
            let (limit, left) = (HTTPField.Name("RateLimit-Limit"), HTTPField.Name("RateLimit-Remaining"))
            for round in 1...3 {
                let answer = try await one.hole(round == 2 ? "/api/v1/gibtesnicht" : Self.liste)
                #expect(answer.headers[try #require(limit)] == "3")
                #expect(answer.headers[try #require(left)] == "\(3 - round)")
            }
            let refused = try await one.frage(.post, "/api/v1/dienste", "{}")
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect((1...60).contains(Int(refused.headers[.retryAfter] ?? "") ?? 0))
            #expect(try await two.hole(Self.liste).status == .ok, "another token has its own")
            #expect(try await anyone.get(Self.liste).headers[try #require(limit)] == nil)
        }
    }

    private static func rechte(_ organisation: String) -> [Recht] {
        [
            .lesen, .angemeldet, .dienstAnlegen, .dienstAendern(anbieter: organisation),
            .umsetzungIntern(organisation: organisation), .umsetzungAendern(organisation: organisation),
            .organisationIntern(organisation: organisation), .organisationAendern(organisation: organisation),
            .organisationAnlegen, .kontenVerwalten(organisation: organisation),
            .rolleVergeben(.leserecht, organisation: organisation), .rolleVergeben(.projektbuero, organisation: nil),
            .delegieren(organisation: organisation), .verlaufLesen(organisation: organisation), .verlaufGanzLesen,
            .betrieb,
        ]
    }

    /// Whoever the person is and whatever the token: what it allows, the person may do at this moment.
    @Test(arguments: TestBackend.available)
    func `a token never can more than its person`(on backend: TestBackend) async throws {
        let seed = UInt64.random(in: 1..<1_000_000)
        let database = try await Welt.beispiel(backend)
        let besetzung = try await Besetzung.stelleAuf(in: database)
        let orte = [besetzung.duelmen, besetzung.hamm, besetzung.kreis, Besetzung.dienstleister]
        try await TestSite(database).run { anyone in
            var random = Zufall(seed)
            for round in 0..<60 {
                let held = (0..<Int.random(in: 0...3, using: &random)).flatMap { _ in
                    besetzung.aemter(Mitspieler.alle.randomElement(using: &random) ?? Mitspieler.alle[0])
                }
                let client = try await anyone.als(email: "zufall\(round)@leitstand.localhost") { _ in held }
                let id = try #require(try await client.person()).id
                let organisation = Bool.random(using: &random) ? orte.randomElement(using: &random) : nil
                let umfang: Zugangstoken.Umfang = Bool.random(using: &random) ? .lesen : .aendern
                let program = try await client.programm(
                    umfang, organisation: organisation, zweiterFaktor: Bool.random(using: &random))
                // Meanwhile a role may have gone.
                if Bool.random(using: &random), let first = held.first {
                    try await database.write { db in
                        try AmtStore.nimm(
                            first.rolle, organisation: first.organisation, von: id, durch: .betrieb(Welt.jetzt), in: db)
                    }
                }
                let (person, token) = try await database.read { db in
                    (
                        try KontoStore.person(id, zweiterFaktor: true, am: Welt.jetzt, in: db)?.person,
                        try ZugangStore.lies(program.token, am: Welt.jetzt, in: db)?.sitzung
                    )
                }
                #expect(token?.programm?.darfAendern == (umfang == .aendern))
                for ort in orte {
                    for recht in Self.rechte(ort) where Rechte.darf(token?.person, recht) {
                        #expect(Rechte.darf(person, recht), "Saat \(seed), Runde \(round): \(recht)")
                        // What is bound to another place is none of a token for this one.
                        if let organisation, organisation != ort {
                            let bound = Self.rechte(ort).contains(recht) && !Self.rechte("").contains(recht)
                            #expect(!bound, "Saat \(seed), Runde \(round): \(recht)")
                        }
                    }
                }
            }
        }
    }
}
