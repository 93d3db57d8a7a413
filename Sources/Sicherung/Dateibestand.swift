import Storage

/// What the rows of a restored database say about stored files, beside the files of the backup.
enum Dateibestand {
    /// The area of a backup with attached files.
    private static let bereich = "dateien/"
    /// Backups from before this step know no attached files.
    private static let schritt = "dateien-0001-dateien"
    /// Faults that are named one by one.
    private static let genannt = 5

    /// Content in the folder, as a row names it; content in a bucket is not part of a backup.
    struct Inhalt: Sendable {
        let ort: String
        let sha256: String
        let bytes: Int
    }

    /// What the rows name.
    static func inhalte(in db: any SQLConnection, _ migrationen: [String]) throws -> [Inhalt] {
        guard migrationen.contains(schritt) else { return [] }
        var found: [Inhalt] = []
        try db.forEach("SELECT sha256, groesse, ort FROM datei_inhalt_sicht WHERE ablage = 'ordner' ORDER BY ort") {
            row in
            found.append(Inhalt(ort: try row["ort"], sha256: try row["sha256"], bytes: try row["groesse"]))
        }
        return found
    }

    /// The same of an opened database; closes it.
    static func inhalte(_ database: any Database, _ migrationen: [String]) async throws -> [Inhalt] {
        do {
            let found = try await database.read { db in try inhalte(in: db, migrationen) }
            await database.close()
            return found
        } catch {
            await database.close()
            throw error
        }
    }

    /// One sentence for each content that a row names and the backup lacks, or has otherwise.
    static func fehler(_ dateien: [Dateisumme], _ inhalte: [Inhalt]) -> [String] {
        let files = Dictionary(dateien.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let faults = inhalte.compactMap { inhalt -> String? in
            guard let file = files[bereich + inhalt.ort] else {
                return "Die angehängte Datei \(inhalt.ort) fehlt in der Sicherung."
            }
            guard file.sha256 != inhalt.sha256 || file.bytes != inhalt.bytes else { return nil }
            return "Die angehängte Datei \(inhalt.ort) hat einen anderen Inhalt, als die Datenbank sagt."
        }
        let more = faults.count - genannt
        return Array(faults.prefix(genannt)) + (more > 0 ? ["Ebenso \(more) weitere angehängte Dateien."] : [])
    }
}
