package import Formats
import Foundation
package import Kernel
package import Storage
package import Web

/// One code of a Fassung with its name and the values of all its columns.
package struct Codelisteneintrag: Sendable, Equatable {
    /// The place in the list as published, from 1.
    package let position: Int
    package let code: String
    /// Nil where the publisher left it open.
    package let name: String?
    /// What the entry says, as text by the id of the column; a column without a value is absent.
    package let werte: [String: String]

    package subscript(_ spalte: String) -> String? { werte[spalte] }

    /// The value of a column of whole numbers; nil also for what is none.
    package func zahl(_ spalte: String) -> Int? { werte[spalte].flatMap { Int($0) } }

    /// The value of a column of days, without the time zone that XML allows behind it.
    package func tag(_ spalte: String) -> Tag? { werte[spalte].flatMap { Tag(iso: String($0.prefix(10))) } }

    package func wahrheit(_ spalte: String) -> Bool? {
        switch werte[spalte] {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }
}

extension Codelisteneintrag: RowDecodable {
    static let columns: SQL = "position, code, name, werte"

    package init(row: Row) throws {
        position = try row["position"]
        code = try row["code"]
        name = try row["name"]
        let json: String = try row["werte"]
        do { werte = try JSONDecoder().decode([String: String].self, from: Data(json.utf8)) } catch {
            throw StorageError.decoding(column: "werte", found: "text that is no object of texts")
        }
    }
}

extension Codelisteneintrag: JSONValue {
    package static let schema = APISchema(
        "Codelisteneintrag",
        [
            .init("code", .text), .init("name", .text, leerbar: true), .init("position", .zahl),
            .init("werte", .objekt([]), "alle Spalten mit einem Wert, als Text"),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("code", code)
            json.field("name", name)
            json.field("position", position)
            json.field("werte", object: { json in Codelisteneintrag.write(werte, to: &json) })
        }
    }

    /// Sorted, so that the same entry reads the same wherever it was stored.
    static func write(_ werte: [String: String], to json: inout JSONWriter) {
        for (spalte, wert) in werte.sorted(by: { $0.key < $1.key }) {
            json.key(spalte)
            json.string(wert)
        }
    }
}
