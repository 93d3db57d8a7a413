package import Storage

extension LeistungStore {
    /// The Leistungen with these ids, in no order.
    package static func alle(_ ids: [String], in db: any SQLConnection) throws -> [Leistung] {
        try db.all("SELECT \(Leistung.columns) FROM \(Leistung.quelle) WHERE leistung.id IN (\(ids))")
    }
}

extension OZGStore {
    /// The OZG-Leistungen with these ids, in no order.
    package static func alle(_ ids: [String], in db: any SQLConnection) throws -> [OZGLeistung] {
        try db.all("SELECT \(columns) FROM \(quelle) WHERE ozg_leistung.ozg_id IN (\(ids))")
    }
}
