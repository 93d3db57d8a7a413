import Formats
import Kernel
import Storage
import TestKit
import Verzeichnis
import Web

@testable import Umsetzung

/// Builds sheets and asks the database what became of them.
enum Blatt {
    /// A table with every cell in quotation marks.
    static func csv(_ kopf: [String], _ zeilen: [[String]], trenner: String = ";") -> String {
        ([kopf] + zeilen).map { row in
            row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: trenner)
        }.joined(separator: "\r\n") + "\r\n"
    }

    static let volleZeile = [
        "Zeilenmarke": "", "Titel": "Hunde, „große“ und kleine",
        "Leistungsschlüssel": "99102013002000 99 102 013 010 000",
        "OZG-ID": "10136", "Amt": "Steueramt", "Stand": "in Prüfung", "Variante": "EfA",
        "Onlinedienst": "Beispiel: Hund anmelden und abmelden", "URL": "https://beispiel.invalid/hund",
        "Reifegrad": "ozg_1_1 2",
        "Priorität": "hoch", "Frist": "31.12.2026", "Rolle": "Federführung",
        "Notiz": "erste Zeile\nzweite; Zeile, \"so\"",
        "Schlagworte": "Hund Steuer",
    ]
}

extension Database {
    func organisation(_ word: String = Rollenspiel.duelmen) async throws -> Organisation {
        try await read { db in try OrganisationStore.named(word, in: db) }
    }

    @discardableResult
    func lade(
        _ csv: String, an word: String = Rollenspiel.duelmen, probe: Bool = false, ueberspringen: Bool = false
    ) async throws -> Importbericht {
        try await lade(bytes: Array(csv.utf8), an: word, probe: probe, ueberspringen: ueberspringen)
    }

    func lade(
        bytes: [UInt8], an word: String = Rollenspiel.duelmen, probe: Bool = false, ueberspringen: Bool = false
    ) async throws -> Importbericht {
        let organisation = try await organisation(word)
        let auftrag = Importauftrag(
            probe: probe, fehlerhafteUeberspringen: ueberspringen, urheber: .betrieb(Welt.jetzt.plus(sekunden: 60)))
        return try await UmsetzungImport.run(
            TextSource(bytes: bytes, name: "liste.csv"), organisation: organisation.id, auftrag, in: self)
    }

    func liste(_ word: String = Rollenspiel.duelmen) async throws -> [Umsetzungseintrag] {
        let organisation = try await organisation(word)
        return try await read { db in try EintragStore.all(organisation: organisation.id, in: db) }
    }

    func eintrag(_ titel: String) async throws -> Umsetzungseintrag? {
        try await liste().first { $0.inhalt.titel == titel }
    }

    func export(_ word: String = Rollenspiel.duelmen) async throws -> [UInt8] {
        let organisation = try await organisation(word)
        let datei = try await tabelle(.csv, am: Welt.jetzt) { db in UmsetzungExport.tabelle(organisation, in: db) }
        return try datei.file.read(at: 0, count: datei.file.byteCount)
    }

    func anzahl(_ sql: SQL) async throws -> Int {
        try await read { db in try db.value(sql) ?? 0 }
    }

    /// Everything a load could change, to see that it did not.
    func abbild() async throws -> [String] {
        let counts = try await read { db in
            try [
                "umsetzungseintrag", "umsetzungseintrag_leistung", "verlauf", "datenstand", "leistung", "onlinedienst",
            ].map { table in
                "\(table) \(try db.value(SQL(stringLiteral: "SELECT count(*) FROM \(table)")) ?? 0)"
            }
        }
        return counts + [String(decoding: try await export(), as: UTF8.self)]
    }
}
