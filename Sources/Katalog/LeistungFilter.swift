package import Kernel
package import Storage
package import Web

/// What narrows a list of Leistungen; several values of one property widen it, several properties narrow it.
package struct LeistungFilter: Sendable, Equatable {
    package var eingabe: Sucheingabe?
    /// Codes of the Typisierung, any of which a Leistung has.
    package var typen: [String] = []
    package var themenfelder: [String] = []
    package var lagen: [String] = []
    package var ozgIDs: [String] = []
    /// Only what counts in figures: neither headings nor provisional entries.
    package var nurZaehlende = false

    package init() {}

    /// - Throws: `Refusal.badRequest` for a code that cannot be one, or more values than anybody chooses.
    package init(_ abfrage: Abfrage) throws {
        eingabe = abfrage["q"].map(Sucheingabe.init)
        typen = try abfrage.alle("typ")
        if let wrong = typen.first(where: { !Typisierung.istCode($0) }) {
            throw Refusal(.badRequest, "„\(wrong.prefix(20))“ ist kein Code der Typisierung, z. B. 2/3.")
        }
        themenfelder = try abfrage.alle("themenfeld")
        lagen = try abfrage.alle("lage")
        ozgIDs = try abfrage.alle("ozg")
        nurZaehlende = abfrage["ueberschriften"] == "nein"
    }

    /// The list in this state.
    func adresse(_ abfrage: Abfrage) -> Adresse {
        var werte: [(name: String, wert: String?)] = [("q", abfrage["q"])]
        for (name, chosen) in zip(LeistungFilter.facetten, gewaehlt) { werte += chosen.map { (name, $0) } }
        return Adresse("/leistungen", werte + [("ueberschriften", nurZaehlende ? "nein" : nil)])
    }

    /// Parameters of the facets, in the order in which they stand on the page.
    static let facetten = ["themenfeld", "lage", "typ", "ozg"]
    var gewaehlt: [[String]] { [themenfelder, lagen, typen, ozgIDs] }

    /// What the facets do not decide; it names columns of `leistung` alone.
    var grundbedingung: SQL {
        var parts: [SQL] = ["leistung.stand_bis IS NULL"]
        switch eingabe {
        case .schluessel(let digits):
            parts.append("(leistung.schluessel LIKE \(digits + "%") OR leistung.ozg_id = \(digits))")
        case .woerter(let suche):
            // A service without a key is also found by its id, which pages and lists show.
            let id = suche.ganz.replacing(" ", with: "-")
            parts.append(
                "((\(suche.bedingung(suchname: "leistung.suchname", sortname: "leistung.sortname"))) OR leistung.id = \(id) OR \(suche.frueherLeistung))"
            )
        case nil: break
        }
        if nurZaehlende { parts.append("NOT leistung.ist_objekt AND NOT leistung.vorlaeufig") }
        return parts.joined(separator: " AND ")
    }

    var bedingung: SQL {
        var parts = [grundbedingung]
        if !typen.isEmpty { parts.append("leistung.id IN (SELECT leistung FROM leistung_typ WHERE typ IN (\(typen)))") }
        if !themenfelder.isEmpty { parts.append("themenfeld.slug IN (\(themenfelder))") }
        if !lagen.isEmpty { parts.append("lage.slug IN (\(lagen))") }
        if !ozgIDs.isEmpty { parts.append("leistung.ozg_id IN (\(ozgIDs))") }
        return parts.joined(separator: " AND ")
    }

    var ordnung: SQL {
        switch eingabe {
        case .schluessel: "leistung.schluessel, leistung.id"
        case .woerter(let suche): "\(suche.rang(suchname: "leistung.suchname")), leistung.sortname, leistung.id"
        case nil: "leistung.sortname, leistung.id"
        }
    }
}

extension LeistungStore {
    /// How many Leistungen there are under the filter, and its facets with their counts.
    ///
    /// One pass over the catalogue in groups of equal OZG-Leistung and Typisierung; everything else follows from those.
    package static func facetten(
        _ filter: LeistungFilter, in db: any SQLConnection
    ) throws -> (gesamt: Int, facetten: [Facette]) {
        let zuordnungen = try OZGStore.zuordnungen(in: db)
        var ort: [String: OZGStore.Zuordnung] = [:]
        for zuordnung in zuordnungen { ort[zuordnung.ozgID] = zuordnung }
        var zaehler = Facettenzaehler(filter.gewaehlt)
        for row in try db.rows(
            """
            SELECT leistung.ozg_id, leistung.typen, count(*) AS anzahl FROM leistung WHERE \(filter.grundbedingung)
            GROUP BY leistung.ozg_id, leistung.typen
            """)
        {
            let (ozgID, typen): (String?, String) = (try row["ozg_id"], try row["typen"])
            let hier = ozgID.flatMap { ort[$0] }
            zaehler.add(
                [
                    hier?.themenfeld.map { [$0] } ?? [], hier?.lage.map { [$0] } ?? [], Typisierung.menge(typen),
                    ozgID.map { [$0] } ?? [],
                ], anzahl: try row["anzahl"])
        }
        let (felder, lagen) = (try OZGStore.felder(in: db), try OZGStore.lagen(in: db))
        let codes = Set(zaehler.zahlen[2].keys).union(filter.typen).sorted(by: Typisierung.vor)
        let bekannt = [
            felder.map { (wert: $0.slug, text: $0.name) }, lagen.map { (wert: $0.slug, text: $0.name) },
            codes.map { (wert: $0, text: $0) },
            zuordnungen.map { (wert: $0.ozgID, text: $0.name) },
        ]
        let titel = ["Themenfeld", "Lage", "Typ", "OZG-Leistung"]
        let facetten = titel.indices.map { index in
            Facette(
                LeistungFilter.facetten[index], titel[index], bekannt[index], zahlen: zaehler.zahlen[index],
                gewaehlt: filter.gewaehlt[index])
        }
        return (zaehler.gesamt, facetten)
    }
}

extension Typisierung {
    /// The codes of a text, each once.
    static func menge(_ text: String) -> [String] {
        let all = codes(text)
        return all.count > 1 ? Array(Set(all)) : all
    }

    /// The order in which people count: 2, 2/3, 3, 10.
    static func vor(_ a: String, _ b: String) -> Bool {
        let (x, y) = (zahlen(a), zahlen(b))
        return x == y ? a < b : x.lexicographicallyPrecedes(y)
    }

    private static func zahlen(_ code: String) -> [Int] {
        code.split(separator: "/").map { Int($0.filter(\.isNumber)) ?? 0 }
    }
}
