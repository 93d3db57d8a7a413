package import Formats
package import Kernel

/// Reads the sheets that people load: row by row, every fault into the report.
package enum Blatt {
    /// All rows that `zeile` understands, with the columns found.
    ///
    /// Nil when the file as a whole cannot be read to its end; the report says why.
    package static func read<T>(
        _ source: TextSource, required: [String], known: [String], hoechstens: Int = .max, quelle: String? = nil,
        _ bericht: inout Importbericht, zeile: (CSVRow, CSVHeader) throws(FormatError) -> T
    ) -> (header: CSVHeader, zeilen: [T])? {
        do throws(FormatError) {
            let reader = try CSVReader(source)
            let header = try CSVHeader(reader.header, required: required, known: known)
            var zeilen: [T] = []
            var count = 0
            while true {
                do throws(FormatError) {
                    guard let row = try reader.next() else { break }
                    count += 1
                    guard count <= hoechstens else {
                        throw FormatError(
                            line: row.line,
                            reason: "Mehr als \(Zahl.deutsch(hoechstens)) Zeilen nimmt diese Tabelle nicht.",
                            fatal: true)
                    }
                    zeilen.append(try zeile(row, header))
                } catch {
                    bericht.refuse(error, quelle: quelle)
                    if error.fatal { return nil }
                }
            }
            if count == 0 {
                bericht.refuse(FormatError(reason: "Die Datei enthält nur die Kopfzeile."), quelle: quelle)
            }
            return (header, zeilen)
        } catch {
            bericht.refuse(error, quelle: quelle)
            return nil
        }
    }
}

extension Importbericht {
    /// A fault of a file as the report shows it.
    package mutating func refuse(_ error: FormatError, quelle: String? = nil) {
        refuse(.init(zeile: error.line, spalte: error.column, feld: error.field, grund: error.reason, quelle: quelle))
    }

    /// Columns that a sheet has and nobody reads.
    package mutating func melde(unbekannte spalten: [String]) {
        hinweise += spalten.map { "Die Spalte „\($0)“ ist unbekannt und bleibt unbeachtet." }
    }
}
