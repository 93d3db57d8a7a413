package import Dateien
import Kernel
import Logging
package import Storage

extension Einstellung {
    static let dateiMB = Einstellung(
        name: "LEITSTAND_DATEI_MB", art: "Zahl", vorgabe: "50",
        beschreibung: "So groß darf eine angehängte Datei sein, in MB (1 bis 2048).", geheim: false)
    static let dateienGB = Einstellung(
        name: "LEITSTAND_DATEIEN_GB", art: "Zahl", vorgabe: "5",
        beschreibung: "So viel dürfen die Dateien einer Organisation zusammen haben, in GB.", geheim: false)
    static let dateiordner = Einstellung(
        name: "LEITSTAND_DATEIEN", art: "Ordner", vorgabe: nil,
        beschreibung:
            "Hier liegen angehängte Dateien; sonst dateien im Datenordner. Mehrere Server teilen ihn sich oder nehmen LEITSTAND_S3.",
        geheim: false)
    static let s3 = Einstellung(
        name: "LEITSTAND_S3", art: "Webadresse", vorgabe: nil,
        beschreibung:
            "S3-Speicher für angehängte Dateien als https://SCHLÜSSEL:GEHEIMNIS@RECHNER/BUCKET?region=REGION; ohne ihn liegen sie im Ordner. Mit &loeschen=nein wird dort nie etwas gelöscht.",
        geheim: true)
    static let clamav = Einstellung(
        name: "LEITSTAND_CLAMAV", art: "Adresse", vorgabe: nil,
        beschreibung:
            "Virenscanner ClamAV (clamd) als unix:/run/clamav/clamd.ctl oder tcp:RECHNER:3310; mit ihm wird keine ungeprüfte Datei ausgegeben.",
        geheim: false)

    static let dateien = [dateiMB, dateienGB, dateiordner, s3, clamav]
}

/// What the settings say about attached files.
extension Einstellungen {
    /// Where attached files lie, and uploads while they arrive.
    package var dateiordner: String { wert(.dateiordner) ?? datenordner + "/dateien" }

    /// Attached files lie in a bucket and not in the folder.
    package var dateienInS3: Bool { wert(.s3) != nil }

    /// What takes in files, as soon as there is a database.
    ///
    /// - Throws: `Refusal` that names the setting and never a secret.
    package func dateieingang() throws -> (any Database) -> Dateieingang {
        func named<T>(_ setting: Einstellung, _ work: () throws -> T) throws -> T {
            do { return try work() } catch let refusal as Refusal {
                throw Refusal(.badRequest, "\(setting.name): \(refusal.message)")
            }
        }
        let ordner = dateiordner
        let s3 = try wert(.s3).map { text in
            let zugang = try named(.s3) { try S3Zugang(text) }
            return S3Ablage(zugang, zwischen: ordner, zertifikate: try zertifikate()) as any Dateiablage
        }
        let scanner = try wert(.clamav).map { text in try named(.clamav) { try Clamd(text) } }
        let grenzen = Dateigrenzen(
            jeDatei: try zahl(.dateiMB, 1...2_048) << 20, jeOrganisation: try zahl(.dateienGB, 1...100_000) << 30)
        let logger = Logger(label: "leitstand.dateien")
        return { database in
            Dateieingang(
                database: database, ordner: ordner,
                // What was stored before a bucket was configured stays where it is.
                ablagen: [s3, Ordnerablage(ordner: ordner)].compactMap { $0 }, scanner: scanner, grenzen: grenzen,
                stoerung: { logger.error("dateien", metadata: ["grund": "\($0)"]) })
        }
    }
}
