import Foundation
import Katalog
import Kernel
import Storage
import Synchronization
import TestKit
import Testing

@testable import Suche

/// The index after runs that were cut short, that met each other, or that had strange things to store.
@Suite(.timeLimit(.minutes(10))) struct SuchindexStoerungTests {
    private struct Stromausfall: Error {}

    /// A source that does something before it gives its portions.
    private struct Gestoert: Suchquelle {
        let base: any Suchquelle
        let vorher: @Sendable () throws -> Void
        var art: Suchdokument.Art { base.art }

        func kennzeichen(in db: any SQLConnection) throws -> String? { try base.kennzeichen(in: db) }

        func portion(
            nach marke: [String]?, in db: any SQLConnection
        ) throws -> (dokumente: [Suchdokument], weiter: [String]?) {
            try vorher()
            return try base.portion(nach: marke, in: db)
        }
    }

    /// A source that holds its documents itself.
    private struct Vorrat: Suchquelle {
        let art: Suchdokument.Art
        let kennung: String
        let dokumente: [Suchdokument]

        func kennzeichen(in db: any SQLConnection) throws -> String? { kennung }

        func portion(
            nach marke: [String]?, in db: any SQLConnection
        ) throws -> (dokumente: [Suchdokument], weiter: [String]?) {
            let start = marke.flatMap { $0.first }.flatMap { Int($0) } ?? 0
            let end = min(start + 3, dokumente.count)
            return (Array(dokumente[start..<end]), end < dokumente.count ? ["\(end)"] : nil)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a run that is cut short leaves an index that answers, and the next one completes it`(backend: TestBackend)
        async throws
    {
        let welt = try Suchwelt(await Welt.beispiel(backend))
        let seed = UInt64.random(in: 0 ... .max)
        var katalog = Wandelkatalog(seed)
        // Three sources, each read twice.
        for stop in 0..<6 {
            _ = try await katalog.blatt.laden(welt.database, stand: "\(2020 + stop)", vieleEntfallen: true)
            katalog.weiter()
            let read = Mutex(0)
            let index = Suchindex(
                quellen: Suchindex.standard.quellen.map { source in
                    Gestoert(base: source) {
                        try read.withLock { count in
                            if count == stop { throw Stromausfall() }
                            count += 1
                        }
                    }
                })
            await #expect(throws: Stromausfall.self) { try await index.nachfuehren(welt.database) }
            for frage in ["hund", "gewerbeabmeldung", "münster", "99 100", "sperrmuell geld", "unbekanntes wort"] {
                let found = try await welt.frage(frage)
                #expect(
                    found.leistungen.treffer.count == min(20, found.leistungen.gesamt),
                    "seed \(seed), \(stop): \(frage)")
            }
            #expect(!(try await welt.frage("münster").gebiete.treffer.isEmpty), "seed \(seed), \(stop)")
            #expect(try await Suchindex.standard.nachfuehren(welt.database) != nil, "seed \(seed), \(stop)")
            let found = try await Indexabbild.lies(welt.database)
            let expected = try await Indexabbild.vonGrundAuf(welt.database)
            #expect(found == expected, "seed \(seed), \(stop): \(Indexabbild.unterschied(found, expected))")
        }
    }

    @Test(arguments: TestBackend.available)
    func `two runs at once do no harm`(backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let seed = UInt64.random(in: 0 ... .max)
        var katalog = Wandelkatalog(seed)
        for round in 0..<3 {
            _ = try await katalog.blatt.laden(database, stand: "\(2020 + round)", vieleEntfallen: true)
            katalog.weiter()
            async let one = Suchindex.standard.nachfuehren(database)
            async let other = Suchindex.standard.nachfuehren(database)
            _ = try await (one, other)
            // One more round settles what they found of each other; after it there is nothing left to do.
            _ = try await Suchindex.standard.nachfuehren(database)
            #expect(try await Suchindex.standard.nachfuehren(database) == nil, "seed \(seed), \(round)")
            let found = try await Indexabbild.lies(database)
            let expected = try await Indexabbild.vonGrundAuf(database)
            #expect(found == expected, "seed \(seed), \(round): \(Indexabbild.unterschied(found, expected))")
        }
    }

    /// Opens once; whoever waits goes on then, at the latest after half a minute.
    private final class Tor: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)

        func oeffne() { semaphore.signal() }

        func warte() { _ = semaphore.wait(timeout: .now() + 30) }
    }

    /// In memory there is one connection, and so one run at a time.
    @Test(arguments: TestBackend.available.filter { $0 != .sqliteMemory })
    func `a slow run that overwrites a newer one does not leave its old words for good`(backend: TestBackend)
        async throws
    {
        let welt = try Suchwelt(await Welt.leer(backend), alltag: .leer)
        func quellen(_ kennung: String, _ name: String) -> [Vorrat] {
            [
                Vorrat(
                    art: .leistung, kennung: kennung,
                    dokumente: [Suchdokument(art: .leistung, id: "1", pfad: "/leistungen/1", name: name)]),
                Vorrat(art: .ozg, kennung: "", dokumente: []),
            ]
        }
        let (alteGelesen, neueGeschrieben, alteFertig) = (Tor(), Tor(), Tor())
        let slow = Mutex(0)
        let fast = Mutex(0)
        let alt = quellen("1", "Alter Name"), neu = quellen("2", "Neuer Name")
        let langsam = Suchindex(quellen: [
            Gestoert(base: alt[0]) {
                guard
                    slow.withLock({
                        $0 += 1; return $0
                    }) == 2
                else { return }
                alteGelesen.oeffne()
                neueGeschrieben.warte()
            }, alt[1],
        ])
        let schnell = Suchindex(quellen: [
            neu[0],
            Gestoert(base: neu[1]) {
                guard
                    fast.withLock({
                        $0 += 1; return $0
                    }) == 2
                else { return }
                neueGeschrieben.oeffne()
                alteFertig.warte()
            },
        ])
        async let first: Suchindex.Bericht? = {
            let made = try await langsam.nachfuehren(welt.database)
            alteFertig.oeffne()
            return made
        }()
        try await withCheckedThrowingContinuation { (go: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                alteGelesen.warte()
                go.resume()
            }
        }
        _ = try await schnell.nachfuehren(welt.database)
        _ = try await first
        _ = try await Suchindex(quellen: neu).nachfuehren(welt.database)
        #expect(try await welt.frage("neuer").leistungen.treffer.map(\.name) == ["Neuer Name"])
    }

    @Test func `a run knows what has become of it when another one ended before it`() {
        let (eigene, neuere) = ("Bauart \(Suchindex.bauart), katalog 3", "Bauart \(Suchindex.bauart + 1), katalog 3")
        func ausgang(_ fassung: Int, _ quelle: String) -> Suchindex.Ausgang {
            Suchindex.ausgang(eigene, begonnen: 7, stand: (fassung, quelle))
        }
        #expect(ausgang(7, "was auch immer") == .inGebrauch)
        // The same load: both built the same. Otherwise two servers would build for ever.
        #expect(ausgang(8, eigene) == .erledigt)
        #expect(ausgang(8, neuere) == .erledigt)
        #expect(ausgang(8, "Bauart \(Suchindex.bauart), katalog 4") == .ueberholt)
        #expect(ausgang(8, "") == .ueberholt)
    }

    @Test(arguments: TestBackend.available)
    func `an index of a newer program is left alone until somebody asks for it`(backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let neuere = "Bauart \(Suchindex.bauart + 1), katalog 1"
        try await database.write { db in try SuchindexStore.setze(fassung: 7, quelle: neuere, in: db) }
        #expect(try await Suchindex.standard.nachfuehren(database) == nil)
        #expect(try await database.read { db in try SuchindexStore.stand(in: db).quelle } == neuere)
        #expect(try await Suchindex.standard.nachfuehren(database, auchNeueren: true) != nil)
        #expect(try await Suchindex.standard.nachfuehren(database) == nil)
        #expect(Suchindex.bauart(of: "") == 0 && Suchindex.bauart(of: "noch einmal") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `whatever a thing is called, it is stored and found under the words in its name`(backend: TestBackend)
        async throws
    {
        let seed = UInt64.random(in: 0 ... .max)
        var salat = Zeichensalat(seed)
        let welt = try Suchwelt(await Welt.leer(backend), alltag: .leer)
        let documents = (0..<120).map { number in
            // A database stores no NUL; imports refuse it.
            let name = salat.text().replacing("\u{0}", with: " ")
            return Suchdokument(
                art: .leistung, id: "\(number)", pfad: "/leistungen/\(number)", schluessel: ["99\(number)"], name: name,
                frueher: number % 3 == 0 ? ["früher \(number)"] : [],
                umfeld: number % 2 == 0 ? [salat.text().replacing("\u{0}", with: "")] : [],
                text: number % 5 == 0 ? salat.text().replacing("\u{0}", with: "") : "",
                merkmal: Merkmal(themenfeld: "feld-\(number % 3)", lage: "", typen: ["\(number % 2)"]), rang: number)
        }
        let index = Suchindex(quellen: [Vorrat(art: .leistung, kennung: "x", dokumente: documents)])
        let report = try #require(try await index.nachfuehren(welt.database))
        #expect((report.eintraege, report.geschrieben) == (120, 120), "seed \(seed)")
        for document in documents {
            guard let word = Wortform.woerter(in: document.name).first?.form, Suche.schluessel(word) == nil else {
                continue
            }
            let all = try await welt.alle(.leistung, Suchwunsch(word))
            #expect(all.contains { $0.id == document.id }, "seed \(seed): \(word) in \(document.name.debugDescription)")
        }
    }
}
