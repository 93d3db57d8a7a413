import Formats
import Hummingbird
package import Kernel
package import Storage
package import Web

/// The lists of the catalogue as files: exactly the rows and the order of their pages.
package struct KatalogTabellenRoutes: RoomRoutes {
    let database: any Database
    let now: @Sendable () -> Instant

    package init(database: any Database, now: @escaping @Sendable () -> Instant) {
        (self.database, self.now) = (database, now)
    }

    package func add(to routes: inout Routes) {
        routes.tabelle("/leistungen", use: leistungen)
        routes.tabelle("/ozg", use: ozg)
    }

    @Sendable func leistungen(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try LeistungFilter(abfrage)
        return .tabelle(
            try await database.tabelle(format, am: now()) { db in
                let facetten = try LeistungStore.facetten(filter, in: db).facetten
                return Tabelle(
                    "Leistungen", LeistungTabelle.spalten, auswahl: filter.bild(abfrage, facetten).auswahl,
                    stand: try DatenstandStore.newest(.katalog, in: db)?.bezeichnung
                ) { add in
                    try LeistungStore.forEach(filter, in: db) { try add(LeistungTabelle.zellen($0)) }
                }
            })
    }

    @Sendable func ozg(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = OZGFilter(abfrage)
        return .tabelle(
            try await database.tabelle(format, am: now()) { db in
                Tabelle(
                    "OZG-Leistungen", OZGTabelle.spalten, auswahl: try filter.bild(abfrage, in: db).auswahl,
                    stand: try DatenstandStore.newest(.katalog, in: db)?.bezeichnung
                ) { add in
                    try OZGStore.forEach(filter, in: db) { try add(OZGTabelle.zellen($0)) }
                }
            })
    }
}

enum LeistungTabelle {
    static let spalten = [
        TableColumn("Kennung", width: 17), TableColumn("Leistungsschlüssel", width: 17),
        TableColumn("Leistung", width: 60), TableColumn("Typ", width: 8), TableColumn("OZG-ID", width: 9),
        TableColumn("OZG-Leistung", width: 40), TableColumn("Lage", width: 28), TableColumn("Themenfeld", width: 28),
        TableColumn("Rechtsgrundlage", width: 40), TableColumn("Überschrift", width: 12),
        TableColumn("Vorläufig", width: 10),
    ]

    static func zellen(_ leistung: Leistung) -> [TableCell] {
        [
            .text(leistung.id.rawValue), TableCell(leistung.schluessel?.rawValue), .text(leistung.name),
            .text(leistung.typen.joined(separator: ", ")), TableCell(leistung.ozgID), TableCell(leistung.ozgName),
            TableCell(leistung.lage?.name), TableCell(leistung.themenfeld?.name), TableCell(leistung.rechtsgrundlage),
            .text(leistung.istObjekt ? "ja" : "nein"), .text(leistung.istVorlaeufig ? "ja" : "nein"),
        ]
    }
}

enum OZGTabelle {
    static let spalten = [
        TableColumn("OZG-ID", width: 9), TableColumn("OZG-Leistung", width: 60), TableColumn("Lage", width: 30),
        TableColumn("Themenfeld", width: 30), TableColumn("Leistungen", width: 12),
    ]

    static func zellen(_ ozg: OZGLeistung) -> [TableCell] {
        [
            .text(ozg.ozgID), .text(ozg.name), TableCell(ozg.lage?.name), TableCell(ozg.themenfeld?.name),
            .number(ozg.leistungen),
        ]
    }
}

extension LeistungFilter {
    /// The filters as the page and the second sheet of a file show them.
    func bild(_ abfrage: Abfrage, _ facetten: [Facette]) -> Listenfilter {
        Listenfilter(
            adresse(abfrage), suche: "Name oder Schlüssel", facetten: facetten,
            schalter: [.init("ueberschriften", "nein", "Überschriften und Vorläufiges weglassen")])
    }
}

extension OZGFilter {
    /// The filters as the page and the second sheet of a file show them.
    func bild(_ abfrage: Abfrage, in db: any SQLConnection) throws -> Listenfilter {
        Listenfilter(
            Adresse("/ozg", [("q", abfrage["q"]), ("themenfeld", themenfeld), ("lage", lage)]),
            suche: "Name oder OZG-ID",
            felder: [
                Feld.auswahl(
                    "themenfeld", "Themenfeld", leer: "alle Themenfelder",
                    try OZGStore.felder(in: db).map { (wert: $0.slug, text: $0.name) }, gewaehlt: themenfeld),
                Feld.auswahl(
                    "lage", "Lage", leer: "alle Lagen",
                    try OZGStore.lagen(in: db).map { (wert: $0.slug, text: $0.name) }, gewaehlt: lage),
            ])
    }
}
