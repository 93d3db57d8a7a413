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

    /// What to note at the end of a run for `quelle` that began with the index `begonnen` and now finds `stand`.
    static func vermerk(_ quelle: String, begonnen: Int, stand: (fassung: Int, quelle: String)) -> String {
        // Two servers that follow the same load write the same; were that a reason to begin again, they would never end.
        if stand.fassung == begonnen || stand.quelle == quelle { return quelle }
        // A newer program has to build again what this run wrote over, and this one must not do it before.
        if bauart(of: stand.quelle) > bauart { return "Bauart \(bauart(of: stand.quelle))" }
        // A run that ended meanwhile may have read an older state and written over this one; the next run tells.
        return ""
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
        let begonnen = try await database.read { db in try SuchindexStore.stand(in: db).fassung }
        var report = Bericht()
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
            var seen: Set<UInt64> = []
            var mark: [String]?
            repeat {
                let portion = try await database.read { [mark] db in try source.portion(nach: mark, in: db) }
                let prepared = portion.dokumente.map { document -> Vorbereitet in
                    let made = Vorbereitet(document, &speicher)
                    words[source.art.bereich]?.zaehle(made.zaehlende)
                    seen.insert(Pruefsumme.fnv([document.id]))
                    return made
                }
                report.eintraege += prepared.count
                report.geschrieben += try await schreibe(prepared, art: source.art, database)
                mark = portion.weiter
            } while mark != nil
            report.entfernt += try await entferne(source.art, ausser: seen, database)
        }
        let collected = words
        try await database.write { db in
            try db.lock("suche")
            for bereich in ["katalog", "gebiet"] {
                let part = collected[bereich] ?? Wortsammlung()
                try SuchindexStore.ersetzeWorte(bereich, part.eintraege(), part.haeufigkeit, in: db)
            }
            let stand = try SuchindexStore.stand(in: db)
            try SuchindexStore.setze(quelle: Suchindex.vermerk(quelle, begonnen: begonnen, stand: stand), in: db)
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
        let textWorte: String
        let zaehlende: Set<Substring>
        let pruefsumme: Int64

        init(_ document: Suchdokument, _ speicher: inout Wortspeicher) {
            dokument = document
            nameWorte = speicher.worte(document.name)
            umfeldWorte = (document.umfeld + document.frueher).map { speicher.worte($0) }.joined(separator: " ")
            textWorte = speicher.worte(document.text)
            zaehlende = Wortspeicher.staemme(nameWorte).union(Wortspeicher.staemme(umfeldWorte))
            let merkmal = document.merkmal
            pruefsumme = Int64(
                truncatingIfNeeded: Pruefsumme.fnv([
                    document.pfad, document.schluessel.joined(separator: " "), document.name, document.zusatz ?? "",
                    document.frueher.joined(separator: "\n"), document.text,
                    nameWorte, umfeldWorte, textWorte, merkmal.themenfeld, merkmal.lage,
                    merkmal.typen.joined(separator: ","), String(document.rang),
                ]))
        }
    }

    /// Writes what differs and returns how many that were.
    private func schreibe(
        _ prepared: [Vorbereitet], art: Suchdokument.Art, _ database: any Database
    ) async throws -> Int {
        guard !prepared.isEmpty else { return 0 }
        return try await database.write { db in
            try db.lock("suche")
            let stored = try SuchindexStore.vorhandene(art, prepared.map(\.dokument.id), in: db)
            let changed = prepared.filter { stored[$0.dokument.id]?.pruefsumme != $0.pruefsumme }
            guard !changed.isEmpty else { return 0 }
            try SuchindexStore.loesche(changed.compactMap { stored[$0.dokument.id]?.nr }, in: db)
            var codes: [Merkmal: Int64] = [:]
            var taken: Set<Int64> = []
            var rows: [Suchzeile] = []
            for item in changed {
                let document = item.dokument
                let code = try codes[document.merkmal] ?? SuchindexStore.code(document.merkmal, in: db)
                codes[document.merkmal] = code
                var versuch: UInt64 = 0
                var nr = Zeilennummer.nummer(art, rang: document.rang, pfad: document.pfad, code: code)
                while try taken.contains(nr) || !SuchindexStore.belegte([nr], in: db).isEmpty {
                    versuch += 1
                    nr = Zeilennummer.nummer(
                        art, rang: document.rang, pfad: document.pfad, code: code, versuch: versuch)
                }
                taken.insert(nr)
                rows.append(
                    Suchzeile(
                        nr: nr, dokument: document, nameWorte: item.nameWorte, umfeldWorte: item.umfeldWorte,
                        namensstaemme: Wortspeicher.staemme(item.nameWorte),
                        alleStaemme: item.zaehlende.union(Wortspeicher.staemme(item.textWorte)),
                        pruefsumme: item.pruefsumme))
            }
            try SuchindexStore.schreibe(rows, in: db)
            return rows.count
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
