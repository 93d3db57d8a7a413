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
/// Everything is read in portions, and only what differs is written, so a large catalogue neither fills the memory nor
/// keeps others from writing. A run that is cut short leaves an older index that still answers; the next one goes on.
package struct Suchindex: Sendable {
    package struct Bericht: Sendable, Equatable {
        package var eintraege = 0
        package var geschrieben = 0
        package var entfernt = 0
    }

    /// Counts up when words are stored in another way, so that every installation builds its index anew.
    static let bauart = 2

    let quellen: [any Suchquelle]

    package init(quellen: [any Suchquelle]) { self.quellen = quellen }

    /// Leistungen, OZG-Leistungen and places.
    package static let standard = Suchindex(quellen: [Leistungsquelle(), OZGQuelle(), Gebietsquelle()])

    /// Builds the index where what it was built from has changed; nil where nothing had.
    ///
    /// - Parameter stand: names the state of the sources; see `quellstand`.
    package func nachfuehren(_ database: any Database) async throws -> Bericht? {
        let (current, built) = try await database.read { db in
            (try quellstand(in: db), try SuchindexStore.stand(in: db).quelle)
        }
        guard current != built else { return nil }
        return try await baue(database, quelle: current)
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
        var report = Bericht()
        let fassung = try await database.write { db in
            try db.lock("suche")
            return try SuchindexStore.neueFassung(in: db)
        }
        var words: [String: Wortsammlung] = [:]
        for source in quellen {
            try await durchlaufe(source, database) { document in
                let isCatalogue = source.art != .gebiet
                words[source.art.bereich, default: Wortsammlung()].lies(document.name, mitTeilen: isCatalogue)
                for text in document.umfeld + document.frueher {
                    words[source.art.bereich, default: Wortsammlung()].lies(text, mitTeilen: isCatalogue)
                }
            }
        }
        let zerlegung = Zerlegung(teile: words["katalog"]?.teile ?? [])
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
                let (numbers, written) = try await schreibe(prepared, art: source.art, database)
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
            report.entfernt += try await entferne(source.art, ausser: seen, database)
        }
        let collected = words
        try await database.write { db in
            try db.lock("suche")
            // Another process that began later and is done knows newer things.
            guard try SuchindexStore.setze(fassung: fassung, quelle: quelle, in: db) else { return }
            for bereich in ["katalog", "gebiet"] {
                let part = collected[bereich] ?? Wortsammlung()
                try SuchindexStore.ersetzeWorte(bereich, part.eintraege(), part.haeufigkeit, in: db)
            }
        }
        try await database.write { db in
            try db.lock("suche")
            try SuchindexStore.raeumeListen(vor: fassung, in: db)
        }
        return report
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

    /// Writes what differs; returns the row numbers of all in their order, and how many were written.
    private func schreibe(
        _ prepared: [Vorbereitet], art: Suchdokument.Art, _ database: any Database
    ) async throws -> (nummern: [Int64], geschrieben: Int) {
        guard !prepared.isEmpty else { return ([], 0) }
        return try await database.write { db in
            try db.lock("suche")
            let stored = try SuchindexStore.vorhandene(art, prepared.map(\.dokument.id), in: db)
            let changed = prepared.filter { stored[$0.dokument.id]?.pruefsumme != $0.pruefsumme }
            var numbers = stored.mapValues(\.nr)
            guard !changed.isEmpty else { return (prepared.compactMap { numbers[$0.dokument.id] }, 0) }
            try SuchindexStore.loesche(changed.compactMap { stored[$0.dokument.id]?.nr }, in: db)
            var codes: [Merkmal: Int64] = [:]
            var rows: [Suchzeile] = []
            for item in changed {
                let merkmal = item.dokument.merkmal
                let code = try codes[merkmal] ?? SuchindexStore.code(merkmal, in: db)
                codes[merkmal] = code
                rows.append(
                    Suchzeile(
                        nr: Zeilennummer.nummer(art, rang: item.dokument.rang, id: item.dokument.id, code: code),
                        code: code, dokument: item.dokument, nameWorte: item.nameWorte, umfeldWorte: item.umfeldWorte,
                        pruefsumme: item.pruefsumme))
            }
            try SuchindexStore.machEindeutig(&rows, in: db)
            for row in rows { numbers[row.dokument.id] = row.nr }
            // In the order of the table, so that its pages are filled one after the other.
            try SuchindexStore.schreibe(rows.sorted { $0.nr < $1.nr }, in: db)
            return (prepared.compactMap { numbers[$0.dokument.id] }, rows.count)
        }
    }

    /// Sweeps out what no source named any more.
    private func entferne(
        _ art: Suchdokument.Art, ausser seen: Set<UInt64>, _ database: any Database
    ) async throws -> Int {
        var last = Zeilennummer.bereich(art).von - 1
        var removed = 0
        while true {
            let part = try await database.read { [last] db in
                try SuchindexStore.ids(art, nach: last, limit: 5_000, in: db)
            }
            guard let end = part.last?.nr else { return removed }
            last = end
            let gone = part.filter { !seen.contains(Pruefsumme.fnv([$0.id])) }.map(\.nr)
            guard !gone.isEmpty else { continue }
            try await database.write { db in
                try db.lock("suche")
                try SuchindexStore.loesche(gone, in: db)
            }
            removed += gone.count
        }
    }
}
