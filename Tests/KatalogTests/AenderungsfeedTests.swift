import Foundation
import FoundationXML
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Katalog

/// Reads an Atom document as somebody else's program does.
final class Atomleser: NSObject, XMLParserDelegate {
    struct Eintrag {
        var felder: [String: String] = [:], links: [[String: String]] = [], kategorien: [[String: String]] = []
    }

    private(set) var feed = Eintrag()
    private(set) var eintraege: [Eintrag] = []
    private var weg: [String] = []
    private var text = ""

    /// Nil for what is no well-formed document in the namespace of Atom.
    static func lies(_ xml: String) -> Atomleser? {
        let reader = Atomleser()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.shouldProcessNamespaces = true
        parser.delegate = reader
        return parser.parse() ? reader : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if namespaceURI != "http://www.w3.org/2005/Atom" { parser.abortParsing() }
        weg.append(name)
        text = ""
        if name == "entry" { eintraege.append(Eintrag()) }
        if name == "link" { aendere { $0.links.append(attributes) } }
        if name == "category" { aendere { $0.kategorien.append(attributes) } }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        weg.removeLast()
        let value = text
        aendere { $0.felder[name, default: ""] += value }
        text = ""
    }

    private func aendere(_ body: (inout Eintrag) -> Void) {
        if weg.contains("entry"), !eintraege.isEmpty { body(&eintraege[eintraege.count - 1]) } else { body(&feed) }
    }
}

/// The feed of the changes.
@Suite struct AenderungsfeedTests {
    private func feed(_ client: SiteClient, _ query: String = "") async throws -> (Atomleser, SiteClient.Antwort) {
        let antwort = try await client.get("/katalog/aenderungen.atom" + query)
        #expect(antwort.status == .ok && antwort.headers[.contentType] == "application/atom+xml; charset=utf-8")
        return (try #require(Atomleser.lies(antwort.text)), antwort)
    }

    @Test(arguments: TestBackend.available)
    func `the feed has what RFC 4287 asks for, in each entry too`(backend: TestBackend) async throws {
        let database = try await AenderungSeitenTests.dreiStaende(backend)
        try await TestSite(database).run { client in
            for query in ["", "?themenfeld=bauen-wohnen"] {
                let (atom, _) = try await feed(client, query)
                for one in [atom.feed] + atom.eintraege {
                    for name in ["id", "title", "updated"] { #expect(one.felder[name]?.isEmpty == false, "\(name)") }
                    #expect(
                        one.felder["id"]?.wholeMatch(
                            of: #/urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil
                    )
                    #expect(one.felder["updated"]?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
                    #expect(one.links.contains { $0["rel"] == "alternate" && $0["href"]?.hasPrefix("/") == true })
                }
                #expect(atom.feed.felder["name"] == "Leitstand")
                #expect(
                    atom.feed.links.contains {
                        $0["rel"] == "self" && $0["href"] == "/katalog/aenderungen.atom" + query
                    })
                let ids = atom.eintraege.compactMap { $0.felder["id"] }
                #expect(Set(ids).count == ids.count && ids.count == atom.eintraege.count)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `each Stand has a summary and its changes, the first one only the summary`(backend: TestBackend) async throws {
        let database = try await AenderungSeitenTests.dreiStaende(backend)
        try await TestSite(database).run { client in
            let (atom, _) = try await feed(client)
            let titles = atom.eintraege.compactMap { $0.felder["title"] }
            #expect(
                titles == [
                    "Katalogstand 2021: 1 Änderung", "Geändert: Abfallgebühr-Erlass",
                    "Katalogstand 2020 (Nr. 3): 1 Änderung",
                    "Neu: Abfallgebühr Erlass", "Katalogstand 2020 (Nr. 2): 3 Änderungen",
                    "Entfallen: Hundehaltung Anmeldung Kampfhund", "Geändert: Beihilfen <Tiere> & mehr",
                    "Geändert: Mit Einordnung", "Katalogstand 2019 geladen",
                ], "\(titles)")
            #expect(titles.first == "Katalogstand 2021: 1 Änderung" && titles.last == "Katalogstand 2019 geladen")
            #expect(atom.eintraege.last?.felder["content"]?.contains("9 neue Leistungen") == true)
            let changed = try #require(
                atom.eintraege.first { $0.felder["title"] == "Geändert: Beihilfen <Tiere> & mehr" })
            #expect(
                changed.felder["content"]?.contains("OZG-Leistung: Hundehaltung (10160) → Abfallentsorgung (10110)")
                    == true)
            #expect(
                changed.kategorien.first?["term"] == "bauen-wohnen"
                    && changed.kategorien.first?["label"] == "Bauen & Wohnen")
            for entry in atom.eintraege {
                let target = try #require(entry.links.first?["href"])
                #expect(try await client.get(target).status == .ok, "\(target)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `entries keep their ids when the next Stand comes, and share them with the feed of their Themenfeld`(
        backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database, stand: "2019")
        _ = try await Katalogblatt().mit("Kampfhund", "Listenhund").laden(database, stand: "2020")
        let site = try TestSite(database)
        try await site.run { client in
            func ids(_ query: String = "") async throws -> Set<String> {
                Set(try await feed(client, query).0.eintraege.compactMap { $0.felder["id"] })
            }
            let first = try await ids()
            _ = try await Katalogblatt().mit("Kampfhund", "Hund").laden(
                database, stand: "2021", am: Welt.jetzt.plus(sekunden: 3600))
            let second = try await ids()
            #expect(second.isSuperset(of: first) && second.count == first.count + 2)
            let mine = try await ids("?themenfeld=engagement-hobby")
            #expect(mine.intersection(second).count == 2)
            // Nothing happened there, and that is said.
            let (fremd, _) = try await feed(client, "?themenfeld=bauen-wohnen")
            #expect(fremd.eintraege.count == 3 && fremd.feed.felder["title"] == "Änderungen am Katalog: Bauen & Wohnen")
            #expect(fremd.eintraege.first?.felder["content"] == "In diesem Themenfeld hat sich nichts geändert.")
        }
    }

