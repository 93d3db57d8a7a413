import Storage

/// One understood question against one kind.
struct Suchfrage {
    /// What it found.
    struct Antwort {
        let gruppe: Suchgruppe
        /// All answers by combination of facets.
        let gezaehlt: [Int64: Int]
    }

    /// Answers before they are weighed: row numbers by condition, the strictest first.
    private struct Auswahl {
        var stufen: [[Int64]] = []
        var gezaehlt: [Int64: Int] = [:]
        var gesamt = 0
    }

    let art: Suchdokument.Art
    let anfrage: Suchanfrage
    let wunsch: Suchwunsch
    let inhalt: Suchgedaechtnis.Inhalt
    /// Combinations of facets that are asked for; nil for all.
    let codes: [Int64]?

    /// Fewer answers than this, and weaker conditions are tried as well.
    private static let wenige = 5

    /// Answers questions against several kinds together, because every statement of its own costs a way to the server.
    static func beantworte(
        _ asked: [Suchfrage], _ inhalt: Suchgedaechtnis.Inhalt, in db: any SQLConnection
    ) throws -> [Antwort] {
        let lists = Suchlisten(inhalt, in: db)
        let plans = asked.map { Suchplan($0.anfrage) }
        try lists.bereite(zip(asked, plans).map { ($0.art, $1.strenge) })
        let chosen = try zip(asked, plans).map { try $0.waehle($1, lists) }
        let rows = try SucheStore.anwaerter(chosen.flatMap { $0.stufen.flatMap { $0 } }, in: db)
        let shown = zip(asked, chosen).map { $0.ordne($1, rows) }
        let page = try SucheStore.seite(shown.flatMap { $0.map(\.0.nr) }, in: db)
        return asked.indices.map { index in
            let question = asked[index]
            let finder = Fundstelle(
                anfrage: question.anfrage, zerlegung: inhalt.wortschatz(question.art).zerlegung)
            let hits = shown[index].compactMap { row, worth in
                page[row.nr].map { finder.treffer(question.art, $0.zeile, worth, text: $0.text) }
            }
            return Antwort(
                gruppe: Suchgruppe(art: question.art, treffer: hits, gesamt: chosen[index].gesamt),
                gezaehlt: chosen[index].gezaehlt)
        }
    }

    /// Which rows are to be weighed: of each condition those in front by rank that no stricter one has.
    private func waehle(_ plan: Suchplan, _ lists: Suchlisten) throws -> Auswahl {
        var chosen = Auswahl()
        guard !plan.strenge.isEmpty else { return chosen }
        let matching = try lists.menge(.init(ausdruck: plan.gezaehlt, nurName: false), art)
        chosen.gezaehlt = lists.zaehle(matching, art)
        var steps = plan.strenge
        // Chosen facets narrow the answers and never widen the question, or their counts would not hold.
        if matching.anzahl < Suchfrage.wenige, let wider = try erweitert(plan, matching, lists) {
            (steps, chosen.gezaehlt) = (plan.strenge + wider.stufen, wider.gezaehlt)
        }
        chosen.gesamt = gesamt(chosen.gezaehlt)
        let needed = min(wunsch.seite * wunsch.anzahl, Suchgruppe.hoechstens)
        let filter = codes.map(Set.init)
        var seen: Treffermenge?
        var count = 0
        for step in steps where count < needed {
            var fresh = try lists.menge(step, art)
            if let seen { fresh.entferne(seen) }
            let numbers = lists.erste(SucheStore.gewogen, fresh, art, codes: filter)
            if seen == nil { seen = fresh } else { seen?.vereinige(fresh) }
            count += numbers.count
            chosen.stufen.append(numbers)
        }
        return chosen
    }

    /// The rows of the asked page in their order.
    private func ordne(
        _ chosen: Auswahl, _ rows: [Int64: SucheStore.Anwaerter]
    ) -> [(SucheStore.Anwaerter, Bewertung.Ergebnis)] {
        let weighing = Bewertung(anfrage)
        var ranked: [(SucheStore.Anwaerter, Bewertung.Ergebnis)] = []
        for step in chosen.stufen {
            ranked += step.compactMap { number in
                rows[number].map { ($0, weighing.bewerte(name: $0.nameWorte, umfeld: $0.umfeldWorte)) }
            }.sorted { Suchfrage.steht($0, vor: $1) }
        }
        let first = (wunsch.seite - 1) * wunsch.anzahl
        return Array(ranked.prefix(Suchgruppe.hoechstens).dropFirst(first).prefix(wunsch.anzahl))
    }

    /// Better first; then large places or short names, and at last the address, so that chance decides nothing.
    private static func steht(
        _ a: (SucheStore.Anwaerter, Bewertung.Ergebnis), vor b: (SucheStore.Anwaerter, Bewertung.Ergebnis)
    ) -> Bool {
        let (x, y) = (Int(a.1.punkte * 1_000), Int(b.1.punkte * 1_000))
        if x != y { return x > y }
        let (r, s) = (a.0.nr >> 48, b.0.nr >> 48)
        return r != s ? r < s : a.0.pfad < b.0.pfad
    }

    private func gesamt(_ counted: [Int64: Int]) -> Int {
        guard let codes else { return counted.values.reduce(0, +) }
        return codes.reduce(0) { $0 + (counted[$1] ?? 0) }
    }

    /// Weaker conditions, as many as it takes to find a few answers, and the counts of all of them together.
    private func erweitert(
        _ plan: Suchplan, _ matching: Treffermenge, _ lists: Suchlisten
    ) throws -> (stufen: [Suchplan.Stufe], gezaehlt: [Int64: Int])? {
        var used: [Suchplan.Stufe] = []
        var all = matching
        try lists.bereite([(art, plan.weite)])
        for step in plan.weite {
            used.append(step)
            all.vereinige(try lists.menge(step, art))
            if all.anzahl >= Suchfrage.wenige || step == plan.weite.last { return (used, lists.zaehle(all, art)) }
        }
        return nil
    }
}
