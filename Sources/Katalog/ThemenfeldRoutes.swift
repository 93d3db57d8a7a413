import Hummingbird
import Kernel
package import Storage
package import Web

/// Pages and JSON of OZG-Leistungen and Themenfelder.
package struct ThemenfeldRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let ergaenzungen: [any KatalogErgaenzung]

    package init(database: any Database, site: Site, ergaenzungen: [any KatalogErgaenzung]) {
        (self.database, self.site, self.ergaenzungen) = (database, site, ergaenzungen)
    }

    package func add(to routes: inout Routes) {
        routes.get("/ozg", use: listOZG)
        routes.get("/ozg/{ozgId}", use: showOZG)
        routes.get("/themenfelder", use: list)
        routes.get("/themenfelder/{slug}", use: show)
        routes.api(
            APIOperation(
                "/ozg", "OZG-Leistungen, nach OZG-ID",
                [
                    .init("q", "Wörter des Namens oder Anfang einer OZG-ID"),
                    .init("themenfeld", "Kurzname des Themenfelds"),
                    .init("lage", "Kurzname der Lage"),
                ], antwort: .liste("OZGLeistung")), use: apiListOZG)
        routes.api(APIOperation("/ozg/{ozgId}", "Eine OZG-Leistung", antwort: .objekt("OZGLeistung")), use: apiShowOZG)
        routes.api(APIOperation("/themenfelder", "Alle Themenfelder", antwort: .liste("Themenfeld")), use: apiList)
        routes.api(APIOperation("/themenfelder/{slug}", "Ein Themenfeld", antwort: .objekt("Themenfeld")), use: apiShow)
    }

    @Sendable func listOZG(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = OZGFilter(abfrage)
        let seite = try Seite(abfrage)
        let page = try await database.read { db in
            var page = try OZGListe(
                abfrage, filter.bild(abfrage, in: db), gesamt: OZGStore.count(filter, in: db), seite: seite,
                leistungen: OZGStore.page(filter, seite, in: db), stand: DatenstandStore.newest(.katalog, in: db))
            page.frueher = try filter.eingabe?.muster?.frueher(page.leistungen, in: db) ?? [:]
            return page
        }
        return try site.render(page, context)
    }

    @Sendable func showOZG(_ request: Request, _ context: SiteContext) async throws -> Response {
        let ozgID = try context.parameter("ozgId")
        let ergaenzungen = ergaenzungen
        let person = context.person
        let found = try await database.read { db -> (OZGSeite, [Abschnitt])? in
            guard let ozg = try OZGStore.find(ozgID, in: db) else { return nil }
            var page = try OZGSeite(
                ozg: ozg, leistungen: LeistungStore.ofOZG(ozgID, in: db),
                stand: DatenstandStore.newest(.katalog, in: db))
            page.geschichte = try Namensgeschichte(ozg, in: db)
            return (page, try ergaenzungen.compactMap { try $0.abschnitt(zu: .ozg(ozgID), person: person, in: db) })
        }
        guard case (var page, let parts)? = found else { throw unknown(ozgID) }
        page.abschnitte = try site.fragments(parts)
        return try site.render(page, context)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let page = try await database.read { db in
            try ThemenfeldListe(
                themenfelder: OZGStore.themenfelder(in: db), stand: DatenstandStore.newest(.katalog, in: db))
        }
        return try site.render(page, context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.parameter("slug")
        let page = try await database.read { db -> ThemenfeldSeite? in
            guard let feld = try OZGStore.themenfelder(in: db).first(where: { $0.einordnung.slug == slug }) else {
                return nil
            }
            var filter = OZGFilter()
            filter.themenfeld = slug
            return try ThemenfeldSeite(
                themenfeld: feld, lagen: OZGStore.lagen(themenfeld: slug, in: db),
                leistungen: OZGStore.page(filter, Seite(nummer: 1, groesse: 1_000), in: db),
                stand: DatenstandStore.newest(.katalog, in: db))
        }
        guard let page else { throw unknownField(slug) }
        return try site.render(page, context)
    }

    @Sendable func apiListOZG(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = OZGFilter(abfrage)
        let wunsch = try Listenwunsch(abfrage, teile: 1)
        let (gesamt, list) = try await database.read { db in
            try (OZGStore.count(filter, in: db), OZGStore.list(filter, wunsch, in: db))
        }
        return .liste(list.eintraege, gesamt: gesamt, weiter: list.weiter)
    }

    @Sendable func apiShowOZG(_ request: Request, _ context: SiteContext) async throws -> Response {
        let ozgID = try context.parameter("ozgId")
        guard let ozg = try await database.read({ db in try OZGStore.find(ozgID, in: db) }) else {
            throw unknown(ozgID)
        }
        return .json(ozg)
    }

    @Sendable func apiList(_ request: Request, _ context: SiteContext) async throws -> Response {
        let wunsch = try Listenwunsch(Abfrage(request), teile: 1)
        let all = try await database.read { db in try OZGStore.themenfelder(in: db) }
        let start = wunsch.nach.flatMap { nach in all.firstIndex { $0.einordnung.slug == nach[0] } }.map { $0 + 1 } ?? 0
        let shown = Array(all.dropFirst(start).prefix(wunsch.anzahl))
        let more = start + shown.count < all.count
        return .liste(
            shown, gesamt: all.count, weiter: more ? shown.last.map { Marke.encode([$0.einordnung.slug]) } : nil)
    }

    @Sendable func apiShow(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.parameter("slug")
        let all = try await database.read { db in try OZGStore.themenfelder(in: db) }
        guard let feld = all.first(where: { $0.einordnung.slug == slug }) else { throw unknownField(slug) }
        return .json(feld)
    }

    private func unknown(_ id: String) -> Refusal {
        Refusal(.notFound, "Die OZG-Leistung „\(id.prefix(40))“ steht nicht im Katalog.")
    }

    private func unknownField(_ slug: String) -> Refusal {
        Refusal(.notFound, "Das Themenfeld „\(slug.prefix(40))“ gibt es nicht.")
    }
}
