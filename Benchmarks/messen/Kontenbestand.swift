import Foundation
import Kernel
import Konten
import Storage
import StoragePostgres
import StorageSQLite

/// All data, a long Umsetzungsliste and people who keep it, in a database of their own: no other part finds them there.
struct Kontenbestand {
    /// The address of an authority that the examples leave without a list.
    static let ars = "055580012012"
    private static let passwort = "messen-und-vergleichen"

    /// What the database is called in a row.
    let name: String
    let ordner: String
    /// How a command of the program is told which database it is to use.
    private let ziel: [String]
    private let programm: String

    /// On SQLite, and on PostgreSQL where there is a cluster.
    static func alle(_ lauf: Lauf, _ part: String, konten: Int) async throws -> [Kontenbestand] {
        let folder = try lauf.neuerOrdner("konten")
        let source = try await lauf.bestand.ordner()
        for file in try FileManager.default.contentsOfDirectory(atPath: source)
        where file.hasPrefix("leitstand.sqlite") {
            try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: "\(folder)/\(file)")
        }
        let sqlite = Kontenbestand(name: "SQLite", ordner: folder, ziel: ["--data", folder], programm: lauf.programm)
        try await sqlite.fuelle(
            lauf, SQLiteDatabase(path: folder + "/leitstand.sqlite"), konten: konten)
        guard let postgres = lauf.postgres else { return [sqlite] }
        let target = try await lauf.neueDatenbank(postgres, part)
        let other = try lauf.neuerOrdner("konten")
        let second = Kontenbestand(
            name: "PostgreSQL", ordner: other, ziel: ["--data", other, "--postgres", target], programm: lauf.programm)
        try await lauf.bestand.lade(second.ziel)
        try await second.fuelle(lauf, PostgresDatabase(conninfo: target), konten: konten)
        return [sqlite, second]
    }

    /// The rows of all example lists in one list, and accounts whose passwords have the usual cost.
    private func fuelle(_ lauf: Lauf, _ database: any Database, konten: Int) async throws {
        try Serverprozess.befehl(
            programm, ["import", "umsetzung", try blatt(lauf), "--organisation", Kontenbestand.ars] + ziel)
        let am = Instant.jetzt()
        let kennwort = try Kennwort.neu(Kontenbestand.passwort, .ueblich)
        try await database.write { db in
            let organisation: String? = try db.value(
                "SELECT id FROM organisation_sicht WHERE ars = \(Kontenbestand.ars)")
            for number in 1...konten {
                _ = try KontoStore.insert(
                    email: Kontenbestand.email(number), kennwort: kennwort,
                    aemter: [.init(.ozgAnsprechperson, an: organisation)], durch: .betrieb(am), in: db)
            }
        }
        await database.close()
    }

    private func blatt(_ lauf: Lauf) throws -> String {
        let folder = lauf.wurzel + "/Beispieldaten/umsetzung"
        var rows: [Substring] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let lines = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).split(
                whereSeparator: \.isNewline)
            rows += rows.isEmpty ? lines : Array(lines.dropFirst())
        }
        let sheet = ordner + "/liste.csv"
        try (rows.joined(separator: "\n") + "\n").write(toFile: sheet, atomically: true, encoding: .utf8)
        return sheet
    }

    func server(umgebung: [String: String] = [:]) throws -> Serverprozess {
        try Serverprozess(programm, daten: ordner, umgebung: umgebung, angaben: Array(ziel.dropFirst(2)))
    }

    static func email(_ number: Int) -> String { "messen\(number)@leitstand.localhost" }

    /// Signs somebody in as a browser does, form and all; nil when the server had no place for it.
    ///
    /// - Returns: the cookie of the session.
    static func melde(_ number: Int, an connection: HTTPVerbindung) throws -> String? {
        let form = try connection.hole("/anmelden")
        guard form.status != 503 else { return nil }
        let text = String(decoding: form.inhalt, as: UTF8.self)
        guard form.status == 200, let before = form.keks("leitstand_vor"),
            let csrf = text.split(separator: "name=\"csrf\" value=\"").dropFirst().first?.prefix(while: { $0 != "\"" })
        else { throw Serverprozess.Fehler(description: "Das Formular der Anmeldung kam nicht: \(form.status)") }
        let answer = try connection.sende(
            formular: "email=\(email(number))&passwort=\(passwort)&ziel=/umsetzung&csrf=\(csrf)", an: "/anmelden",
            cookie: before)
        if answer.status == 503 { return nil }
        guard answer.status == 303, let session = answer.keks("leitstand_sitzung") else {
            throw Serverprozess.Fehler(description: "Der Server ließ \(email(number)) nicht ein: \(answer.status)")
        }
        return session
    }
}
