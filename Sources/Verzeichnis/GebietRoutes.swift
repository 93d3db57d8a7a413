import Hummingbird
package import Kernel
package import Storage
package import Web

/// What another room shows on a place's page: read in the same snapshot as the place.
package protocol GebietErgaenzung: Sendable {
    func abschnitt(
        zu gebiet: Gebiet, verwaltung: Organisation?, person: Person?, in db: any SQLConnection
    ) throws -> Abschnitt?
}

/// Pages and JSON of the directory of places.
package struct GebietRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let ergaenzungen: [any GebietErgaenzung]

    package init(database: any Database, site: Site, ergaenzungen: [any GebietErgaenzung]) {
        (self.database, self.site, self.ergaenzungen) = (database, site, ergaenzungen)
    }

    package func add(to routes: inout Routes) {
        routes.get("/gebiete", use: list)
        routes.get("/gebiete/{ars}", use: show)
        routes.api(
            APIOperation(
                "/gebiete", "Gebiete, nach Namen",
                [
                    .init("q", "Name oder Anfang eines Schlüssels"),
                    .init("land", "Schlüssel des Landes, zwei Ziffern", mehrfach: true, regel: .ziffern(2)),
                    .init("art", "Art des Gebiets", mehrfach: true, regel: .worte(Gebiet.Art.self)),
                    .init(
                        "groesse", "Größenklasse nach Einwohnern, z. B. 5000_19999", mehrfach: true,
                        regel: .worte(Groessenklasse.self)),
                    .init(
                        "aufgeloest", "ja: nur aufgelöste Gebiete, alle: auch aufgelöste, sonst nur bestehende",
                        regel: .worte(GebietFilter.Aufgeloest.self)),
                ], antwort: .liste("Gebiet", facetten: true)), use: apiList)
        routes.api(APIOperation("/gebiete/{ars}", "Ein Gebiet", antwort: .objekt("Gebiet")), use: apiShow)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try GebietFilter(abfrage)
        let seite = try Seite(abfrage)
        let page = try await database.read { db in
            let laender = try GebietStore.laender(in: db)
            let (gesamt, facetten) = try GebietStore.facetten(filter, laender: laender, in: db)
            let gebiete = try GebietStore.page(filter, seite, in: db)
            return try GebietListe(
                abfrage, filter, facetten, gesamt: gesamt, seite: seite, gebiete: gebiete,
                gruende: NachfolgeStore.gruende(filter, zu: gebiete, in: db), laender: laender,
                stand: DatenstandStore.newest(.gemeindeverzeichnis, in: db))
        }
        return try site.render(page, context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let key = try context.parameter("ars")
        let seite = try Seite(Abfrage(request), groesse: 100)
        let ergaenzungen = ergaenzungen
        let person = context.person
        let found = try await database.read { db -> (GebietSeite, [Abschnitt])? in
            guard let gebiet = try GebietStore.find(schluessel: key, in: db) else { return nil }
            let verwaltung = try gebiet.verwaltung.flatMap {
                try OrganisationStore.find(Organisation.ID(rawValue: $0), in: db)
            }
            let parts = try ergaenzungen.compactMap {
                try $0.abschnitt(zu: gebiet, verwaltung: verwaltung, person: person, in: db)
            }
            let page = try GebietSeite(
                gebiet: gebiet, folge: NachfolgeStore.folge(zu: gebiet, in: db),
                ahnen: GebietStore.ahnen(gebiet, in: db), kinder: GebietStore.kinder(gebiet, in: db), seite: seite,
                verwaltung: verwaltung, stand: DatenstandStore.newest(.gemeindeverzeichnis, in: db))
            return (page, parts)
        }
        guard case (var page, let parts)? = found else { throw unknown(key) }
        if page.gebiet.pfad != "/gebiete/\(key)" { return .dauerhaft(zu: page.gebiet.pfad) }
        page.abschnitte = try site.fragments(parts)
        return try site.render(page, context)
    }

    @Sendable func apiList(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try GebietFilter(abfrage)
        let wunsch = try Listenwunsch(abfrage)
        let mitFacetten = try abfrage.willFacetten()
        let (gesamt, facetten, list) = try await database.read { db in
            let places = try GebietStore.list(filter, wunsch, in: db)
            let list = (eintraege: try Gebietsauskunft.lade(places.eintraege, in: db), weiter: places.weiter)
            guard mitFacetten else { return (try GebietStore.count(filter, in: db), [Facette]?.none, list) }
            let (gesamt, facetten) = try GebietStore.facetten(filter, laender: GebietStore.laender(in: db), in: db)
            return (gesamt, facetten, list)
        }
        return .liste(list.eintraege, gesamt: gesamt, weiter: list.weiter, facetten: facetten)
    }

    @Sendable func apiShow(_ request: Request, _ context: SiteContext) async throws -> Response {
        let key = try context.parameter("ars")
        let found = try await database.read { db in
            try GebietStore.find(schluessel: key, in: db).map { gebiet in
                try Gebietsauskunft(gebiet, NachfolgeStore.folge(zu: gebiet, in: db))
            }
        }
        guard let found else { throw unknown(key) }
        if found.gebiet.pfad != "/gebiete/\(key)" { return .dauerhaft(zu: "/api/v1" + found.gebiet.pfad) }
        return .json(found)
    }

    private func unknown(_ key: String) -> Refusal {
        Refusal(.notFound, "Zum Schlüssel „\(key.prefix(40))“ gibt es kein Gebiet.")
    }
}
