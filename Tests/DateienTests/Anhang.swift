import Dateien
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit

extension SiteClient {
    /// Posts the form of attachments as a browser does; `csrf` nil leaves the field out.
    func haengeAn(
        _ pfad: String, _ name: String, _ inhalt: [UInt8], beschreibung: String = "", csrf: String?? = .none,
        marke: String = "----grenze7f3a"
    ) async throws -> Antwort {
        let secret: String? = csrf ?? self.csrf
        var body: [UInt8] = []
        for (field, value) in [("csrf", secret), ("beschreibung", beschreibung)] {
            guard let value else { continue }
            body += Array(
                "--\(marke)\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n".utf8)
        }
        body += Array("--\(marke)\r\nContent-Disposition: form-data; name=\"datei\"; filename=\"\(name)\"\r\n".utf8)
        body +=
            Array("Content-Type: application/octet-stream\r\n\r\n".utf8) + inhalt + Array("\r\n--\(marke)--\r\n".utf8)
        let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=\(marke)"]
        return try await send(.post, pfad, headers: headers, body: body)
    }
}

/// A record of Dülmen and one of Hamm, with their addresses.
struct Anhangorte {
    let eintrag: String
    let dienst: String
    let eintragID: String

    static func in_(_ database: any Database) async throws -> Anhangorte {
        try await database.read { db in
            let eintrag: String? = try db.value(
                """
                SELECT e.id FROM umsetzungseintrag e JOIN organisation_sicht o ON o.id = e.organisation
                WHERE o.ars = \(Rollenspiel.duelmen) ORDER BY e.nummer LIMIT 1
                """)
            let dienst: String? = try db.value(
                """
                SELECT d.slug FROM onlinedienst_sicht d JOIN organisation_sicht o ON o.id = d.anbieter
                WHERE o.ars = \(Rollenspiel.duelmen) ORDER BY d.slug LIMIT 1
                """)
            return Anhangorte(
                eintrag: "/umsetzung/\(Rollenspiel.duelmen)/\(eintrag ?? "")", dienst: "/dienste/\(dienst ?? "")",
                eintragID: eintrag ?? "")
        }
    }
}

extension Database {
    func zahl(_ sql: SQL) async throws -> Int { try await read { db in try db.value(sql) ?? 0 } }

    func texte(_ sql: SQL) async throws -> [String] {
        try await read { db in try db.rows(sql).map { try $0["a"] as String } }
    }
}

/// The files in a folder, without what is hidden.
func dateienIn(_ ordner: String) -> [String] {
    (FileManager.default.enumerator(atPath: ordner)?.compactMap { $0 as? String } ?? []).filter { name in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: ordner + "/" + name, isDirectory: &isFolder)
            && !isFolder.boolValue
            && !name.hasPrefix(".")
    }.sorted()
}
