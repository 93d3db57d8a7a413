package import Katalog
package import Kernel
package import Storage
package import Verzeichnis

/// A row of an authority's Umsetzungsliste, in the house's own words.
package struct Umsetzungseintrag: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    /// What people write into a row; everything that a sheet or a form can change.
    package struct Inhalt: Sendable, Equatable {
        package var titel = ""
        package var leistungen: [Leistung.ID] = []
        /// The whole OZG-Leistung, where the row means all of it.
        package var ozgID: String?
        package var amt: String?
        package var stand: Umsetzungsstand = .offen
        package var variante: Variante?
        /// Id of the Onlinedienst chosen.
        package var dienst: String?
        /// The name of a service that the directory does not know, as typed.
        package var dienstText: String?
        package var url: String?
        /// "OZG 1.1: 3"; as typed where it names no scheme.
        package var reifegrad: String?
        package var prioritaet: String?
        package var frist: Tag?
        package var rolle: String?
        package var notiz: String?
        package var schlagworte: String?
        /// Why it waits, rests or is not theirs.
        package var begruendung: String?

        package init() {}

        /// Online, but the address or a level with its scheme is missing.
        package var angabenFehlen: Bool {
            stand == .online && (url == nil || reifegrad.flatMap { Reifegrad(getippt: $0) } == nil)
        }
    }

    package let id: ID
    package let organisation: Organisation.ID
    package let nummer: Int
    package let version: Int
    package var inhalt: Inhalt
}

extension Umsetzungseintrag: RowDecodable {
    static let columns: SQL = """
        e.id, e.organisation, e.nummer, e.version, e.titel, e.ozg_id, e.amt, e.stand, e.variante, e.dienst, e.dienst_text,
        e.url, e.reifegrad, e.prioritaet, e.frist, e.rolle, e.notiz, e.schlagworte, e.begruendung,
        \(SQL(
            sqlite: "(SELECT group_concat(leistung, ' ') FROM (SELECT leistung FROM umsetzungseintrag_leistung WHERE eintrag = e.id ORDER BY leistung))",
            postgres: "(SELECT string_agg(leistung, ' ' ORDER BY leistung) FROM umsetzungseintrag_leistung WHERE eintrag = e.id)")) AS leistungen
        """

    package init(row: Row) throws {
        id = try row["id"]
        organisation = try row["organisation"]
        nummer = try row["nummer"]
        version = try row["version"]
        var inhalt = Inhalt()
        inhalt.titel = try row["titel"]
        let keys: String? = try row["leistungen"]
        inhalt.leistungen = (keys ?? "").split(separator: " ").map { Leistung.ID(rawValue: String($0)) }
        inhalt.ozgID = try row["ozg_id"]
        inhalt.amt = try row["amt"]
        inhalt.stand = try row["stand"]
        inhalt.variante = try row["variante"]
        inhalt.dienst = try row["dienst"]
        inhalt.dienstText = try row["dienst_text"]
        inhalt.url = try row["url"]
        inhalt.reifegrad = try row["reifegrad"]
        inhalt.prioritaet = try row["prioritaet"]
        inhalt.frist = try row["frist"]
        inhalt.rolle = try row["rolle"]
        inhalt.notiz = try row["notiz"]
        inhalt.schlagworte = try row["schlagworte"]
        inhalt.begruendung = try row["begruendung"]
        self.inhalt = inhalt
    }
}

extension Umsetzungseintrag.Inhalt {
    /// Fields that differ, as the Verlauf keeps them.
    func changes(to new: Umsetzungseintrag.Inhalt) -> [(feld: String, von: String?, nach: String?)] {
        zip(felder, new.felder).compactMap { a, b in a.1 == b.1 ? nil : (feld: a.0, von: a.1, nach: b.1) }
    }

    private var felder: [(String, String?)] {
        [
            ("titel", titel),
            ("leistungen", leistungen.isEmpty ? nil : leistungen.map(\.rawValue).sorted().joined(separator: " ")),
            ("ozg", ozgID), ("amt", amt), ("stand", stand.rawValue), ("variante", variante?.rawValue),
            ("onlinedienst", dienst),
            ("onlinedienst_text", dienstText), ("url", url), ("reifegrad", reifegrad), ("prioritaet", prioritaet),
            ("frist", frist?.iso), ("rolle", rolle), ("notiz", notiz), ("schlagworte", schlagworte),
            ("begruendung", begruendung),
        ]
    }
}

/// An Onlinedienst as the lists of this room show it.
package struct Loesung: Sendable, Equatable, RowDecodable {
    package let id: String
    package let slug: String
    package let name: String
    package let anbieter: String
    package let variante: Variante?
    package let url: String?
    package let reifegrad: Reifegrad?

    static let columns: SQL = "d.id, d.slug, d.name, d.anbieter_name, d.variante, d.url, d.reifegradmodell, d.reifegrad"

    package init(row: Row) throws {
        id = try row["id"]
        slug = try row["slug"]
        name = try row["name"]
        anbieter = try row["anbieter_name"]
        variante = try row["variante"]
        url = try row["url"]
        let (modell, stufe): (Reifegrad.Modell?, Int?) = (try row["reifegradmodell"], try row["reifegrad"])
        reifegrad = if let modell, let stufe { Reifegrad(modell, stufe) } else { nil }
    }

    package var pfad: String { "/dienste/\(slug)" }

    /// The Variante that a taking-over town enters: a shared service stays what it is, a town's own becomes a take-over.
    package var varianteBeiUebernahme: Variante {
        switch variante {
        case .efa: .efa
        case .landesplattformdienst: .landesplattformdienst
        case .uebernahme, .eigenentwicklung, .fachverfahrensmodul, nil: .uebernahme
        }
    }
}
