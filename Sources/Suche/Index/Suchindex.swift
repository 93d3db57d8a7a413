import Kernel
package import Storage

/// Where documents come from, in portions.
package protocol Suchquelle: Sendable {
    var art: Suchdokument.Art { get }

    /// Tells states apart that no numbered load tells; nil where loads say enough.
    func kennzeichen(in db: any SQLConnection) throws -> String?

    /// The documents after a mark, nil at the start, with the mark to go on; no mark at the end.
    func portion(nach marke: [String]?, in db: any SQLConnection) throws -> (
        dokumente: [Suchdokument], weiter: [String]?
    )
}

/// Keeps the index in step with what can be found.
///
/// Everything is read in portions, and of the entries only what differs is written, so a large catalogue neither fills
/// the memory nor keeps others from writing. What is written leads nowhere until the last transaction takes it into use:
/// a run that is cut short leaves the older index as it was, and the next one goes on.
package struct Suchindex: Sendable {
    package struct Bericht: Sendable, Equatable {
        package var eintraege = 0
        package var geschrieben = 0
        package var entfernt = 0
    }

    /// Counts up when words are stored in another way, so that every installation builds its index anew.
    static let bauart = 3

    let quellen: [any Suchquelle]

    package init(quellen: [any Suchquelle]) { self.quellen = quellen }

    /// Leistungen, OZG-Leistungen and places.
    package static let standard = Suchindex(quellen: [Leistungsquelle(), OZGQuelle(), Gebietsquelle()])

    /// Builds the index where what it was built from has changed; nil where nothing had.
    ///
    /// An index that a newer program built is left alone unless `auchNeueren`: while both run, each would build it
    /// back for ever.
    package func nachfuehren(_ database: any Database, auchNeueren: Bool = false) async throws -> Bericht? {
        let (current, built) = try await database.read { db in
            (try quellstand(in: db), try SuchindexStore.stand(in: db).quelle)
        }
        guard current != built, auchNeueren || Suchindex.bauart(of: built) <= Suchindex.bauart else { return nil }
        return try await baue(database, quelle: current)
    }

    /// The way of storing that a state names; 0 where it names none.
    static func bauart(of stand: String) -> Int {
        stand.prefix { $0 != "," }.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    /// How a run ended.
    enum Ausgang: Sendable, Equatable {
        case inGebrauch
        /// Another server built the same meanwhile, or a newer program did.
        case erledigt
        /// Another run ended first, from a state that may be an older one.
        case ueberholt
    }

    /// How a run for `quelle` ends that began with the index `begonnen` and now finds `stand`.
    static func ausgang(_ quelle: String, begonnen: Int, stand: (fassung: Int, quelle: String)) -> Ausgang {
        if stand.fassung == begonnen { return .inGebrauch }
        // Two servers that follow the same load build the same; were that a reason to begin again, they would never end.
        return stand.quelle == quelle || bauart(of: stand.quelle) > bauart ? .erledigt : .ueberholt
    }

    /// What the index depends on: the newest loads and this program's way of storing.
    private func quellstand(in db: any SQLConnection) throws -> String {
        var parts = ["Bauart \(Suchindex.bauart)"]
        for art in [Datenstand.Art.katalog, .gemeindeverzeichnis, .gebietsaenderungen] {
            parts.append("\(art.rawValue) \(try DatenstandStore.newest(art, in: db)?.nummer ?? 0)")
        }
        for source in quellen { parts += try source.kennzeichen(in: db).map { [$0] } ?? [] }
        return parts.joined(separator: ", ")
    }

    package func baue(_ database: any Database, quelle: String) async throws -> Bericht {
        // Of two runs at once the one that ends first counts; the other looks again at what has become of it.
        for _ in 0..<3 {
            let (report, ausgang) = try await versuche(database, quelle: quelle)
            if ausgang != .ueberholt { return report }
        }
        return try await versuche(database, quelle: quelle).bericht
    }

    private func versuche(
        _ database: any Database, quelle: String
    ) async throws -> (bericht: Bericht, ausgang: Ausgang) {
        let (begonnen, fassung) = try await database.write { db in
            try db.lock("suche")
            return (try SuchindexStore.stand(in: db).fassung, try SuchindexStore.neueFassung(in: db))
        }
        var report = Bericht()
        var words = try await namensworte(database)
        let zerlegung = Zerlegung(teile: words["katalog"]?.teile ?? [])
        var entfallene: [Int64] = []
        for source in quellen {
            // Names of places are not taken apart: Bergheim is no home on a mountain.
            var speicher = Wortspeicher(zerlegung: source.art == .gebiet ? Zerlegung(teile: []) : zerlegung)
            var counts = Stammzaehlung()
            var lists = Listensammlung()
            var seen: Set<UInt64> = []
            var mark: [String]?
            repeat {
                let portion = try await database.read { [mark] db in try source.portion(nach: mark, in: db) }
                let prepared = portion.dokumente.map { Vorbereitet($0, &speicher) }
                let (numbers, written) = try await schreibe(prepared, art: source.art, fassung, database)
                for (item, number) in zip(prepared, numbers) {
                    seen.insert(Pruefsumme.fnv([item.dokument.id]))
                    counts.zaehle(item.namensstaemme, item.umfeldstaemme)
                    lists.nimm(number, name: item.namensstaemme, rest: item.umfeldstaemme + item.textstaemme)
                }
                report.eintraege += prepared.count
                report.geschrieben += written
                mark = portion.weiter
            } while mark != nil
            words[source.art.bereich]?.zaehle(counts.ergebnis(speicher.staemme))
            try await Listenschreiber(fassung: fassung, art: source.art, database: database)
                .schreibe(lists, staemme: speicher.staemme)
            entfallene += try await self.entfallene(source.art, ausser: seen, database)
        }
        report.entfernt = entfallene.count
        let ausgang = try await database.write { [words, entfallene] db in
            try db.lock("suche")
            let found = Suchindex.ausgang(quelle, begonnen: begonnen, stand: try SuchindexStore.stand(in: db))
            guard found == .inGebrauch else { return found }
            try SuchindexStore.loesche(entfallene, in: db)
            try SuchindexStore.uebernimm(fassung, in: db)
            for bereich in ["katalog", "gebiet"] {
                let part = words[bereich] ?? Wortsammlung()
                try SuchindexStore.ersetzeWorte(bereich, part.eintraege(), part.haeufigkeit, in: db)
            }
            try SuchindexStore.setze(fassung: fassung, quelle: quelle, in: db)
            return found
        }
        if ausgang == .inGebrauch {
            try await database.write { db in
                try db.lock("suche")
                try SuchindexStore.raeume(bis: fassung, in: db)
            }
        }
        return (report, ausgang)
    }

    /// First pass: the words of all names and of what stands around them, by area.
    private func namensworte(_ database: any Database) async throws -> [String: Wortsammlung] {
        var words: [String: Wortsammlung] = [:]
        for source in quellen {
            let isCatalogue = source.art != .gebiet
            try await durchlaufe(source, database) { document in
                for text in [document.name] + document.umfeld + document.frueher {
                    words[source.art.bereich, default: Wortsammlung()].lies(text, mitTeilen: isCatalogue)
                }
            }
        }
        return words
    }

    private func durchlaufe(
        _ source: any Suchquelle, _ database: any Database, _ body: (Suchdokument) -> Void
    ) async throws {
        var mark: [String]?
        repeat {
            let portion = try await database.read { [mark] db in try source.portion(nach: mark, in: db) }
            portion.dokumente.forEach(body)
            mark = portion.weiter
        } while mark != nil
    }

    /// A document with its words, before it has a row number.
    private struct Vorbereitet: Sendable {
        let dokument: Suchdokument
        let nameWorte: String
        let umfeldWorte: String
        let namensstaemme: [Int32]
        let umfeldstaemme: [Int32]
        let textstaemme: [Int32]
        let pruefsumme: Int64

        init(_ document: Suchdokument, _ speicher: inout Wortspeicher) {
            var (name, around, text): ([Int32], [Int32], [Int32]) = ([], [], [])
            dokument = document
            nameWorte = speicher.worte(document.name, &name)
            umfeldWorte = (document.umfeld + document.frueher).map { speicher.worte($0, &around) }
                .joined(separator: " ")
            speicher.lies(document.text, &text)
            (namensstaemme, umfeldstaemme, textstaemme) = (name, around, text)
            let merkmal = document.merkmal
            pruefsumme = Int64(
                truncatingIfNeeded: Pruefsumme.fnv([
                    document.pfad, document.schluessel.joined(separator: " "), document.name, document.zusatz ?? "",
                    document.frueher.joined(separator: "\n"), document.text, nameWorte, umfeldWorte,
                    merkmal.themenfeld, merkmal.lage, merkmal.typen.joined(separator: ","), String(document.rang),
                ]))
        }
    }

    /// Stores what is new and keeps what has changed; returns the row numbers of all in their order, and how many of
    /// them were written.
    private func schreibe(
        _ prepared: [Vorbereitet], art: Suchdokument.Art, _ fassung: Int, _ database: any Database
    ) async throws -> (nummern: [Int64], geschrieben: Int) {
        guard !prepared.isEmpty else { return ([], 0) }
        return try await database.write { db in
            try db.lock("suche")
            let stored = try SuchindexStore.vorhandene(art, prepared.map(\.dokument.id), in: db)
            let changed = prepared.filter { stored[$0.dokument.id]?.pruefsumme != $0.pruefsumme }
            var numbers = stored.mapValues(\.nr)
            guard !changed.isEmpty else { return (prepared.compactMap { numbers[$0.dokument.id] }, 0) }
            var codes: [Merkmal: Int64] = [:]
            var rows: [Suchzeile] = []
            for item in changed {
                let document = item.dokument
                let code = try codes[document.merkmal] ?? SuchindexStore.code(document.merkmal, in: db)
                codes[document.merkmal] = code
                rows.append(
                    Suchzeile(
                        nr: Zeilennummer.nummer(art, rang: document.rang, pfad: document.pfad, code: code),
                        alt: numbers[document.id], code: code, dokument: document, nameWorte: item.nameWorte,
                        umfeldWorte: item.umfeldWorte, pruefsumme: item.pruefsumme))
            }
            try SuchindexStore.machEindeutig(&rows, fassung, in: db)
            for row in rows { numbers[row.dokument.id] = row.nr }
            // In the order of the table, so that its pages are filled one after the other.
            rows.sort { $0.nr < $1.nr }
            try SuchindexStore.schreibe(rows.filter { $0.alt == nil }, in: db)
            try SuchindexStore.merke(rows.filter { $0.alt != nil }, fassung, in: db)
            return (prepared.compactMap { numbers[$0.dokument.id] }, rows.count)
        }
    }

    /// The numbers of what no source named any more.
    private func entfallene(
        _ art: Suchdokument.Art, ausser seen: Set<UInt64>, _ database: any Database
    ) async throws -> [Int64] {
        var last = Zeilennummer.bereich(art).von - 1
        var gone: [Int64] = []
        while true {
            let part = try await database.read { [last] db in
                try SuchindexStore.ids(art, nach: last, limit: 5_000, in: db)
            }
            guard let end = part.last?.nr else { return gone }
            last = end
            gone += part.filter { !seen.contains(Pruefsumme.fnv([$0.id])) }.map(\.nr)
        }
    }
}
