import Foundation
import Glibc
import Kernel
import Storage
import StorageSQLite

/// Puts backups back, into an empty place only and all or nothing.
package enum Einspielung {
    /// What was put back.
    package struct Ergebnis: Sendable {
        package let kopf: Sicherungskopf
        package let dateien: Int
        /// The steps of the schema that were missing in an older backup.
        package let angewandt: [String]
        /// Stored files that rows name and the backup does not have: what it has is better than nothing.
        package let warnungen: [String]
    }

    package static func spiele(
        _ path: String, geheimschluessel: GeheimerSchluessel? = nil, in installation: Installation
    ) async throws -> Ergebnis {
        let input = try Eingabe(path, secret: geheimschluessel)
        for bereich in installation.bereiche {
            guard try Zielordner.inhalt(bereich.ordner).isEmpty else {
                throw Refusal(
                    .conflict,
                    "Eingespielt wird nur in ein leeres Ziel: Im Ordner \(bereich.ordner) liegen schon Dateien.")
            }
        }
        switch installation.datenbank {
        case .sqlite(let file): return try await sqlite(input, file, installation)
        case .postgres(let conninfo): return try await postgres(input, conninfo, installation)
        }
    }

    private static func sqlite(
        _ input: Eingabe, _ file: String, _ installation: Installation
    ) async throws -> Ergebnis {
        for suffix in ["", "-wal", "-shm", "-journal"] where FileManager.default.fileExists(atPath: file + suffix) {
            throw Refusal(
                .conflict,
                "Eingespielt wird nur in ein leeres Ziel: \(file + suffix) gibt es schon. Nennen Sie einen anderen Ordner oder räumen Sie die Datenbank erst beiseite."
            )
        }
        let ziel = try Zielordner(folder(of: file))
        let ablagen = Ablagen(installation.bereiche)
        do {
            let result = try await sqlite(input, file, installation, ziel, ablagen)
            ablagen.commit()
            ziel.commit()
            return result
        } catch {
            ablagen.discard()
            ziel.discard()
            throw error
        }
    }

    private static func sqlite(
        _ input: Eingabe, _ file: String, _ installation: Installation, _ ziel: Zielordner, _ ablagen: Ablagen
    ) async throws -> Ergebnis {
        let copy = ziel.zwischen + "/" + (file.split(separator: "/").last.map(String.init) ?? "leitstand.sqlite")
        let entpackt = try unpack(input, copy, .sqlite, ablagen, installation)
        let vergleich = try await vergleiche(copy, entpackt)
        guard vergleich.datenbankStimmt else { throw vergleich.einwand }
        let database = try SQLiteDatabase(path: copy)
        let applied: [String]
        do { applied = try await database.migrate(installation.migrationen) } catch {
            await database.close()
            throw error
        }
        await database.close()
        try requireComplete(copy)
        // The rows come last: without them nobody takes the place for a running installation.
        try ablagen.place()
        try ziel.place()
        return Ergebnis(
            kopf: entpackt.kopf, dateien: entpackt.dateien.count, angewandt: applied, warnungen: vergleich.dateifehler)
    }

    private static func postgres(
        _ input: Eingabe, _ conninfo: String, _ installation: Installation
    ) async throws -> Ergebnis {
        try await PostgresEinspielung.requireEmpty(conninfo)
        let folder = try Zwischenordner(in: Zwischenordner.system, prefix: "leitstand-einspielung-")
        let ablagen = Ablagen(installation.bereiche)
        let dump = folder.pfad + "/" + Datenbankart.postgresql.datei
        do {
            let entpackt = try unpack(input, dump, .postgresql, ablagen, installation)
            try ablagen.place()
            try await PostgresEinspielung.spiele(dump, entpackt.kopf, in: conninfo)
            let (applied, warnings) = try await PostgresEinspielung.pruefeUndMigriere(entpackt, installation, conninfo)
            ablagen.commit()
            return Ergebnis(
                kopf: entpackt.kopf, dateien: entpackt.dateien.count, angewandt: applied, warnungen: warnings)
        } catch {
            ablagen.discard()
            throw error
        }
    }

    private static func unpack(
        _ input: Eingabe, _ path: String, _ art: Datenbankart, _ ablagen: Ablagen, _ installation: Installation
    ) throws -> Entpackung {
        try Entpackung(
            input,
            nach: .init(
                pruefe: { kopf in
                    try kopf.requireKnown(installation.migrationen)
                    guard kopf.datenbank == art else {
                        throw Refusal(
                            .unprocessable,
                            "Die Sicherung enthält eine \(kopf.datenbank.anzeige)-Datenbank, das Ziel ist \(art.anzeige). Eingespielt wird nur in die gleiche Art."
                        )
                    }
                }, datenbank: path, bereich: { try ablagen.zwischen($0) }))
    }

    /// What a restored file holds beside what it should hold.
    static func vergleiche(_ copy: String, _ entpackt: Entpackung) async throws -> Vergleich {
        let faults = try SQLiteBackup.faults(at: copy)
        guard faults.isEmpty else { return Vergleich(entpackt.kopf, ([], []), faults: faults) }
        return try await vergleiche(entpackt) { try SQLiteDatabase(path: copy) }
    }

    /// The rows beside those that were written, and the files beside what the rows say of them.
    static func vergleiche(_ entpackt: Entpackung, _ open: () throws -> any Database) async throws -> Vergleich {
        let found = try await Abzug.bestand(open())
        let vergleich = Vergleich(entpackt.kopf, found)
        guard vergleich.stimmt else { return vergleich }
        let inhalte = try await Dateibestand.inhalte(open(), found.migrations)
        return Vergleich(entpackt.kopf, found, dateifehler: Dateibestand.fehler(entpackt.dateien, inhalte))
    }

    /// All of a closed database is in its file and on the disk.
    private static func requireComplete(_ copy: String) throws {
        var status = stat()
        guard lstat(copy + "-wal", &status) != 0 || status.st_size == 0 else {
            throw Refusal(
                .unavailable, "Die eingespielte Datenbank ließ sich nicht abschließen: \(copy)-wal bleibt zurück.")
        }
        for suffix in ["-wal", "-shm"] { unlink(copy + suffix) }
        let descriptor = open(copy, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemfehler(copy) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw systemfehler(copy) }
    }
}

/// The folders of stored files that a restore fills; one without files is not touched.
final class Ablagen {
    private let bereiche: [Installation.Bereich]
    private var ziele: [(name: String, ordner: Zielordner)] = []

    init(_ bereiche: [Installation.Bereich]) { self.bereiche = bereiche }

    /// Where the files of an area are made ready.
    func zwischen(_ name: String) throws -> String? {
        guard let bereich = bereiche.first(where: { $0.name == name }) else { return nil }
        if let known = ziele.first(where: { $0.name == name }) { return known.ordner.zwischen }
        let ordner = try Zielordner(bereich.ordner)
        ziele.append((name, ordner))
        return ordner.zwischen
    }

    func place() throws { for ziel in ziele { try ziel.ordner.place() } }

    func commit() { for ziel in ziele { ziel.ordner.commit() } }

    func discard() { for ziel in ziele.reversed() { ziel.ordner.discard() } }
}
