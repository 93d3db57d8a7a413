import Hummingbird
package import Kernel
package import Storage
package import Web

/// What another room shows on the page of a Leistung or an OZG-Leistung: read in the same snapshot.
package protocol KatalogErgaenzung: Sendable {
    func abschnitt(zu bezug: Katalogbezug, person: Person?, in db: any SQLConnection) throws -> Abschnitt?
}

/// The thing of the catalogue that a page is about.
package enum Katalogbezug: Sendable, Equatable {
    case leistung(Leistung.ID)
    case ozg(String)
}

/// Pages and JSON of the Leistungen.
package struct LeistungRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let ergaenzungen: [any KatalogErgaenzung]

    package init(database: any Database, site: Site, ergaenzungen: [any KatalogErgaenzung]) {
        (self.database, self.site, self.ergaenzungen) = (database, site, ergaenzungen)
    }

    package func add(to routes: inout Routes) {
        routes.get("/leistungen", use: list)
        routes.get("/leistungen/{id}", use: show)
        routes.api(
            APIOperation(
                "/leistungen", "Leistungen, nach Namen",
                [
                    .init("q", "Wörter des Namens oder Anfang eines Schlüssels"),
                    .init(
                        "typ", "Code der Typisierung, z. B. 2/3", mehrfach: true,
                        regel: .muster("^([1-9]|1[0-2])(/([1-9]|1[0-2]))?[ab]?$", hoechstens: 6)),
                    .init("themenfeld", "Kurzname des Themenfelds", mehrfach: true),
                    .init("lage", "Kurzname der Lage", mehrfach: true), .init("ozg", "OZG-ID", mehrfach: true),
                    .init("ueberschriften", "„nein“ lässt Überschriften und vorläufige Einträge weg"),
                ], antwort: .liste("Leistung", facetten: true)), use: apiList)
        routes.api(APIOperation("/leistungen/{id}", "Eine Leistung", antwort: .objekt("Leistung")), use: apiShow)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try LeistungFilter(abfrage)
        let seite = try Seite(abfrage)
        let page = try await database.read { db in
            let (gesamt, facetten) = try LeistungStore.facetten(filter, in: db)
            var page = try LeistungListe(
                abfrage, filter, facetten, gesamt: gesamt, seite: seite,
                leistungen: LeistungStore.page(filter, seite, in: db),
                stand: DatenstandStore.newest(.katalog, in: db))
            page.frueher = try filter.eingabe?.muster?.frueher(page.leistungen, in: db) ?? [:]
            return page
        }
        return try site.render(page, context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let typed = try context.parameter("id")
        let id = Leistung.ID(rawValue: Leistungsschluessel(getippt: typed)?.rawValue ?? typed)
        let ergaenzungen = ergaenzungen
        let person = context.person
        let found = try await database.read { db -> (LeistungSeite, [Abschnitt])? in
            guard let leistung = try LeistungStore.find(id, in: db) else { return nil }
            let verwandte = try leistung.schluessel.map { try LeistungStore.gleichesObjekt($0, in: db) } ?? []
            let gruppe = try leistung.schluessel.map { try LeistungStore.gleicheGruppe($0, limit: 12, in: db) } ?? []
            var page = try LeistungSeite(
                leistung: leistung, gleichesObjekt: verwandte, gleicheGruppe: gruppe,
                stand: DatenstandStore.newest(.katalog, in: db))
            page.geschichte = try Namensgeschichte(leistung, in: db)
            let parts = try ergaenzungen.compactMap {
                try $0.abschnitt(zu: .leistung(leistung.id), person: person, in: db)
            }
            return (page, parts)
        }
        guard case (var page, let parts)? = found else { throw unknown(typed) }
        if id.rawValue != typed { return .dauerhaft(zu: page.leistung.pfad) }
        page.abschnitte = try site.fragments(parts)
        return try site.render(page, context)
    }

    @Sendable func apiList(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try LeistungFilter(abfrage)
        let wunsch = try Listenwunsch(abfrage)
        let mitFacetten = try abfrage.willFacetten()
        let (gesamt, facetten, list) = try await database.read { db in
            let list = try LeistungStore.list(filter, wunsch, in: db)
            guard mitFacetten else { return (try LeistungStore.count(filter, in: db), [Facette]?.none, list) }
            let (gesamt, facetten) = try LeistungStore.facetten(filter, in: db)
            return (gesamt, facetten, list)
        }
        return .liste(list.eintraege, gesamt: gesamt, weiter: list.weiter, facetten: facetten)
    }

    @Sendable func apiShow(_ request: Request, _ context: SiteContext) async throws -> Response {
        let typed = try context.parameter("id")
        let id = Leistung.ID(rawValue: Leistungsschluessel(getippt: typed)?.rawValue ?? typed)
        guard let leistung = try await database.read({ db in try LeistungStore.find(id, in: db) }) else {
            throw unknown(typed)
        }
        if id.rawValue != typed { return .dauerhaft(zu: "/api/v1" + leistung.pfad) }
        return .json(leistung)
    }

    private func unknown(_ id: String) -> Refusal {
        Refusal(.notFound, "Die Leistung „\(id.prefix(40))“ steht nicht im Katalog.")
    }
}
