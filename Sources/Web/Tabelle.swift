package import Formats
import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore
package import Storage

/// The kinds of file in which a list can be saved.
package enum Tabellenformat: String, CaseIterable, Sendable {
    case csv, xlsx

    package var type: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        }
    }
}

/// A list as people save it: its columns, its rows in the order of its page, and what was chosen.
package struct Tabelle {
    /// What the rows are, for the name of the file and of the sheet.
    package let titel: String
    package let spalten: [TableColumn]
    /// Filters in force, a label and a text each.
    package let auswahl: [(label: String, text: String)]
    /// The date of the data, where there is one.
    package let stand: String?
    /// Hands over the rows one by one.
    package let zeilen: (_ add: ([TableCell]) throws -> Void) throws -> Void

    package init(
        _ titel: String, _ spalten: [TableColumn], auswahl: [(label: String, text: String)] = [], stand: String? = nil,
        zeilen: @escaping (_ add: ([TableCell]) throws -> Void) throws -> Void
    ) {
        (self.titel, self.spalten, self.auswahl, self.stand) = (titel, spalten, auswahl, stand)
        self.zeilen = zeilen
    }

    /// Writes all rows into the file and returns their number.
    @discardableResult
    package func write(_ format: Tabellenformat, to file: TemporaryFile, am: Instant) throws -> Int {
        var count = 0
        switch format {
        case .csv:
            let writer = CSVFile(file, columns: spalten)
            try zeilen { cells in
                try writer.row(cells)
                count += 1
            }
            try writer.finish()
        case .xlsx:
            let writer = try XLSXFile(path: file.path, title: titel, columns: spalten)
            try zeilen { cells in
                try writer.row(cells)
                count += 1
            }
            try writer.finish(notes: "Auswahl", notizen(count, am))
        }
        return count
    }

    private func notizen(_ count: Int, _ am: Instant) -> [(label: String, text: String)] {
        let chosen = auswahl.isEmpty ? [(label: "Auswahl", text: "alle")] : auswahl
        return [(label: "Liste", text: titel)] + chosen + [(label: "Zeilen", text: Zahl.deutsch(count))]
            + (stand.map { [(label: "Stand", text: $0)] } ?? []) + [(label: "Erstellt", text: am.berlin)]
    }
}

/// A saved list, finished and outside of any transaction.
package struct Tabellendatei: Sendable {
    package let file: TemporaryFile
    package let format: Tabellenformat
    /// Says what and when: `leistungen-auswahl-2026-11-22.xlsx`.
    package let name: String
}

extension Database {
    /// Writes a list into a file of its own while one snapshot is held; a slow reader then holds nothing but the file.
    package func tabelle(
        _ format: Tabellenformat, am: Instant, _ body: @escaping @Sendable (any SQLConnection) throws -> Tabelle
    ) async throws -> Tabellendatei {
        do {
            return try await read { db in
                let tabelle = try body(db)
                let file = try TemporaryFile()
                try tabelle.write(format, to: file, am: am)
                file.removeName()
                let part = tabelle.auswahl.isEmpty ? "" : "-auswahl"
                return Tabellendatei(
                    file: file, format: format,
                    name: "\(Faltung.slug(tabelle.titel))\(part)-\(am.tag.iso).\(format.rawValue)")
            }
        } catch let error as FormatError {
            throw Refusal(.unavailable, error.reason)
        }
    }
}

extension Response {
    private static let stueck = 64 * 1024

    /// A list to save, sent piece by piece.
    package static func tabelle(_ datei: Tabellendatei) -> Response {
        let file = datei.file
        let count = file.byteCount
        return Response(
            status: .ok,
            headers: [
                .contentType: datei.format.type, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(datei.name)\"",
            ],
            body: .init(contentLength: count) { writer in
                var offset = 0
                while offset < count {
                    let bytes = try file.read(at: offset, count: min(stueck, count - offset))
                    guard !bytes.isEmpty else { break }
                    offset += bytes.count
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
                try await writer.finish(nil)
            })
    }
}

extension Routes {
    package typealias Tabellenhandler = @Sendable (Request, SiteContext, Tabellenformat) async throws -> Response

    /// A list as files beside its page: `pfad.csv` and `pfad.xlsx`.
    package mutating func tabelle(
        _ pfad: String, _ zugang: Zugang = .oeffentlich, use handler: @escaping Tabellenhandler
    ) {
        for format in Tabellenformat.allCases {
            get("\(pfad).\(format.rawValue)", zugang) { request, context in
                try await handler(request, context, format)
            }
        }
    }
}

extension Listenfilter {
    /// The filters in force for the second sheet of a file.
    package var auswahl: [(label: String, text: String)] { gewaehlt.map { (label: $0.titel, text: $0.text) } }
}
