import Crypto
import Formats
import Kernel
import Storage
import Web

/// A file that was read to its end and understood; its rows are read again when they are written.
struct Codelistendatei: Sendable {
    let quelle: Codelistenquelle
    let genericode: Genericode
    let angaben: Xoevangaben
    let anzahl: Int
    /// The same for the same content, however the file is laid out.
    let fingerabdruck: String

    /// One entry as it is stored.
    struct Zeile: Sendable {
        let position: Int
        let code: String
        let name: String?
        let werte: [String: String]
        fileprivate let alle: [String?]
    }

    /// Nil when the file as a whole cannot be read; the report says why, and names each row that was refused.
    static func read(_ quelle: Codelistenquelle, _ bericht: inout Importbericht) -> Codelistendatei? {
        do throws(FormatError) {
            let reader = try quelle.open()
            let angaben = try Xoevangaben(reader.header)
            let (anzahl, fingerabdruck) = try walk(reader, angaben, fault: { bericht.refuse($0, quelle: quelle.name) })
            guard reader.rowCount > 0 else {
                throw FormatError(line: reader.header.line, reason: "Die Codeliste hat keinen Eintrag.", fatal: true)
            }
            guard anzahl > 0 else { return nil }
            bericht.hinweise += angaben.hinweise.map { "\(quelle.name): \($0)" }
            return Codelistendatei(
                quelle: quelle, genericode: reader.header, angaben: angaben, anzahl: anzahl,
                fingerabdruck: fingerabdruck)
        } catch {
            bericht.refuse(error, quelle: quelle.name)
            return nil
        }
    }

    /// Reads the rows once more. Throws when the file is no longer what it was.
    func rows(_ body: (Zeile) throws -> Void) throws {
        let changed = Refusal(
            .conflict, "\(quelle.name) wurde während des Ladens verändert. Bitte noch einmal versuchen.")
        let again: String
        do {
            let reader = try quelle.open()
            again = try Self.walk(reader, angaben, fault: { _ in }, body).fingerabdruck
        } catch is FormatError { throw changed }
        guard again == fingerabdruck else { throw changed }
    }

    private static func walk(
        _ reader: GenericodeReader, _ angaben: Xoevangaben, fault: (FormatError) -> Void
    ) throws(FormatError) -> (anzahl: Int, fingerabdruck: String) {
        var result = (anzahl: 0, fingerabdruck: "")
        do {
            result = try walk(reader, angaben, fault: fault, { _ in })
        } catch let error as FormatError {
            throw error
        } catch {
            throw FormatError(reason: "\(error)", fatal: true)
        }
        return result
    }

    private static func walk(
        _ reader: GenericodeReader, _ angaben: Xoevangaben, fault: (FormatError) -> Void, _ body: (Zeile) throws -> Void
    ) throws -> (anzahl: Int, fingerabdruck: String) {
        var print = Fingerabdruck(reader.header, angaben)
        var count = 0
        while true {
            do {
                guard let row = try reader.next() else { break }
                let zeile = try Zeile(row, position: count + 1, reader.header, angaben)
                count += 1
                print.add(zeile.alle)
                try body(zeile)
            } catch let error as FormatError where !error.fatal {
                fault(error)
            }
        }
        return (count, print.text)
    }
}

extension Codelistendatei.Zeile {
    /// What an index of both databases holds.
    private static let codelaenge = 1_000

    init(_ row: GenericodeRow, position: Int, _ genericode: Genericode, _ angaben: Xoevangaben) throws(FormatError) {
        var parts: [String] = []
        for column in angaben.code {
            guard let value = row.values[column] else {
                throw FormatError(
                    line: row.line, field: genericode.columns[column].id, reason: "Dem Eintrag fehlt der Code.")
            }
            parts.append(value)
        }
        // The bar of a part is doubled, so that no two codes of several parts read alike.
        code = parts.count == 1 ? parts[0] : parts.map { $0.replacing("|", with: "||") }.joined(separator: " | ")
        guard code.utf8.count <= Self.codelaenge else {
            throw FormatError(
                line: row.line, field: genericode.columns[angaben.code[0]].id,
                reason: "Der Code ist länger als \(Self.codelaenge) Bytes.")
        }
        self.position = position
        name = angaben.namensspalte.flatMap { row.values[$0] }
        var werte: [String: String] = [:]
        for (column, value) in zip(genericode.columns, row.values) { werte[column.id] = value }
        self.werte = werte
        alle = row.values
    }

    static let columns = ["fassung", "position", "code", "name", "sortname", "suchname", "werte"]

    /// Longer texts are found by their beginning.
    private static let suchlaenge = 2_000

    func values(_ fassung: Codelistenfassung.ID) -> [SQLValue] {
        var json = JSONWriter(capacity: 256)
        json.object { json in Codelisteneintrag.write(werte, to: &json) }
        let text = String(alle.compactMap { $0 }.joined(separator: " ").prefix(Self.suchlaenge))
        return [
            fassung.sqlValue, .integer(Int64(position)), .text(code), name.map(SQLValue.text) ?? .null,
            .text(Faltung.sort(String((name ?? code).prefix(Self.suchlaenge)))), .text(Faltung.suche(text)),
            .text(String(decoding: json.bytes, as: UTF8.self)),
        ]
    }
}

/// Adds up everything that makes a Fassung what it is; each value with its length, so that no two read alike.
private struct Fingerabdruck {
    private var hash = SHA256()

    init(_ genericode: Genericode, _ angaben: Xoevangaben) {
        add([
            genericode.shortName, genericode.version, genericode.canonicalURI, genericode.canonicalVersionURI,
            angaben.name, angaben.kurzname, angaben.herausgeber, angaben.beschreibung, angaben.hinweis,
            angaben.aenderung, angaben.gueltigAb?.iso, angaben.gueltigBis?.iso, "\(angaben.code)",
            angaben.namensspalte.map { "\($0)" },
        ])
        for column in genericode.columns {
            add([
                column.id, column.shortName, column.longName, column.typeName, column.language, "\(column.isRequired)",
            ])
        }
        for key in genericode.keys { add(["\(key.columns)"]) }
    }

    mutating func add(_ values: [String?]) {
        for value in values {
            guard let value else {
                hash.update(data: [0x2D] as [UInt8])
                continue
            }
            hash.update(data: Array("\(value.utf8.count):\(value)".utf8))
        }
    }

    var text: String { hash.finalize().hex }
}
