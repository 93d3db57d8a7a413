import App
import Foundation
import HTTPTypes
import Kernel
import Nachnutzung
import Storage
import Synchronization
import TestKit
import Testing
import Verzeichnis
import Web

/// The cache before the real pages: it changes no byte of them, and another process's writing shows at once.
@Suite(.timeLimit(.minutes(15))) struct CacheSeitenTests {
    /// What fills the parameters of routes that no link of the example world leads to.
    private static let werte = [
        "/api/v1/leistungen/{id}": "99110009104000", "/api/v1/ozg/{ozgId}": "10160",
        "/api/v1/gebiete/{ars}": "05558", "/api/v1/themenfelder/{slug}": "umwelt",
        "/api/v1/codelisten/{id}": "beispiel-antragsweg",
        "/api/v1/codelisten/{id}/eintraege": "beispiel-antragsweg",
        "/leistungen/{id}": "99110009104000", "/ozg/{ozgId}": "10160", "/gebiete/{ars}": "05558",
        "/themenfelder/{slug}": "umwelt", "/umsetzung/{organisation}": Rollenspiel.duelmen,
        "/codelisten/{id}": "beispiel-antragsweg", "/codelisten/{id}/eintraege.csv": "beispiel-antragsweg",
        "/api/v1/grenzen/{ebene}": "laender", "/api/v1/umsetzung/{organisation}": Rollenspiel.duelmen,
    ]

    /// An address for each public route that can be read; the others are nobody's to share.
    private func adressen(_ site: TestSite) async throws -> [String: String] {
        let (eintrag, dienst) = try await site.database.read { db -> (String?, String?) in
            let organisation = try OrganisationStore.named(Rollenspiel.duelmen, in: db).id
            return (
                try db.value("SELECT id FROM umsetzungseintrag WHERE organisation = \(organisation) LIMIT 1"),
                try db.value("SELECT slug FROM onlinedienst LIMIT 1")
            )
        }
        var found: [String: String] = [:]
        for route in site.leitstand.router().routes where route.method == .get && route.zugang == .oeffentlich {
            var path = route.path.replacing("{version}/**", with: "x/favicon.svg")
                .replacing("{eintrag}", with: eintrag ?? "").replacing("{code}", with: "online")
            if path.contains("/dienste/") { path = path.replacing("{slug}", with: dienst ?? "") }
            if let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") {
                let wert =
                    Self.werte[route.path]
                    ?? (path.contains("/codelisten") ? "beispiel-antragsweg" : Rollenspiel.duelmen)
                path.replaceSubrange(open...close, with: wert)
            }
            if path.hasSuffix("/suche") || path.hasSuffix("/vorschlaege") { path += "?q=hund" }
            found[route.path] = path
        }
        return found
    }

    @Test(arguments: TestBackend.available)
    func `cached answers are byte for byte those of the routes, on every public route`(
        backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let (plain, cached) = (try TestSite(database, cache: 0), try TestSite(database))
        let adressen = try await adressen(plain)
        #expect(adressen.count > 50)
        let fertig = Mutex(0)
        try await plain.run { bare in
            try await cached.run { client in
                for (route, path) in adressen.sorted(by: { $0.key < $1.key }) {
                    let expected = try await bare.get(path)
                    let isFile = path.hasSuffix(".xlsx")
                    for _ in 0..<3 {
                        let answer = try await client.get(path)
                        #expect(answer.status == expected.status, "\(route)")
                        // A workbook names the second it was made; a page before signing in has a secret of its own.
                        guard !isFile, !route.hasPrefix("/anmelden") else { continue }
                        #expect(answer.bytes == expected.bytes, "\(route)")
                        #expect(answer.headers == expected.headers, "\(route)")
                    }
                    guard expected.status == .ok, expected.headers[.cacheControl] == "no-cache",
                        !path.hasPrefix("/assets/"), path != "/favicon.ico"
                    else { continue }
                    let mark = try #require(expected.headers[.eTag], "\(route)")
                    let head = try await client.send(.head, path, headers: [:], body: nil)
                    #expect(head.headers == expected.headers && head.bytes.isEmpty, "\(route)")
                    #expect(
                        try await client.get(path, headers: [.ifNoneMatch: mark]).status == .notModified, "\(route)")
                    fertig.withLock { $0 += 1 }
                }
            }
        }
        #expect(fertig.withLock { $0 } > 30)
        let figures = try #require(cached.leitstand.cache).figures
        // PostgreSQL's mark moves with every transaction of the cluster, and other tests use the same.
        if backend != .postgres { #expect(figures.hits > 60 && figures.entries > 30) }
    }

    @Test func `nobody gets another person's page, and nobody's page shows a person`() async throws {
        let site = try TestSite(try await Welt.beispiel(.sqliteMemory))
        try await site.run { anyone in
            let person = try await anyone.als(.koordination)
            let (list, start) = ("/umsetzung/\(Rollenspiel.duelmen)", "/dienste")
            for path in [list, start, "/"] {
                for _ in 0..<2 {
                    let mine = try await person.get(path)
                    #expect(mine.headers[.cacheControl] == "no-store" && mine.text.contains("Abmelden"), "\(path)")
                    let open = try await anyone.get(path)
                    #expect(open.headers[.cacheControl] == "no-cache" && !open.text.contains("Abmelden"), "\(path)")
                    let mark = try #require(open.headers[.eTag])
                    let known = try await person.get(path, headers: [.ifNoneMatch: mark])
                    #expect(known.status == .ok && known.text.contains("Abmelden"), "\(path)")
                }
            }
        }
    }

    private final class Lauf: Sendable {
        let geladen = Mutex(0)
        let fertig = Mutex(false)
    }

    private func befehl(_ arguments: [String], umgebung: [String: String]) throws -> Process {
        let process = Programm.prozess(arguments, umgebung: umgebung)
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        return process
    }

    @Test(arguments: TestBackend.available.filter { $0 != .sqliteMemory })
    func `what another process committed shows in the next answer`(backend: TestBackend) async throws {
        let folder = NSTemporaryDirectory() + "leitstand-cache-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database: any Database
        var (umgebung, angaben): ([String: String], [String]) = ([:], [])
        if backend == .postgres {
            database = try await Welt.beispiel(.postgres)
            let name: String? = try await database.read { db in try db.value("SELECT current_database()") }
            umgebung["LEITSTAND_POSTGRES"] = TestBackend.conninfo(
                try #require(TestBackend.postgresConninfo), database: try #require(name))
        } else {
            angaben = ["--data", folder]
            let demo = try befehl(["demo"] + angaben, umgebung: [:])
            try demo.run()
            demo.waitUntilExit()
            database = try await Datenbank.open(
                Einstellungen(umgebung: [:], vorrang: ["LEITSTAND_DATA": folder])
            ).database
        }
        let site = try TestSite(database)
        // How many services of ours the other process has told us it loaded, and whether it goes on.
        let lauf = Lauf()
        try await site.run { [umgebung, angaben] client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in 0..<3 {
                    group.addTask {
                        while !lauf.fertig.withLock({ $0 }) {
                            let floor = lauf.geladen.withLock { $0 }
                            let text = try await client.get("/api/v1/dienste?q=cachedienst&anzahl=200").text
                            let shown = text.split(separator: "\"name\":\"Cachedienst").count - 1
                            #expect(shown >= floor, "Leser \(reader): \(shown) statt mindestens \(floor)")
                            let page = try await client.get("/dienste?q=cachedienst").text
                            #expect(floor == 0 || page.contains("Cachedienst \(min(floor, 9))"), "\(floor)")
                            try await Task.sleep(for: .milliseconds(2))
                        }
                    }
                }
                group.addTask {
                    defer { lauf.fertig.withLock { $0 = true } }
                    var csv = "Name;Anbieter\n"
                    for number in 1...8 {
                        csv += "Cachedienst \(number);055580016016\n"
                        let file = folder + "/dienste.csv"
                        try csv.write(toFile: file, atomically: true, encoding: .utf8)
                        let process = try befehl(["import", "dienste", file] + angaben, umgebung: umgebung)
                        try process.run()
                        while process.isRunning { try await Task.sleep(for: .milliseconds(1)) }
                        #expect(process.terminationStatus == 0)
                        lauf.geladen.withLock { $0 = number }
                        try await Task.sleep(for: .milliseconds(Int.random(in: 0...40)))
                    }
                }
                try await group.waitForAll()
            }
            // Now that nobody writes, the second reader finds what the first one was shown.
            for _ in 0..<2 { _ = try await client.get("/dienste?q=cachedienst") }
        }
        #expect(lauf.geladen.withLock { $0 } == 8)
        let figures = try #require(site.leitstand.cache).figures
        if backend != .postgres { #expect(figures.hits > 0) }
        await database.close()
    }
}
