import Formats
import Kernel
import Storage

/// What files change in the stored Codelisten.
struct Codelistenplan {
    struct Schritt {
        let datei: Codelistendatei
        /// The Fassung whose place the file takes.
        let ersetzt: Codelistenfassung.ID?
    }

    private(set) var schritte: [Schritt] = []

    /// Compares each file with what is stored, and with the files before it.
    init(
        _ dateien: [Codelistendatei], ersetzen: Bool, _ bericht: inout Importbericht, in db: any SQLConnection
    ) throws {
        var frueher: [String: Codelistendatei] = [:]
        var kennungen: Set<String> = []
        for datei in dateien {
            let genericode = datei.genericode
            func refuse(_ grund: String) {
                bericht.refuse(.init(zeile: genericode.line, grund: grund, quelle: datei.quelle.name))
            }
            let title = "\(genericode.canonicalVersionURI): \(Zahl.mit(datei.anzahl, "Eintrag", "Einträge"))"
            let key = "\(genericode.canonicalURI)\n\(genericode.version)"
            if let other = frueher[key] {
                if other.fingerabdruck == datei.fingerabdruck {
                    bericht.unveraendert += datei.anzahl
                } else {
                    refuse(
                        "Dieselbe Fassung (\(genericode.canonicalURI), \(genericode.version)) steht mit anderem Inhalt in \(other.quelle.name)."
                    )
                }
                continue
            }
            frueher[key] = datei
            guard kennungen.insert(genericode.canonicalVersionURI).inserted else {
                refuse("Die Kennung \(genericode.canonicalVersionURI) trägt schon eine Datei weiter vorn.")
                continue
            }
            let known = try Self.known(genericode, in: db)
            if let known, known.codeliste != genericode.canonicalURI || known.version != genericode.version {
                refuse(
                    "Die Kennung \(genericode.canonicalVersionURI) gehört schon zu \(known.codeliste), Fassung \(known.version)."
                )
            } else if let known, known.fingerabdruck == datei.fingerabdruck {
                bericht.unveraendert += datei.anzahl
                bericht.hinweise.append("\(title), schon geladen.")
            } else if let known, !ersetzen {
                refuse(
                    "Die Fassung \(genericode.version) von \(genericode.canonicalURI) ist schon mit anderem Inhalt geladen (\(Instant(rawValue: known.geladenAm).berlin)). Eine veröffentlichte Fassung ändert sich nicht. Wenn der Herausgeber sie berichtigt hat, geben Sie --ersetzen an."
                )
            } else {
                if known == nil { bericht.neu += datei.anzahl } else { bericht.geaendert += datei.anzahl }
                bericht.hinweise.append("\(title), \(known == nil ? "neu" : "ersetzt").")
                schritte.append(Schritt(datei: datei, ersetzt: known?.id))
            }
        }
    }

    private struct Bekannt: RowDecodable {
        let id: Codelistenfassung.ID
        let codeliste: String
        let version: String
        let fingerabdruck: String
        let geladenAm: Int

        init(row: Row) throws {
            id = try row["id"]
            codeliste = try row["codeliste"]
            version = try row["version"]
            fingerabdruck = try row["fingerabdruck"]
            geladenAm = try row["geladen_am"]
        }
    }

    /// The Fassung that stands where the file wants to; first the one of the same version, then that of the same name.
    private static func known(_ genericode: Genericode, in db: any SQLConnection) throws -> Bekannt? {
        let rows = try db.all(
            """
            SELECT id, codeliste, version, fingerabdruck, geladen_am FROM codeliste_fassung
            WHERE kennung = \(genericode.canonicalVersionURI)
               OR (codeliste = \(genericode.canonicalURI) AND version = \(genericode.version))
            """, as: Bekannt.self)
        // One that bears the name and is another version would stand in the way.
        return rows.first { $0.codeliste != genericode.canonicalURI || $0.version != genericode.version } ?? rows.first
    }

    func write(datenstand: Int, am: Instant, in db: any SQLConnection) throws {
        for schritt in schritte {
            if let old = schritt.ersetzt {
                try db.execute("DELETE FROM codeliste_eintrag WHERE fassung = \(old)")
                try db.execute("DELETE FROM codeliste_spalte WHERE fassung = \(old)")
                try db.execute("DELETE FROM codeliste_fassung WHERE id = \(old)")
            }
            try enter(schritt.datei, datenstand: datenstand, am: am, in: db)
        }
        for kennung in Set(schritte.map(\.datei.genericode.canonicalURI)).sorted() {
            try showNewest(kennung, in: db)
        }
    }

