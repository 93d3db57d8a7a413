import Foundation
import GRDBSQLite

/// The peer on SQLite: plain FTS5 over names and texts through the C library, without anything of ours.
enum VergleichSQLite {
    /// Builds the table and its narrow companion for the facets.
    static func baue(_ korpus: Korpus, path: String) throws {
        let db = try Verbindung(path, neu: true)
        try db.fuehreAus(
            """
            PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
            CREATE TABLE merkmal (nr INTEGER PRIMARY KEY, themenfeld INTEGER, lage INTEGER, typ INTEGER);
            CREATE VIRTUAL TABLE dienst USING fts5 (name, text);
            BEGIN
            """)
        let words = try db.bereite("INSERT INTO dienst (rowid, name, text) VALUES (?1, ?2, ?3)")
        let facets = try db.bereite("INSERT INTO merkmal VALUES (?1, ?2, ?3, ?4)")
        for number in 0..<korpus.umfang {
            let row = korpus.leistung(number)
            try words.binde([.zahl(number), .text(row.name), .text(row.text)])
            _ = try words.schritt()
            try facets.binde([.zahl(number), .zahl(row.themenfeld), .zahl(row.lage), .zahl(row.typ)])
            _ = try facets.schritt()
        }
        try db.fuehreAus("COMMIT; INSERT INTO dienst (dienst) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// One thread's connection with its prepared statements.
    final class Frager {
        private let db: Verbindung
        private let seite: Anweisung
        private let facetten: Anweisung

        init(_ path: String) throws {
            db = try Verbindung(path, neu: false)
            try db.fuehreAus("PRAGMA cache_size = -8192")
            // A sort by `rank` lets FTS5 order by itself; it is the faster of the two ways to ask for bm25.
            seite = try db.bereite(
                """
                SELECT rowid, name, snippet(dienst, 1, '<b>', '</b>', '…', 32) FROM dienst WHERE dienst MATCH ?1
                ORDER BY rank LIMIT 20
                """)
            // One pass over the matches for all three facets.
            facetten = try db.bereite(
                """
                WITH t AS MATERIALIZED (
                    SELECT m.themenfeld, m.lage, m.typ FROM dienst d JOIN merkmal m ON m.nr = d.rowid WHERE dienst MATCH ?1)
                SELECT 1, themenfeld, count(*) FROM t GROUP BY 2 UNION ALL
                SELECT 2, lage, count(*) FROM t GROUP BY 2 UNION ALL
                SELECT 3, typ, count(*) FROM t GROUP BY 2
                """)
        }

        /// A page and the counts; the number of matches and of the page's rows.
        func frage(_ text: String) throws -> (gesamt: Int, nummern: [Int]) {
            let words = text.split(separator: " ").map { "\"\($0)\"" }.joined(separator: " ")
            var found: [Int] = []
            try seite.binde([.text(words)])
            while try seite.schritt() {
                found.append(seite.zahl(0))
                _ = (seite.text(1), seite.text(2))
            }
            var sum = 0
            try facetten.binde([.text(words)])
            while try facetten.schritt() {
                if facetten.zahl(0) == 1 { sum += facetten.zahl(2) }
            }
            return (sum, found)
        }
    }

    struct Fehler: Error, CustomStringConvertible {
        let description: String
    }

    enum Wert {
        case zahl(Int)
        case text(String)
    }

    final class Verbindung {
        private var handle: OpaquePointer?

        init(_ path: String, neu: Bool) throws {
            let flags = (neu ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
            guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else { throw fehler() }
            // The first of several readers puts the log in order, and the others must wait for it.
            sqlite3_busy_timeout(handle, 10_000)
        }

        // Statements hold on to their connection and are given back before it.
        deinit { sqlite3_close_v2(handle) }

        func fehler() -> Fehler { Fehler(description: String(cString: sqlite3_errmsg(handle))) }

        func fuehreAus(_ sql: String) throws {
            guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw fehler() }
        }

        func bereite(_ sql: String) throws -> Anweisung {
            var statement: OpaquePointer?
            guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
                throw fehler()
            }
            return Anweisung(statement, self)
        }
    }

    final class Anweisung {
        private let handle: OpaquePointer
        private let db: Verbindung

        init(_ handle: OpaquePointer, _ db: Verbindung) { (self.handle, self.db) = (handle, db) }

        deinit { sqlite3_finalize(handle) }

        func binde(_ values: [Wert]) throws {
            sqlite3_reset(handle)
            for (index, value) in values.enumerated() {
                let place = Int32(index + 1)
                let code =
                    switch value {
                    case .zahl(let number): sqlite3_bind_int64(handle, place, Int64(number))
                    case .text(let text):
                        // SQLITE_TRANSIENT: the library takes a copy.
                        sqlite3_bind_text(handle, place, text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
                    }
                guard code == SQLITE_OK else { throw db.fehler() }
            }
        }

        /// False at the end.
        func schritt() throws -> Bool {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: return true
            case SQLITE_DONE: return false
            default: throw db.fehler()
            }
        }

        func zahl(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

        func text(_ column: Int32) -> String {
            sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
        }
    }
}
