import Formats
import Hummingbird
import Katalog
package import Kernel
package import Storage
import Verzeichnis
package import Web

/// The list of Onlinedienste as files: exactly the rows and the order of its page, to be loaded again.
package struct DienstTabelleRoutes: RoomRoutes {
    let database: any Database
    let now: @Sendable () -> Instant

    package init(database: any Database, now: @escaping @Sendable () -> Instant) {
        (self.database, self.now) = (database, now)
    }

    package func add(to routes: inout Routes) { routes.tabelle("/dienste", use: dienste) }

    @Sendable func dienste(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try DienstFilter(abfrage)
        return .tabelle(
            try await database.tabelle(format, am: now()) { db in
                Tabelle(
                    "Onlinedienste", DienstTabelle.spalten, auswahl: try filter.bild(abfrage, in: db).auswahl
                ) { add in
                    try DienstStore.forEach(filter, in: db) { try add(DienstTabelle.zellen($0)) }
                }
            })
    }
}

/// The sheet of Onlinedienste with the headings that the import reads.
enum DienstTabelle {
    static let spalten = [
        TableColumn("Name", width: 48), TableColumn("Anbieter", width: 18), TableColumn("URL", width: 40),
        TableColumn("Hersteller", width: 24), TableColumn("Formularsystem", width: 24),
        TableColumn("Leistungen", width: 34), TableColumn("Variante", width: 22),
        TableColumn("Reifegradmodell", width: 16), TableColumn("Reifegrad", width: 10),
        TableColumn("Beschreibung", width: 60),
    ]

    static func zellen(_ eintrag: DienstEintrag) -> [TableCell] {
        let dienst = eintrag.dienst
        return [
            .text(dienst.name), .text(eintrag.anbieterARS ?? dienst.anbieter.rawValue), TableCell(dienst.url),
            TableCell(dienst.hersteller), TableCell(dienst.formularsystem),
            .text(eintrag.leistungen.map(\.rawValue).joined(separator: " ")), TableCell(dienst.variante?.rawValue),
            TableCell(dienst.reifegrad?.modell.rawValue), TableCell(dienst.reifegrad?.stufe),
            TableCell(dienst.beschreibung),
        ]
    }
}

extension DienstFilter {
    /// The filters as the page and the second sheet of a file show them.
    func bild(_ abfrage: Abfrage, in db: any SQLConnection) throws -> Listenfilter {
        var worte: [String: (titel: String, text: String)] = [:]
        if let anbieter {
            let name = try OrganisationStore.find(Organisation.ID(rawValue: anbieter), in: db)?.name
            worte["anbieter"] = ("Anbieter", name ?? anbieter)
        }
        if let leistung {
            let name = try LeistungStore.find(Leistung.ID(rawValue: leistung), in: db)?.name
            worte["leistung"] = ("Leistung", name ?? leistung)
        }
        if let ozgID { worte["ozg"] = ("OZG-Leistung", try OZGStore.find(ozgID, in: db)?.name ?? ozgID) }
        return Listenfilter(
            Adresse(
                "/dienste",
                [
                    ("q", abfrage["q"]), ("variante", variante?.rawValue), ("leistung", leistung), ("ozg", ozgID),
                    ("anbieter", anbieter),
                ]),
            suche: "Name",
            felder: [
                Feld.auswahl(
                    "variante", "Variante", leer: "alle Varianten",
                    Variante.allCases.map { (wert: $0.rawValue, text: $0.wort) }, gewaehlt: variante?.rawValue)
            ], worte: worte)
    }
}