    private func enter(_ datei: Codelistendatei, datenstand: Int, am: Instant, in db: any SQLConnection) throws {
        let (genericode, angaben) = (datei.genericode, datei.angaben)
        let isKnown: Int? = try db.value("SELECT 1 FROM codeliste WHERE kennung = \(genericode.canonicalURI)")
        if isKnown == nil {
            try db.execute(
                """
                INSERT INTO codeliste (kennung, slug, name, sortname, suchname, kurzname)
                VALUES (\(genericode.canonicalURI), \(try freierSlug(genericode.shortName, in: db)), \(angaben.name), '', '',
                        \(angaben.kurzname))
                """)
        }
        let id = Codelistenfassung.ID(rawValue: Kennung.neu(am))
        try db.execute(
            """
            INSERT INTO codeliste_fassung (id, codeliste, version, sortversion, kennung, name, kurzname, herausgeber,
                                           beschreibung, hinweis, aenderung, gueltig_ab, gueltig_bis, codespalte,
                                           namensspalte, anzahl, neueste, fingerabdruck, datenstand, geladen_am)
            VALUES (\(id), \(genericode.canonicalURI), \(genericode.version),
                    \(Codelistenfassung.sortversion(genericode.version)), \(genericode.canonicalVersionURI),
                    \(angaben.name), \(angaben.kurzname), \(angaben.herausgeber), \(angaben.beschreibung),
                    \(angaben.hinweis), \(angaben.aenderung), \(angaben.gueltigAb), \(angaben.gueltigBis),
                    \(angaben.code.map { genericode.columns[$0].id }.joined(separator: " | ")),
                    \(angaben.namensspalte.map { genericode.columns[$0].id }), \(datei.anzahl), FALSE,
                    \(datei.fingerabdruck), \(datenstand), \(am))
            """)
        let keyed = Set(genericode.keys.flatMap(\.columns))
        try db.insert(
            into: "codeliste_spalte",
            columns: ["fassung", "position", "spalte", "name", "datentyp", "sprache", "pflicht", "schluessel"],
            rows: genericode.columns.enumerated().map { position, column in
                [
                    id.sqlValue, .integer(Int64(position)), .text(column.id),
                    .text(column.longName ?? column.shortName), .text(column.typeName),
                    column.language.map(SQLValue.text) ?? .null, .bool(column.isRequired),
                    .bool(keyed.contains(position)),
                ]
            })
        try writeRows(datei, id, in: db)
    }

    /// In portions, so that neither the list's length nor a statement's time limit matters.
    private func writeRows(_ datei: Codelistendatei, _ id: Codelistenfassung.ID, in db: any SQLConnection) throws {
        var portion: [[SQLValue]] = []
        func write() throws {
            try db.insert(into: "codeliste_eintrag", columns: Codelistendatei.Zeile.columns, rows: portion)
            portion.removeAll(keepingCapacity: true)
        }
        try datei.rows { zeile in
            portion.append(zeile.values(id))
            if portion.count == 500 { try write() }
        }
        if !portion.isEmpty { try write() }
    }

    /// The Codeliste is called, and found, as its newest Fassung says.
    private func showNewest(_ kennung: String, in db: any SQLConnection) throws {
        guard
            let row = try db.rows(
                """
                SELECT id, name, kurzname, herausgeber, beschreibung FROM codeliste_fassung WHERE codeliste = \(kennung)
                ORDER BY sortversion DESC, version DESC LIMIT 1
                """
            ).first
        else { return }
        let (id, name, kurzname): (String, String, String) = (try row["id"], try row["name"], try row["kurzname"])
        let (herausgeber, beschreibung): (String?, String?) = (try row["herausgeber"], try row["beschreibung"])
        try db.execute("UPDATE codeliste_fassung SET neueste = (id = \(id)) WHERE codeliste = \(kennung)")
        let words = [name, kurzname, kennung, herausgeber ?? ""].joined(separator: " ")
        try db.execute(
            """
            UPDATE codeliste SET name = \(name), sortname = \(Faltung.sort(name)), suchname = \(Faltung.suche(words)),
                   kurzname = \(kurzname), herausgeber = \(herausgeber), beschreibung = \(beschreibung)
            WHERE kennung = \(kennung)
            """)
    }

    /// A free address from the short name, which stays when the Codeliste is called otherwise one day.
    private func freierSlug(_ name: String, in db: any SQLConnection) throws -> String {
        let base = Faltung.slug(name)
        let taken = Set(
            try db.rows("SELECT slug FROM codeliste WHERE slug = \(base) OR slug LIKE \(base + "-%")")
                .map { row in try row["slug"] as String })
        var (slug, number) = (base, 2)
        while taken.contains(slug) {
            slug = "\(base)-\(number)"
            number += 1
        }
        return slug
    }
}