    @Test(arguments: TestBackend.available)
    func `who has the newest already is told so without the document`(backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database, stand: "2019")
        try await TestSite(database).run { client in
            let (_, first) = try await feed(client)
            let etag = try #require(first.headers[.eTag])
            let date = try #require(first.headers[.lastModified])
            #expect(date == "Sun, 22 Nov 2026 09:00:00 GMT")
            func status(_ headers: HTTPFields, _ query: String = "") async throws -> HTTPResponse.Status {
                let antwort = try await client.get("/katalog/aenderungen.atom" + query, headers: headers)
                if antwort.status == .notModified {
                    #expect(antwort.text.isEmpty && antwort.headers[.eTag] != nil)
                }
                return antwort.status
            }
            for known in [etag, "W/\(etag)", "\"x\", \(etag)", "*"] {
                #expect(try await status([.ifNoneMatch: known]) == .notModified)
            }
            #expect(try await status([.ifModifiedSince: date]) == .notModified)
            #expect(try await status([.ifModifiedSince: "Mon, 01 Jan 2001 00:00:00 GMT"]) == .ok)
            // The tag decides where both are sent.
            #expect(try await status([.ifNoneMatch: "\"x\"", .ifModifiedSince: date]) == .ok)
            #expect(try await status([.ifNoneMatch: etag], "?themenfeld=bauen-wohnen") == .ok)
            _ = try await Katalogblatt().mit("Kampfhund", "Hund").laden(
                database, stand: "2020", am: Welt.jetzt.plus(sekunden: 60))
            #expect(try await status([.ifNoneMatch: etag]) == .ok)
            #expect(try await status([.ifModifiedSince: date]) == .ok)
        }
    }

    @Test func `links are absolute with the configured address, and no header of a request can change them`()
        async throws
    {
        let database = try await AenderungSeitenTests.dreiStaende(.sqliteMemory)
        try await TestSite(database, adresse: "https://leitstand.example").run { client in
            let (atom, _) = try await feed(client)
            for link in ([atom.feed] + atom.eintraege).flatMap(\.links) {
                #expect(link["href"]?.hasPrefix("https://leitstand.example/") == true, "\(link)")
            }
        }
        try await TestSite(database).run { client in
            let forwarded = try #require(HTTPField.Name("X-Forwarded-Host"))
            let host = try #require(HTTPField.Name("Host"))
            let antwort = try await client.get(
                "/katalog/aenderungen.atom", headers: [host: "boese.example", forwarded: "boese.example"])
            #expect(!antwort.text.contains("boese.example"))
        }
    }

    @Test func `a Stand with very many changes tells some of them and says so`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        var blatt = Katalogblatt()
        _ = try await blatt.laden(database, stand: "2019")
        blatt.leistungen +=
            "\n" + (100..<400).map { "99110\($0)104000,Leistung \($0),1,10160," }.joined(separator: "\n")
        _ = try await blatt.laden(database, stand: "2020")
        for year in 2021...2032 {
            _ = try await blatt.mit("Kampfhund", "Hund \(year)").laden(database, stand: "\(year)")
        }
        try await TestSite(database).run { client in
            let (atom, _) = try await feed(client)
            // Ten summaries; the twelve newest Stände have one change each.
            #expect(atom.eintraege.count == 20)
        }
        let other = try await Welt.leer(.sqliteMemory)
        _ = try await Katalogblatt().laden(other, stand: "2019")
        _ = try await blatt.laden(other, stand: "2020")
        try await TestSite(other).run { client in
            let (atom, _) = try await feed(client)
            #expect(atom.eintraege.count == Aenderungsfeed.hoechstens + 2)
            #expect(atom.eintraege.first?.felder["content"]?.contains("nennt davon 200 einzeln") == true)
        }
    }
}
