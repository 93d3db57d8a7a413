import Storage

enum BetriebStore {
    /// Bytes of the whole database, with indexes.
    static func groesse(in db: any SQLConnection) throws -> Int {
        try db.value(
            SQL(
                sqlite: """
                    SELECT pragma_page_count.page_count * pragma_page_size.page_size
                    FROM pragma_page_count(), pragma_page_size()
                    """,
                postgres: "SELECT pg_database_size(current_database())")) ?? 0
    }
}
