package import Storage

extension GebietStore {
    /// The places with these ids, in no order.
    package static func alle(_ ids: [String], in db: any SQLConnection) throws -> [Gebiet] {
        try db.all("SELECT \(Gebiet.columns) FROM gebiet WHERE id IN (\(ids))")
    }
}
