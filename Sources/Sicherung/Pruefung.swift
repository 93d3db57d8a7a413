import Foundation
import Kernel
package import Storage
import StoragePostgres
import StorageSQLite

/// Proves backups by restoring them to a place of their own.
package enum Pruefung {
    /// What a restored backup holds beside what it should hold.
    package struct Ergebnis: Sendable {
        package let kopf: Sicherungskopf
        package let istVerschluesselt: Bool
        package let vergleich: Vergleich
        package let dateien: Int
        package let dateibytes: Int
        /// The steps of the schema that this Leitstand added in the trial.
        package let angewandt: [String]
    }

    /// - Parameter conninfo: the PostgreSQL server that a backup of PostgreSQL is tried on, in a database of its own;
    ///   without one a temporary server is started.
    /// - Throws: `Refusal` that says what is wrong with the backup.
    package static func pruefe(
        _ path: String, geheimschluessel: GeheimerSchluessel? = nil, postgres conninfo: String?,
        bereiche: [String], migrationen: [Migration]
    ) async throws -> Ergebnis {
        let input = try Eingabe(path, secret: geheimschluessel)
        let folder = try Zwischenordner(in: Zwischenordner.system, prefix: "leitstand-pruefung-")
        let copy = folder.pfad + "/datenbank"
        let ziele = Entpackung.Ziele(
            pruefe: { try $0.requireKnown(migrationen) }, datenbank: copy,
            bereich: { name in
                guard bereiche.contains(name) else { return nil }
                let path = folder.pfad + "/bereich-" + name
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                return path
            })
        let entpackt = try Entpackung(input, nach: ziele)
        let (vergleich, applied) =
            switch entpackt.kopf.datenbank {
            case .sqlite: try await sqlite(copy, entpackt, migrationen)
            case .postgresql: try await postgres(copy, entpackt, migrationen, conninfo)
            }
        return Ergebnis(
            kopf: entpackt.kopf, istVerschluesselt: input.istVerschluesselt, vergleich: vergleich,
            dateien: entpackt.dateien.count, dateibytes: entpackt.dateien.reduce(0) { $0 + $1.bytes },
            angewandt: applied)
    }

    private static func sqlite(
        _ copy: String, _ entpackt: Entpackung, _ migrations: [Migration]
    ) async throws -> (Vergleich, [String]) {
        let vergleich = try await Einspielung.vergleiche(copy, entpackt)
        guard vergleich.stimmt else { return (vergleich, []) }
        let database = try SQLiteDatabase(path: copy)
        do {
            let applied = try await database.migrate(migrations)
            await database.close()
            return (vergleich, applied)
        } catch {
            await database.close()
            throw error
        }
    }

    private static func postgres(
        _ copy: String, _ entpackt: Entpackung, _ migrations: [Migration], _ conninfo: String?
    ) async throws -> (Vergleich, [String]) {
        if let conninfo { return try await daneben(copy, entpackt, migrations, conninfo) }
        let cluster = try await Probecluster.start()
        defer { cluster.stop() }
        return try await daneben(copy, entpackt, migrations, cluster.conninfo)
    }

    /// In a new database on the server of `conninfo`, which goes whatever happens.
    private static func daneben(
        _ copy: String, _ entpackt: Entpackung, _ migrations: [Migration], _ conninfo: String
    ) async throws -> (Vergleich, [String]) {
        let name = "leitstand_pruefung_" + (0..<6).map { _ in UInt8.random(in: .min ... .max) }.hex
        return try await PostgresEinspielung.open(conninfo) { admin in
            do {
                // The name is made of our own letters and digits.
                try await admin.executeAlone(
                    SQL(
                        stringLiteral:
                            "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
                    ))
            } catch StorageError.other("42501", _) {
                throw Refusal(
                    .notAllowed,
                    "Zum Prüfen braucht das Konto das Recht, eine Datenbank anzulegen (ALTER ROLE … CREATEDB). Ohne LEITSTAND_POSTGRES und --postgres prüft Leitstand in einem eigenen, vorübergehenden Server."
                )
            }
            let result: Result<(Vergleich, [String]), any Error>
            do { result = .success(try await versuche(copy, entpackt, migrations, conninfo, name)) } catch {
                result = .failure(error)
            }
            // In a task of its own, because a cancelled one may run no statement. Its failure would hide what was found;
            // the name says what may be dropped by hand.
            await Task {
                try? await admin.executeAlone(SQL(stringLiteral: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)"))
            }.value
            return try result.get()
        }
    }

    private static func versuche(
        _ copy: String, _ entpackt: Entpackung, _ migrations: [Migration], _ conninfo: String, _ name: String
    ) async throws -> (Vergleich, [String]) {
        let trial = try PostgresAddress(conninfo).with(database: name).conninfo
        try await PostgresEinspielung.spiele(copy, entpackt.kopf, in: trial)
        let vergleich = try await PostgresEinspielung.vergleiche(trial, entpackt)
        guard vergleich.stimmt else { return (vergleich, []) }
        return (vergleich, try await PostgresEinspielung.open(trial) { try await $0.migrate(migrations) })
    }
}
