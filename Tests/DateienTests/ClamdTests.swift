import Formats
import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Dateien

/// A scanner that answers as the test says.
private struct Probescanner: Virenpruefung {
    let befund: Virenbefund

    func pruefe(_ datei: any Bytezugriff) async throws -> Virenbefund { befund }
}

/// The scanner's word before anybody gets a file.
@Suite struct ClamdTests {
    @Test func `the daemon's answers are understood`() {
        #expect(Clamd.befund("stream: OK") == .sauber)
        #expect(Clamd.befund("stream: Eicar-Test-Signature FOUND") == .befallen("Eicar-Test-Signature"))
        #expect(Clamd.befund("INSTREAM size limit exceeded. ERROR") == .zuGross)
        #expect(Clamd.befund("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND") == .zuGross)
        for odd in ["", "stream: ", "OK FOUND nothing", "UNKNOWN COMMAND", "stream: Can't open file ERROR"] {
            guard case .gestoert = Clamd.befund(odd) else {
                Issue.record("\(odd)")
                continue
            }
        }
    }

    @Test func `where the daemon is, is read strictly`() throws {
        #expect(try Clamd("unix:/run/clamav/clamd.ctl").ort == .unix("/run/clamav/clamd.ctl"))
        #expect(try Clamd("tcp:scanner.example:3310").ort == .tcp(rechner: "scanner.example", port: "3310"))
        #expect(try Clamd("tcp:[::1]:3310").ort == .tcp(rechner: "::1", port: "3310"))
        for bad in ["", "unix:relativ", "tcp:", "tcp:a", "tcp::1", "tcp:a:0", "tcp:a:b", "http://a:1", "unix:"] {
            #expect(throws: Refusal.self, "\(bad)") { try Clamd(bad) }
        }
    }

    @Test func `a daemon that is not there is a fault, not a clean file`() async throws {
        let befund = try await Clamd("unix:/gibt/es/nicht", frist: 1).pruefe(Byteliste([1]))
        guard case .gestoert = befund else { return #expect(Bool(false), "\(befund)") }
    }

    /// Listens once, reads what comes up to `lies` bytes, and answers.
    private static func mitDaemon(_ answer: String, lies: Int, _ body: (Clamd) async throws -> Void) async throws {
        let ordner = try Testordner()
        let path = ordner.pfad + "/s"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 1) == 0)
        Thread.detachNewThread {
            let peer = accept(listener, nil, nil)
            guard peer >= 0 else { return }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            var got = 0
            while got < lies {
                let count = recv(peer, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                got += count
            }
            _ = Array(answer.utf8).withUnsafeBytes { send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(peer)
        }
        try await body(try Clamd("unix:" + path, frist: 5))
    }

    @Test func `a file is sent in pieces, and a daemon that has enough is heard`() async throws {
        let file = Byteliste([UInt8](repeating: 7, count: 100_000))
        try await Self.mitDaemon("stream: OK\u{0}", lies: 10 + 100_000 + 3 * 4) { (clamd) async throws in
            #expect(try await clamd.pruefe(file) == .sauber)
        }
        try await Self.mitDaemon("", lies: 20) { (clamd) async throws in
            guard case .gestoert = try await clamd.pruefe(file) else { return #expect(Bool(false)) }
        }
    }

    @Test(arguments: TestBackend.available)
    func `only a clean file is stored, and an older one is scanned before anybody gets it`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let orte = try await Anhangorte.in_(database)
        func site(_ befund: Virenbefund?) throws -> TestSite {
            try TestSite(
                database,
                dateien: Dateieingang(
                    database: database, ordner: pfad, ablagen: [Ordnerablage(ordner: pfad)],
                    scanner: befund.map { Probescanner(befund: $0) }))
        }
        let bad: [(Virenbefund, code: Int, text: String)] = [
            (.befallen("Eicar"), 422, "Schadsoftware gefunden (Eicar)"), (.zuGross, 422, "dem Virenscanner zu groß"),
            (.gestoert("weg"), 503, "Der Virenscanner antwortet zurzeit nicht"),
        ]
        for (befund, code, text) in bad {
            try await site(befund).run { (anyone) async throws in
                let client = try await anyone.als(.koordination)
                let answer = try await client.haengeAn(orte.dienst + "/dateien", "a.txt", [97], beschreibung: "Bleibt")
                #expect(answer.status.code == code && answer.text.contains(text) && answer.text.contains("Bleibt"))
            }
        }
        #expect(dateienIn(pfad).isEmpty)
        try await site(nil).run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            #expect(try await client.haengeAn(orte.dienst + "/dateien", "a.txt", [97]).status == .seeOther)
        }
        let id = try #require(try await database.texte("SELECT id AS a FROM datei").first)
        for (befund, code, _) in bad {
            try await site(befund).run { (client) async throws in
                #expect(try await client.get("/dateien/\(id)").status.code == code)
            }
        }
        #expect(try await database.zahl("SELECT count(*) FROM datei_inhalt WHERE geprueft_am IS NULL") == 1)
        try await site(.sauber).run { (client) async throws in
            #expect(try await client.get("/dateien/\(id)").status == .ok)
        }
        #expect(try await database.zahl("SELECT count(*) FROM datei_inhalt WHERE geprueft_am IS NOT NULL") == 1)
        // Found clean once, it needs no scanner any more.
        try await site(.gestoert("weg")).run { (client) async throws in
            #expect(try await client.get("/dateien/\(id)").status == .ok)
        }
    }
}
