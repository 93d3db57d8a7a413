import Storage

/// What the rows of a restored database say about stored files, beside the files of the backup.
enum Dateibestand {
    /// The area of a backup with attached files.
    private static let bereich = "dateien/"
    /// Backups from before this step know no attached files.
    private static let schritt = "dateien-0001-dateien"
    /// Faults that are named one by one.
    private static let genannt = 5

    /// One sentence for each content that a row names and the backup lacks, or has otherwise.
    ///
    /// Content in a bucket is not part of a backup and is left out.
    static func fehler(_ dateien: [Dateisumme], _ kopf: Sicherungskopf, in database: any Database) async throws
        -> [String]
    {
        guard kopf.migrationen.contains(schritt) else { return [] }
        let files = Dictionary(dateien.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let faults = try await database.read { db in
            var faults: [String] = []
            try db.forEach("SELECT sha256, groesse, ort FROM datei_inhalt_sicht WHERE ablage = 'ordner' ORDER BY ort") {
                row in
                let (sum, size, ort): (String, Int, String) = (try row["sha256"], try row["groesse"], try row["ort"])
                guard let file = files[bereich + ort] else {
                    return faults.append("Die angehängte Datei \(ort) fehlt in der Sicherung.")
                }
                if file.sha256 != sum || file.bytes != size {
                    faults.append("Die angehängte Datei \(ort) hat einen anderen Inhalt, als die Datenbank sagt.")
                }
            }
            return faults
        }
        let more = faults.count - genannt
        return Array(faults.prefix(genannt)) + (more > 0 ? ["Ebenso \(more) weitere angehängte Dateien."] : [])
    }
}
