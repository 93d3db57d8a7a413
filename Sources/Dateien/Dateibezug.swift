package import Kernel
import Storage
import Verzeichnis
import Web

/// The record that files hang on, with who may see and who may change them.
package struct Dateibezug: Sendable, Equatable {
    package let art: Datei.Bezugsart
    package let id: String
    /// Id of the Organisation that keeps the record now; it changes when an authority goes on in another.
    package let organisation: String
    package let organisationName: String
    package let titel: String
    /// The page of the record.
    package let pfad: String

    package var dateipfad: String { pfad + "/dateien" }

    /// The Steckbrief of an Onlinedienst is public, and so is what hangs on it.
    package var sehen: Recht { art == .dienst ? .lesen : .umsetzungIntern(organisation: organisation) }

    package var aendern: Recht {
        art == .dienst
            ? .dienstAendern(anbieter: organisation) : .umsetzungAendern(organisation: organisation)
    }

    func verlauf(_ art: Verlauf.Art, von: String? = nil, nach: String? = nil) -> Verlauf {
        Verlauf(
            art, organisation: organisation, eintrag: self.art == .eintrag ? id : nil,
            dienst: self.art == .dienst ? id : nil, feld: "datei", von: von, nach: nach)
    }
}

/// Finds the records that files hang on, in the views of their rooms.
enum BezugStore {
    static func eintrag(_ word: String, _ id: String, in db: any SQLConnection) throws -> Dateibezug {
        let organisation = try OrganisationStore.named(word, in: db)
        guard let found = try find(.eintrag, id, in: db), found.organisation == organisation.id.rawValue else {
            throw Refusal(.notFound, "Diesen Eintrag gibt es in der Liste von \(organisation.name) nicht.")
        }
        return found
    }

    static func dienst(slug: String, in db: any SQLConnection) throws -> Dateibezug {
        let id: String? = try db.value("SELECT id FROM onlinedienst_sicht WHERE slug = \(slug)")
        guard let id, let found = try find(.dienst, id, in: db) else {
            throw Refusal(.notFound, "Den Onlinedienst „\(slug.prefix(80))“ gibt es nicht.")
        }
        return found
    }

    static func find(_ art: Datei.Bezugsart, _ id: String, in db: any SQLConnection) throws -> Dateibezug? {
        let row: Row? =
            switch art {
            case .eintrag:
                try db.rows(
                    """
                    SELECT e.titel, e.organisation, o.name, o.ars FROM umsetzungseintrag_name_sicht e
                    JOIN organisation_sicht o ON o.id = e.organisation WHERE e.eintrag = \(id)
                    """
                ).first
            case .dienst:
                try db.rows(
                    """
                    SELECT d.name AS titel, d.anbieter AS organisation, d.anbieter_name AS name, d.slug AS ars
                    FROM onlinedienst_sicht d WHERE d.id = \(id)
                    """
                ).first
            }
        guard let row else { return nil }
        let (organisation, word): (String, String?) = (try row["organisation"], try row["ars"])
        return Dateibezug(
            art: art, id: id, organisation: organisation, organisationName: try row["name"], titel: try row["titel"],
            pfad: art == .dienst ? "/dienste/\(word ?? "")" : "/umsetzung/\(word ?? organisation)/\(id)")
    }
}
