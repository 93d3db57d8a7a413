package import Kernel
package import Storage
package import Web

/// What narrows a list of places; several values of one property widen it, several properties narrow it.
package struct GebietFilter: Sendable, Equatable {
    package var eingabe: Sucheingabe?
    /// Keys of Länder, two digits each.
    package var laender: [String] = []
    package var arten: [Gebiet.Art] = []
    package var groessen: [Groessenklasse] = []
    package var gehoertZu: Gebiet.ID?
    package var aufgeloest = Aufgeloest.nein

    /// Whether closed places are listed.
    package enum Aufgeloest: String, CaseIterable, Sendable {
        case nein, ja, alle

        var wort: String {
            switch self {
            case .nein: "nur bestehende"
            case .ja: "nur aufgelöste"
            case .alle: "bestehende und aufgelöste"
            }
        }
    }

    package init() {}

    /// - Throws: `Refusal.badRequest` for an unknown kind or class, or a key that no Land can have.
    package init(_ abfrage: Abfrage) throws {
        eingabe = abfrage["q"].map(Sucheingabe.init)
        arten = try abfrage.alle("art")
        groessen = try abfrage.alle("groesse")
        aufgeloest = try abfrage.auswahl("aufgeloest") ?? .nein
        laender = try abfrage.alle("land")
        if let wrong = laender.first(where: { $0.utf8.count != 2 || !$0.utf8.allSatisfy { (48...57).contains($0) } }) {
            throw Refusal(
                .badRequest,
                "„\(wrong.prefix(20))“ ist kein Schlüssel eines Landes. Gemeint sind zwei Ziffern, z. B. 05.")
        }
    }

    /// Parameters of the facets, in the order in which they stand on the page.
    static let facetten = ["land", "art", "groesse"]
    var gewaehlt: [[String]] { [laender, arten.map(\.rawValue), groessen.map(\.rawValue)] }

    /// The list in this state.
    func adresse(_ abfrage: Abfrage) -> Adresse {
        var werte: [(name: String, wert: String?)] = [("q", abfrage["q"])]
        if aufgeloest != .nein { werte.append(("aufgeloest", aufgeloest.rawValue)) }
        for (name, chosen) in zip(GebietFilter.facetten, gewaehlt) { werte += chosen.map { (name, $0) } }
        return Adresse("/gebiete", werte)
    }

    /// What the facets do not decide.
    var grundbedingung: SQL {
        var parts: [SQL] = []
        switch aufgeloest {
        case .nein: parts.append(Gebiet.gueltig)
        case .ja: parts.append("NOT (\(Gebiet.gueltig))")
        case .alle: break
        }
        if let gesucht {
            parts.append(
                "(\([gesucht, NachfolgeStore.fuehrtHierher(self)].compactMap { $0 }.joined(separator: " OR ")))")
        }
        if let gehoertZu { parts.append("gebiet.gehoert_zu = \(gehoertZu)") }
        return parts.isEmpty ? "1 = 1" : parts.joined(separator: " AND ")
    }

    /// True for places whose own name or key is meant.
    private var gesucht: SQL? {
        switch eingabe {
        case .schluessel(let digits): "gebiet.ars LIKE \(digits + "%") OR gebiet.ags LIKE \(digits + "%")"
        case .woerter(let suche):
            "(\(suche.bedingung(suchname: "gebiet.suchname", sortname: "gebiet.sortname")))"
        case nil: nil
        }
    }

    var bedingung: SQL {
        var parts = [grundbedingung]
        if !laender.isEmpty { parts.append("gebiet.land IN (\(laender))") }
        if !arten.isEmpty { parts.append("gebiet.art IN (\(arten))") }
        if !groessen.isEmpty {
            parts.append("(\(groessen.map { $0.bedingung("gebiet.einwohner") }.joined(separator: " OR ")))")
        }
        return parts.joined(separator: " AND ")
    }

    var ordnung: SQL {
        guard let muster = eingabe?.muster else { return "gebiet.sortname, gebiet.id" }
        return "\(muster.rang(suchname: "gebiet.suchname")), gebiet.sortname, gebiet.id"
    }
}

extension GebietStore {
    /// How many places there are under the filter, and its facets with their counts, in one pass over the directory.
    package static func facetten(
        _ filter: GebietFilter, laender: [Gebiet], in db: any SQLConnection
    ) throws -> (gesamt: Int, facetten: [Facette]) {
        let klassen = Groessenklasse.allCases.map { klasse in
            "count(*) FILTER (WHERE \(klasse.bedingung("gebiet.einwohner")))" as SQL
        }.joined(separator: ", ")
        var zaehler = Facettenzaehler(filter.gewaehlt)
        for row in try db.rows(
            """
            SELECT gebiet.land, gebiet.art, \(klassen) FROM gebiet WHERE \(filter.grundbedingung)
            GROUP BY gebiet.land, gebiet.art
            """)
        {
            let (land, art): (String, String) = (try row["land"], try row["art"])
            // The counts follow in the order of the classes.
            for (klasse, value) in zip(Groessenklasse.allCases, row.values.dropFirst(2)) {
                guard let anzahl = Int(sqlValue: value), anzahl > 0 else { continue }
                zaehler.add([[land], [art], [klasse.rawValue]], anzahl: anzahl)
            }
        }
        let bekannt = [
            laender.map { (wert: $0.ars ?? "", text: $0.name) },
            Gebiet.Art.allCases.map { (wert: $0.rawValue, text: $0.wort) },
            Groessenklasse.allCases.map { (wert: $0.rawValue, text: $0.wort) },
        ]
        let titel = ["Land", "Art", "Einwohner"]
        let facetten = titel.indices.map { index in
            Facette(
                GebietFilter.facetten[index], titel[index], bekannt[index], zahlen: zaehler.zahlen[index],
                gewaehlt: filter.gewaehlt[index])
        }
        return (zaehler.gesamt, facetten)
    }
}
