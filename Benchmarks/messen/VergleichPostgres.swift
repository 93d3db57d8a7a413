import CPostgres
import Foundation

/// The peer on PostgreSQL: a `tsvector` column with GIN through libpq, without anything of ours.
enum VergleichPostgres {
    struct Fehler: Error, CustomStringConvertible {
        let description: String
    }

    static func baue(_ korpus: Korpus, conninfo: String) throws {
        let db = try Verbindung(conninfo)
        try db.fuehreAus(
            """
            CREATE TABLE dienst (nr INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL,
                themenfeld INTEGER NOT NULL, lage INTEGER NOT NULL, typ INTEGER NOT NULL,
                worte TSVECTOR GENERATED ALWAYS AS (to_tsvector('german', name || ' ' || text)) STORED)
            """)
        try db.kopiere("dienst (nr, name, text, themenfeld, lage, typ)", 0..<korpus.umfang) { number in
            let row = korpus.leistung(number)
            return "\(number)\t\(row.name)\t\(row.text)\t\(row.themenfeld)\t\(row.lage)\t\(row.typ)\n"
        }
        try db.fuehreAus("SET maintenance_work_mem = '256MB'")
        try db.fuehreAus("CREATE INDEX ON dienst USING gin (worte)")
        try db.fuehreAus("VACUUM ANALYZE dienst")
    }

    /// One thread's connection with its prepared statements.
    final class Frager {
        private let db: Verbindung

        init(_ conninfo: String) throws {
            db = try Verbindung(conninfo)
            // The headline is made for the page alone, as the manual advises.
            try db.bereite(
                "seite",
                """
                SELECT nr, name, ts_headline('german', text, q) FROM (
                    SELECT nr, name, text, q FROM dienst, plainto_tsquery('german', $1) q WHERE worte @@ q
                    ORDER BY ts_rank(worte, q) DESC LIMIT 20) t
                """)
            // One pass over the matches for all three facets.
            try db.bereite(
                "facetten",
                """
                SELECT themenfeld, lage, typ, count(*) FROM dienst WHERE worte @@ plainto_tsquery('german', $1)
                GROUP BY GROUPING SETS ((themenfeld), (lage), (typ))
                """)
        }

        /// A page and the counts; the number of matches and of the page's rows.
        func frage(_ text: String) throws -> (gesamt: Int, nummern: [Int]) {
            let page = try db.frage("seite", text)
            let facets = try db.frage("facetten", text)
            return (
                facets.reduce(0) { $0 + (($1[0]).isEmpty ? 0 : Int($1[3]) ?? 0) }, page.compactMap { Int($0[0]) }
            )
        }
    }

    final class Verbindung {
        private let handle: OpaquePointer

        init(_ conninfo: String) throws {
            guard let handle = PQconnectdb(conninfo) else { throw Fehler(description: "kein Speicher") }
            self.handle = handle
            guard PQstatus(handle) == CONNECTION_OK else { throw fehler() }
            // Notices would go to standard error.
            PQsetNoticeProcessor(handle, { _, _ in }, nil)
        }

        deinit { PQfinish(handle) }

        private func fehler() -> Fehler { Fehler(description: String(cString: PQerrorMessage(handle))) }

        func fuehreAus(_ sql: String) throws {
            let result = PQexec(handle, sql)
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw fehler() }
        }

        func bereite(_ name: String, _ sql: String) throws {
            let result = PQprepare(handle, name, sql, 1, nil)
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw fehler() }
        }

        /// - Parameter types: the object ids of the parameters' types.
        func bereite(_ name: String, _ sql: String, _ types: [Oid]) throws {
            let result = PQprepare(handle, name, sql, Int32(types.count), types)
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw fehler() }
        }

        /// Runs a prepared change with its values as text.
        func schreibe(_ name: String, _ values: [String]) throws {
            var texts = values.map { strdup($0) }
            defer { for text in texts { free(text) } }
            let result = texts.withUnsafeMutableBufferPointer { texts in
                texts.withMemoryRebound(to: UnsafePointer<CChar>?.self) { texts in
                    PQexecPrepared(handle, name, Int32(texts.count), texts.baseAddress, nil, nil, 0)
                }
            }
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw fehler() }
        }

        func frage(_ name: String, _ parameter: String) throws -> [[String]] {
            let result = parameter.withCString { text in
                var values: [UnsafePointer<CChar>?] = [text]
                return PQexecPrepared(handle, name, 1, &values, nil, nil, 0)
            }
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw fehler() }
            return (0..<PQntuples(result)).map { row in
                (0..<PQnfields(result)).map { String(cString: PQgetvalue(result, row, $0)) }
            }
        }

        func kopiere(_ target: String, _ rows: Range<Int>, _ line: (Int) -> String) throws {
            let start = PQexec(handle, "COPY \(target) FROM STDIN")
            defer { PQclear(start) }
            guard PQresultStatus(start) == PGRES_COPY_IN else { throw fehler() }
            for row in rows {
                let text = line(row)
                guard PQputCopyData(handle, text, Int32(text.utf8.count)) == 1 else { throw fehler() }
            }
            guard PQputCopyEnd(handle, nil) == 1 else { throw fehler() }
            while let result = PQgetResult(handle) {
                defer { PQclear(result) }
                guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw fehler() }
            }
        }
    }
}
