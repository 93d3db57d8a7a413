import Foundation
import HTTPTypes
import Storage
import TestKit
import Testing

@testable import Dateien

/// Getting files, and what becomes of lost ones.
@Suite struct DateiabrufTests {
    @Test(arguments: TestBackend.available)
    func `a question about a file costs no content, and lost content comes back with whoever attaches it again`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let orte = try await Anhangorte.in_(database)
        try await TestSite(database, dateien: Dateieingang(database: database, ordner: pfad)).run {
            (anyone) async throws in
            let client = try await anyone.als(.koordination)
            let visitor = try await anyone.als(.besuch)
            #expect(try await client.haengeAn(orte.dienst + "/dateien", "a.pdf", Proben.pdf).status == .seeOther)
            let id = try #require(try await database.texte("SELECT id AS a FROM datei").first)
            let etag = try #require(try await visitor.get("/dateien/\(id)").headers[.eTag])
            for name in dateienIn(pfad) { try FileManager.default.removeItem(atPath: pfad + "/" + name) }
            let head = try await visitor.send(.head, "/dateien/\(id)", headers: [:], body: nil)
            #expect(head.status == .ok && head.bytes.isEmpty)
            #expect(head.headers[.contentLength] == "\(Proben.pdf.count)" && head.headers[.eTag] == etag)
            let same = try await visitor.get("/dateien/\(id)", headers: [.ifNoneMatch: etag])
            #expect(same.status == .notModified)
            let lost = try await visitor.get("/dateien/\(id)")
            #expect(lost.status == .serviceUnavailable && lost.headers[.retryAfter] != nil)
            #expect(try await client.haengeAn(orte.eintrag + "/dateien", "b.pdf", Proben.pdf).status == .seeOther)
            #expect(try await visitor.get("/dateien/\(id)").bytes == Proben.pdf)
            #expect(dateienIn(pfad) == (try await database.texte("SELECT ort AS a FROM datei_inhalt")))
        }
    }
}
