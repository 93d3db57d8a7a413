import Formats
import Hummingbird
package import Kernel
package import Storage
package import Web

/// The list of places as files: exactly the rows and the order of its page.
package struct GebietTabelleRoutes: RoomRoutes {
    let database: any Database
    let now: @Sendable () -> Instant

    package init(database: any Database, now: @escaping @Sendable () -> Instant) {
        (self.database, self.now) = (database, now)
    }

    package func add(to routes: inout Routes) { routes.tabelle("/gebiete", use: gebiete) }

    @Sendable func gebiete(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try GebietFilter(abfrage)
        return .tabelle(
            try await database.tabelle(format, am: now()) { db in
                let laender = try GebietStore.laender(in: db)
                let facetten = try GebietStore.facetten(filter, laender: laender, in: db).facetten
                let namen = Dictionary(laender.map { ($0.ars ?? "", $0.name) }, uniquingKeysWith: { first, _ in first })
                return Tabelle(
                    "Gebiete", GebietTabelle.spalten, auswahl: filter.bild(abfrage, facetten).auswahl,
                    stand: try DatenstandStore.newest(.gemeindeverzeichnis, in: db)?.bezeichnung
                ) { add in
                    try GebietStore.forEach(filter, in: db) { try add(GebietTabelle.zellen($0, laender: namen)) }
                }
            })
    }
}

enum GebietTabelle {
    static let spalten = [
        TableColumn("ARS", width: 15), TableColumn("AGS", width: 10), TableColumn("Name", width: 32),
        TableColumn("Amtlicher Name", width: 36), TableColumn("Art", width: 22), TableColumn("Land", width: 24),
        TableColumn("Einwohner", width: 12), TableColumn("Fläche (ha)", width: 12),
        TableColumn("Gehört zu (ARS)", width: 15), TableColumn("Sitz", width: 24),
        TableColumn("PLZ des Sitzes", width: 14),
        TableColumn("Gültig von", width: 12),
    ]

    static func zellen(_ gebiet: Gebiet, laender: [String: String]) -> [TableCell] {
        let land = gebiet.ars ?? gebiet.ags
        return [
            TableCell(gebiet.ars), TableCell(gebiet.ags), .text(gebiet.name), .text(gebiet.amtlicherName),
            .text(gebiet.art.wort), TableCell(land.flatMap { laender[String($0.prefix(2))] }),
            TableCell(gebiet.einwohner), TableCell(gebiet.flaecheHa), TableCell(gebiet.gehoertZuARS),
            TableCell(gebiet.sitz), TableCell(gebiet.plz),
            gebiet.gueltigVon.map { .date(year: $0.jahr, month: $0.monat, day: $0.tagImMonat) } ?? .empty,
        ]
    }
}
