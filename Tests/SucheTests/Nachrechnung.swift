import Storage

@testable import Suche

/// The search once more, without lists: every row is looked at and judged by its words.
struct Nachrechnung: Sendable {
    struct Zeile: Sendable {
        let nr: Int64
        let art: Suchdokument.Art
        let kandidat: SucheStore.Kandidat
        let name: Set<String>
        let alles: Set<String>
        let merkmal: Merkmal
    }

    let zeilen: [Zeile]
    let inhalt: Suchgedaechtnis.Inhalt

    init(_ db: any SQLConnection) throws {
        inhalt = try Suchgedaechtnis().inhalt(in: db)
        let (merkmale, katalog) = (inhalt.merkmale, inhalt.katalog.zerlegung)
        zeilen = try db.rows(
            """
            SELECT e.nr, e.art, e.id, e.pfad, e.name, e.zusatz, e.frueher, e.name_worte, e.umfeld_worte, i.inhalt
            FROM suche_eintrag e LEFT JOIN suche_inhalt i ON i.nr = e.nr ORDER BY e.nr
            """
        ).map { row in
            let nr: Int64 = try row["nr"]
            let kandidat = try SucheStore.Kandidat(row: row)
            let art: Suchdokument.Art = try row["art"]
            let name = Set(Wortspeicher.staemme(kandidat.nameWorte).map(String.init))
            var all = name.union(Wortspeicher.staemme(kandidat.umfeldWorte).map(String.init))
            for word in Wortform.woerter(in: try row["inhalt"] ?? "") {
                all.insert(word.stamm)
                if art != .gebiet { all.formUnion(katalog.teile(von: word.form)) }
            }
            return Zeile(
                nr: nr, art: art, kandidat: kandidat, name: name, alles: all,
                merkmal: merkmale[nr & Zeilennummer.codemaske] ?? Merkmal())
        }
    }

    /// Every stored word, sorted.
    var woerter: [String] { zeilen.reduce(into: Set<String>()) { $0.formUnion($1.alles) }.sorted() }

    func treffer(_ stufe: Suchplan.Stufe, _ art: Suchdokument.Art) -> [Zeile] {
        zeilen.filter { $0.art == art && stufe.ausdruck.trifft(stufe.nurName ? $0.name : $0.alles) }
    }

    struct Antwort {
        var ids: [String] = []
        var gesamt = 0
        /// Counts of the facets, only for Leistungen.
        var themenfelder: [String: Int] = [:]
        var lagen: [String: Int] = [:]
        var typen: [String: Int] = [:]
    }

    /// The answers of one kind to an understood question.
    func beantworte(_ anfrage: Suchanfrage, _ art: Suchdokument.Art, _ wunsch: Suchwunsch) -> Antwort {
        let plan = Suchplan(anfrage)
        guard !plan.strenge.isEmpty else { return Antwort() }
        var steps = plan.strenge
        var all = treffer(.init(ausdruck: plan.gezaehlt, nurName: false), art)
        if all.count < 5 {
            var any = [plan.gezaehlt]
            for step in plan.weite {
                steps.append(step)
                any.append(step.ausdruck)
                all = treffer(.init(ausdruck: .eines(any), nurName: false), art)
                if all.count >= 5 { break }
            }
        }
        let weighing = Bewertung(anfrage)
        var seen: Set<Int64> = []
        var ranked: [Zeile] = []
        for step in steps where ranked.count < wunsch.seite * wunsch.anzahl {
            let found = treffer(step, art).filter { art == .gebiet || wunsch.passt($0.merkmal) }
                .filter { !seen.contains($0.nr) }.prefix(200)
            seen.formUnion(found.map(\.nr))
            ranked += found.map { row in
                let worth = weighing.bewerte(name: row.kandidat.nameWorte, umfeld: row.kandidat.umfeldWorte)
                return (-Int(worth.punkte * 1_000), row.nr >> 48, row.kandidat.pfad, row)
            }.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
        }
        var answer = Antwort(
            ids: ranked.dropFirst((wunsch.seite - 1) * wunsch.anzahl).prefix(wunsch.anzahl).map(\.kandidat.id))
        for row in all where art != .gebiet {
            let merkmal = row.merkmal
            if wunsch.passt(merkmal) { answer.gesamt += 1 }
            if wunsch.passt(merkmal, ohne: \.themenfelder), merkmal.themenfeld != "" {
                answer.themenfelder[merkmal.themenfeld, default: 0] += 1
            }
            if wunsch.passt(merkmal, ohne: \.lagen), merkmal.lage != "" { answer.lagen[merkmal.lage, default: 0] += 1 }
            if wunsch.passt(merkmal, ohne: \.typen) { for typ in merkmal.typen { answer.typen[typ, default: 0] += 1 } }
        }
        if art == .gebiet { answer.gesamt = all.count }
        return answer
    }

    /// What the words of a question mean among the names of places.
    func ortsanfrage(_ typed: String, katalog: Suchanfrage, alltag: Alltagswoerter) -> Suchanfrage {
        let known = katalog.begriffe.contains { begriff in
            begriff.alternativen.contains { alternative in
                alternative.verbessert == nil
                    && alternative.gruppen.allSatisfy { $0.contains { inhalt.katalog.anzahl($0) > 0 } }
            }
        }
        return Suchanfrage(typed, wortschatz: inhalt.gebiet, alltag: .nurFuellwoerter(alltag))
            .nurOrte(inhalt.gebiet, auchAehnliche: !known)
    }
}
