import Storage

/// The database sorts or stores text differently from SQLite.
package struct CollationError: Error, Sendable, Equatable, CustomStringConvertible {
    package let database: String
    package let encoding: String
    package let collation: String

    package var description: String {
        """
        Die PostgreSQL-Datenbank \(database) hat die Kodierung \(encoding) und die Sortierung \(collation). \
        Leitstand braucht UTF8 und C.UTF-8. Bitte eine leere Datenbank so anlegen:
        CREATE DATABASE \(quoted(database)) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
        """
    }

    private func quoted(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return isPlain ? name : "\"\(name.replacing("\"", with: "\"\""))\""
    }
}

extension PostgresDatabase {
    /// - Throws: `CollationError` unless text is UTF-8 and sorts by code point, as it does in SQLite.
    package func requireCUTF8() async throws {
        let found = try await read { db in
            // Older servers have no provider column, newer ones a built-in provider beside the C library's.
            try db.rows(
                """
                SELECT d.datname AS name, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collation,
                       d.datctype AS ctype, coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
                       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', '') AS locale
                FROM pg_database AS d WHERE d.datname = current_database()
                """
            ).first
        }
        guard let found else { return }
        let provider: String = try found["provider"]
        let isLibrary = provider == "c"
        let collation: String = try found[isLibrary ? "collation" : "locale"]
        let ctype: String = try found[isLibrary ? "ctype" : "locale"]
        let encoding: String = try found["encoding"]
        let isRight = provider != "i" && [collation, ctype].allSatisfy { ["C.UTF-8", "C.utf8"].contains($0) }
        if isRight, encoding == "UTF8" { return }
        throw CollationError(
            database: try found["name"], encoding: encoding,
            collation: collation == ctype ? collation : "\(collation) (Zeichenarten: \(ctype))")
    }
}
