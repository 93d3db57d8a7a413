package import Kernel
package import Storage

/// An authority of a Gebiet, an IT provider, a vendor, a ministry or an association.
package struct Organisation: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package enum Art: String, CaseIterable, SQLConvertible {
        case verwaltung, dienstleister, hersteller, ministerium, verband

        /// The word a caseworker uses.
        package var wort: String {
            switch self {
            case .verwaltung: "Verwaltung"
            case .dienstleister: "IT-Dienstleister"
            case .hersteller: "Hersteller"
            case .ministerium: "Ministerium"
            case .verband: "Verband"
            }
        }
    }

    package let id: ID
    package let art: Art
    package let name: String
    /// The Gebiet whose authority it is.
    package let gebiet: Gebiet.ID?
    package let ars: String?
    /// Where it tells of itself.
    package let webadresse: String?
    /// The Gebietsstand or day since when it is no more.
    package let gueltigBis: Tag?
    /// Counts the changes by hand, so that nobody overwrites somebody else's.
    package let version: Int

    package var istGueltig: Bool { gueltigBis == nil }
    /// The key by which people find it: its ARS where it has one.
    package var schluessel: String { ars ?? id.rawValue }
    package var pfad: String { "/organisationen/\(schluessel)" }
}

extension Organisation: RowDecodable {
    static let columns: SQL = """
        organisation.id, organisation.art, organisation.name, organisation.gebiet,
        organisation.webadresse, organisation.gueltig_bis, organisation.version,
        (SELECT gebiet.ars FROM gebiet WHERE gebiet.id = organisation.gebiet) AS ars
        """

    package init(row: Row) throws {
        id = try row["id"]
        art = try row["art"]
        name = try row["name"]
        gebiet = try row["gebiet"]
        ars = try row["ars"]
        webadresse = try row["webadresse"]
        gueltigBis = try row["gueltig_bis"]
        version = try row["version"]
    }
}

/// Every statement that touches the `organisation` table, but for the import of the directory.
package enum OrganisationStore {
    package static func find(_ id: Organisation.ID, in db: any SQLConnection) throws -> Organisation? {
        try db.first("SELECT \(Organisation.columns) FROM organisation WHERE id = \(id)")
    }

    /// The Organisation that an id, an ARS (in any of its lengths) or a full name stands for.
    ///
    /// - Throws: `Refusal` for an unknown word, and for a place without an administration of its own, naming who
    ///   administers it.
    package static func named(_ word: String, in db: any SQLConnection) throws -> Organisation {
        if let organisation = try find(Organisation.ID(rawValue: word), in: db) { return organisation }
        if !word.isEmpty, word.utf8.allSatisfy({ (48...57).contains($0) }) {
            guard let gebiet = try GebietStore.find(schluessel: word, in: db) else {
                throw Refusal(
                    .notFound, "Zum Schlüssel \(word) gibt es kein Gebiet. Ist das Gemeindeverzeichnis geladen?")
            }
            return try own(gebiet, in: db)
        }
        let folded = Faltung.suche(word)
        let found = try db.all(
            """
            SELECT \(Organisation.columns) FROM organisation WHERE suchname = \(folded) AND gueltig_bis IS NULL
            ORDER BY id LIMIT 2
            """, as: Organisation.self)
        guard let organisation = found.first else {
            throw Refusal(
                .notFound,
                "„\(word)“ ist keine bekannte Organisation. Nennen Sie den vollen Namen, z. B. „Stadt Dülmen“, oder den Regionalschlüssel (ARS)."
            )
        }
        guard found.count == 1 else {
            throw Refusal(.conflict, "„\(word)“ heißen mehrere Organisationen. Nennen Sie den Regionalschlüssel (ARS).")
        }
        return organisation
    }

    private static func own(_ gebiet: Gebiet, in db: any SQLConnection) throws -> Organisation {
        if !gebiet.istGueltig { return try ofClosed(gebiet, in: db) }
        guard let id = gebiet.verwaltung, let organisation = try find(Organisation.ID(rawValue: id), in: db) else {
            throw Refusal(.unprocessable, "\(gebiet.bezeichnung) hat keine Verwaltung.")
        }
        // Berlin and Hamburg are Land and Stadt with one authority; a member of a Verband has none of its own.
        if organisation.gebiet != gebiet.id, gebiet.art != .land {
            throw Refusal(
                .unprocessable,
                "\(gebiet.bezeichnung) hat keine eigene Verwaltung; zuständig ist: \(organisation.name) (\(organisation.ars ?? "ohne ARS"))."
            )
        }
        return organisation
    }

    /// The authority that a closed place had: it may have moved to the successor and gone on there.
    private static func ofClosed(_ gebiet: Gebiet, in db: any SQLConnection) throws -> Organisation {
        let folge = try NachfolgeStore.folge(zu: gebiet, in: db)
        let places = Set(folge.nachfolger.map(\.id)).union([gebiet.id])
        if let id = gebiet.verwaltung, let organisation = try find(Organisation.ID(rawValue: id), in: db),
            organisation.gebiet.map(places.contains) == true
        {
            return organisation
        }
        throw Refusal(.unprocessable, gebiet.aufloesung(folge) ?? "\(gebiet.bezeichnung) ist aufgelöst.")
    }

    /// Authorities whose name or key begins or contains what was typed, best first.
    package static func matching(_ typed: String, limit: Int, in db: any SQLConnection) throws -> [Organisation] {
        let digits = typed.filter { !$0.isWhitespace }
        if !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) {
            return try withKey(digits, limit: limit, in: db)
        }
        let suche = Suchmuster(typed)
        return try db.all(
            """
            SELECT \(Organisation.columns) FROM organisation
            WHERE gueltig_bis IS NULL AND \(suche.bedingung(suchname: "organisation.suchname", sortname: "organisation.sortname"))
            ORDER BY \(suche.rang(suchname: "organisation.suchname")), sortname, id LIMIT \(limit)
            """)
    }

    /// The authority of the place with that key, in any of its lengths, else those of places whose ARS begins so.
    private static func withKey(_ digits: String, limit: Int, in db: any SQLConnection) throws -> [Organisation] {
        let gebiet = try GebietStore.find(schluessel: digits, in: db)
        if let id = gebiet?.verwaltung, let organisation = try find(Organisation.ID(rawValue: id), in: db) {
            return [organisation]
        }
        if let gebiet, !gebiet.istGueltig {
            let next = try NachfolgeStore.folge(zu: gebiet, in: db).nachfolger.compactMap(\.verwaltung)
            return try Set(next).sorted().prefix(limit).compactMap { try find(Organisation.ID(rawValue: $0), in: db) }
        }
        return try db.all(
            """
            SELECT \(Organisation.columns) FROM organisation
            WHERE gueltig_bis IS NULL AND gebiet IN (SELECT gebiet.id FROM gebiet WHERE gebiet.ars LIKE \(digits + "%"))
            ORDER BY sortname, id LIMIT \(limit)
            """)
    }
}
