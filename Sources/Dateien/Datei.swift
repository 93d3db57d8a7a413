package import Kernel
package import Storage

/// An attachment: content under a name at a record.
package struct Datei: Sendable, Equatable, RowDecodable {
    package let id: String
    package let bezug: Bezugsart
    package let bezugID: String
    /// SHA-256 of its content.
    package let inhalt: String
    package let name: String
    package let art: Dateiart
    package let beschreibung: String?
    package let person: Person.ID?
    package let am: Instant
    package let groesse: Int

    package enum Bezugsart: String, Sendable, SQLConvertible { case eintrag, dienst }

    static let columns: SQL = """
        datei.id, datei.bezug_art, datei.bezug, datei.inhalt, datei.name, datei.art, datei.beschreibung, datei.person,
        datei.am, datei_inhalt.groesse
        """

    package init(row: Row) throws {
        id = try row["id"]
        bezug = try row["bezug_art"]
        bezugID = try row["bezug"]
        inhalt = try row["inhalt"]
        name = try row["name"]
        art = try row["art"]
        beschreibung = try row["beschreibung"]
        person = try row["person"]
        am = try row["am"]
        groesse = try row["groesse"]
    }

    package var pfad: String { "/dateien/\(id)" }

    /// A size as people read it.
    package static func groesse(_ bytes: Int) -> String {
        switch bytes {
        case ..<1_000: Zahl.mit(bytes, "Byte", "Bytes")
        case ..<1_000_000: "\(Zahl.dezimal(Double(bytes) / 1_000, stellen: 1)) KB"
        case ..<1_000_000_000: "\(Zahl.dezimal(Double(bytes) / 1_000_000, stellen: 1)) MB"
        default: "\(Zahl.dezimal(Double(bytes) / 1_000_000_000, stellen: 1)) GB"
        }
    }
}

/// Content as it is stored: once, however many attachments name it.
package struct Dateiinhaltszeile: Sendable, Equatable, RowDecodable {
    package let sha256: String
    package let groesse: Int
    package let ablage: String
    package let ort: String
    /// When a scanner found nothing in it; nil where none was asked.
    package let geprueftAm: Instant?

    package init(row: Row) throws {
        sha256 = try row["sha256"]
        groesse = try row["groesse"]
        ablage = try row["ablage"]
        ort = try row["ort"]
        geprueftAm = try row["geprueft_am"]
    }

    init(sha256: String, groesse: Int, ablage: String, ort: String, geprueftAm: Instant?) {
        (self.sha256, self.groesse, self.ablage, self.ort, self.geprueftAm) = (sha256, groesse, ablage, ort, geprueftAm)
    }
}
