package import Storage

/// A numbered load of outside data: a Katalogstand, a Gebietsstand, a load of a list.
package struct Datenstand: Sendable, Equatable {
    package enum Art: String, SQLConvertible {
        case katalog, gemeindeverzeichnis, gebietsaenderungen, dienste, umsetzung, grenzen, codelisten
    }

    package let art: Art
    package let nummer: Int
    /// The date of the data as its source gives it: a year, month or day (`2019`, `2019-10`, `2025-08-31`), or unknown.
    package let datum: String?
    package let geladenAm: Instant
    package let neu: Int
    package let geaendert: Int
    package let entfallen: Int

    /// The words shown for it: "Katalogstand 2019", or the day it was loaded where the source gave no date.
    package var bezeichnung: String {
        let wort = art == .katalog ? "Katalogstand" : art == .gemeindeverzeichnis ? "Gebietsstand" : "Stand"
        guard let datum else { return "\(wort) Nr. \(nummer), geladen am \(geladenAm.tag.deutsch)" }
        return "\(wort) \(Datenstand.lesbar(datum))"
    }

    /// `2025-08-31` as "31.08.2025", `2019-10` as "10/2019", a year as it is.
    static func lesbar(_ datum: String) -> String {
        if let tag = Tag(iso: datum) { return tag.deutsch }
        let parts = datum.split(separator: "-")
        return parts.count == 2 ? "\(parts[1])/\(parts[0])" : datum
    }

    /// A date as an operator may give it: year, month or day.
    package static func istDatum(_ text: String) -> Bool {
        if Tag(iso: text) != nil { return true }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let year = parts.first, year.utf8.count == 4, let y = Int(year), (1900...2999).contains(y) else {
            return false
        }
        if parts.count == 1 { return true }
        return parts.count == 2 && Tag(iso: text + "-01") != nil
    }
}

extension Datenstand: RowDecodable {
    package init(row: Row) throws {
        art = try row["art"]
        nummer = try row["nummer"]
        datum = try row["datum"]
        geladenAm = try row["geladen_am"]
        neu = try row["neu"]
        geaendert = try row["geaendert"]
        entfallen = try row["entfallen"]
    }
}

/// Every statement that touches the `datenstand` table.
package enum DatenstandStore {
    static let columns: SQL = "art, nummer, datum, geladen_am, neu, geaendert, entfallen"

    package static func newest(_ art: Datenstand.Art, bezug: String = "", in db: any SQLConnection) throws
        -> Datenstand?
    {
        try db.first(
            """
            SELECT \(columns) FROM datenstand WHERE art = \(art) AND bezug = \(bezug) ORDER BY nummer DESC LIMIT 1
            """)
    }

    /// Nothing was ever loaded.
    package static func isEmpty(in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value("SELECT 1 FROM datenstand LIMIT 1")
        return one == nil
    }

    package static func all(_ art: Datenstand.Art, in db: any SQLConnection) throws -> [Datenstand] {
        try db.all("SELECT \(columns) FROM datenstand WHERE art = \(art) AND bezug = '' ORDER BY nummer DESC")
    }

    /// Numbers a load and enters it into the Verlauf as one line.
    ///
    /// `bezug` separates number series, e.g. one per Organisation; empty for the whole installation.
    @discardableResult
    package static func record(
        _ art: Datenstand.Art, bezug: String = "", datum: String?, bericht: Importbericht, durch urheber: Urheber,
        in db: any SQLConnection
    ) throws -> Int {
        let last: Int =
            try db.value(
                "SELECT COALESCE(MAX(nummer), 0) FROM datenstand WHERE art = \(art) AND bezug = \(bezug)") ?? 0
        let number = last + 1
        try db.execute(
            """
            INSERT INTO datenstand (art, bezug, nummer, datum, geladen_am, neu, geaendert, entfallen)
            VALUES (\(art), \(bezug), \(number), \(datum), \(urheber.am), \(bericht.neu), \(bericht.geaendert),
                    \(bericht.entfallen))
            """)
        try VerlaufStore.append(
            [
                Verlauf(
                    .datenstandGeladen, organisation: bezug.isEmpty ? nil : bezug,
                    datenstand: "\(art.rawValue) \(number)", nach: datum)
            ], durch: urheber, in: db)
        return number
    }
}
