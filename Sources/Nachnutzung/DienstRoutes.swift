import Hummingbird
package import Katalog
package import Kernel
package import Storage
import Verzeichnis
package import Web

/// Pages and JSON of the Onlinedienste.
package struct DienstRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let erzaehlung: (any Verlaufserzaehlung)?
    let ergaenzungen: [any DatensatzErgaenzung]
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, erzaehlung: (any Verlaufserzaehlung)? = nil,
        ergaenzungen: [any DatensatzErgaenzung] = [], now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.erzaehlung, self.now) = (database, site, erzaehlung, now)
        self.ergaenzungen = ergaenzungen
    }

    package func add(to routes: inout Routes) {
        routes.get("/dienste", use: list)
        routes.get("/dienste/neu", .angemeldet, use: newForm)
        routes.post("/dienste", use: create)
        routes.get("/dienste/{slug}", use: show)
        routes.get("/dienste/{slug}/bearbeiten", .angemeldet, use: editForm)
        routes.post("/dienste/{slug}", use: change)
        routes.api(
            APIOperation(
                "/dienste", "Onlinedienste, nach Namen",
                [
                    .init("q", "Wörter des Namens"), .init("variante", "Variante", regel: .worte(Variante.self)),
                    .init("leistung", "Schlüssel oder Kennung"),
                    .init("ozg", "OZG-ID"), .init("anbieter", "Kennung der Organisation"),
                ], antwort: .liste("Onlinedienst")), use: apiList)
        routes.api(APIOperation("/dienste/{slug}", "Ein Onlinedienst", antwort: .objekt("Onlinedienst")), use: apiShow)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try DienstFilter(abfrage)
        let seite = try Seite(abfrage)
        let darfAnlegen = context.darf(.dienstAnlegen)
        let page = try await database.read { db in
            try DienstListe(
                abfrage, filter.bild(abfrage, in: db), gesamt: DienstStore.count(filter, in: db), seite: seite,
                dienste: DienstStore.page(filter, seite, in: db), darfAnlegen: darfAnlegen)
        }
        return try site.render(page, context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.parameter("slug")
        let saved = try Abfrage(request)["ok"] != nil
        let person = context.person
        let found = try await database.read { db -> (DienstEintrag, [Leistung], [Abschnitt])? in
            guard let eintrag = try DienstStore.find(slug: slug, in: db) else { return nil }
            let bezug = Verlaufsbezug.dienst(
                eintrag.dienst.id.rawValue, anbieter: eintrag.dienst.anbieter.rawValue)
            return (
                eintrag, try LeistungStore.find(eintrag.leistungen, in: db),
                try ergaenzungen.compactMap { try $0.abschnitt(zu: bezug, person: person, in: db) }
                    + [erzaehlung?.abschnitt(zu: bezug, person: person, in: db)].compactMap { $0 }
            )
        }
        guard let (eintrag, leistungen, abschnitte) = found else { throw unknown(slug) }
        if eintrag.dienst.slug != slug { return .dauerhaft(zu: eintrag.dienst.pfad) }
        let page = DienstSeite(
            eintrag: eintrag, leistungen: leistungen,
            darfAendern: context.darf(.dienstAendern(anbieter: eintrag.dienst.anbieter.rawValue)),
            gespeichert: saved && context.person != nil, abschnitte: try site.fragments(abschnitte))
        return try site.render(page, context)
    }

    @Sendable func newForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.dienstAnlegen)
        var form = DienstForm()
        form.leistungen = try Abfrage(request)["leistung"] ?? ""
        return try site.render(DienstFormSeite(form: form, slug: nil, name: nil, fehler: FormErrors()), context)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.dienstAnlegen)
        let form = DienstForm(try await Formular.read(request, context).felder)
        let am = now()
        let urheber = context.urheber(am)
        let wer = context.nachschau
        do {
            let slug = try await database.write { db in
                // Two people who name a service alike at once must not get the same address.
                try db.lock("dienste")
                let slug = try DienstStore.freierSlug(form.name, in: db)
                let (dienst, leistungen) = try form.checked(id: .init(rawValue: Kennung.neu(am)), slug: slug, in: db)
                try wer.verlange(.dienstAendern(anbieter: dienst.anbieter.rawValue), in: db)
                try DienstStore.insert(dienst, leistungen: leistungen, durch: urheber, in: db)
                return slug
            }
            return .weiter(zu: "/dienste/\(slug)?ok=gespeichert")
        } catch let errors as FormErrors {
            let page = DienstFormSeite(form: form, slug: nil, name: nil, fehler: errors)
            return try site.render(page, context, status: .unprocessableContent)
        }
    }

    @Sendable func editForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.parameter("slug")
        guard let eintrag = try await database.read({ db in try DienstStore.find(slug: slug, in: db) }) else {
            throw unknown(slug)
        }
        try context.verlange(.dienstAendern(anbieter: eintrag.dienst.anbieter.rawValue))
        let page = DienstFormSeite(
            form: DienstForm(eintrag), slug: eintrag.dienst.slug, name: eintrag.dienst.name, fehler: FormErrors())
        return try site.render(page, context)
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.parameter("slug")
        let form = DienstForm(try await Formular.read(request, context).felder)
        let urheber = context.urheber(now())
        let wer = context.nachschau
        do {
            let changed = try await database.write { db -> Bool in
                guard let old = try DienstStore.find(slug: slug, in: db) else { return false }
                try wer.verlange(.dienstAendern(anbieter: old.dienst.anbieter.rawValue), in: db)
                let (dienst, leistungen) = try form.checked(id: old.dienst.id, slug: old.dienst.slug, in: db)
                try wer.verlange(.dienstAendern(anbieter: dienst.anbieter.rawValue), in: db)
                try DienstStore.change(old, to: dienst, leistungen: leistungen, durch: urheber, in: db)
                return true
            }
            guard changed else { throw unknown(slug) }
            return .weiter(zu: "/dienste/\(slug)?ok=gespeichert")
        } catch {
            return try site.formular(nach: error, konfliktBei: "name", context) { errors in
                DienstFormSeite(form: form, slug: slug, name: form.name, fehler: errors)
            }
        }
    }

    @Sendable func apiList(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try DienstFilter(abfrage)
        let wunsch = try Listenwunsch(abfrage)
        let (gesamt, list) = try await database.read { db in
            try (DienstStore.count(filter, in: db), DienstStore.list(filter, wunsch, in: db))
        }
        return .liste(list.eintraege, gesamt: gesamt, weiter: list.weiter)
    }

    @Sendable func apiShow(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.parameter("slug")
        guard let eintrag = try await database.read({ db in try DienstStore.find(slug: slug, in: db) }) else {
            throw unknown(slug)
        }
        return .json(eintrag)
    }

    private func unknown(_ slug: String) -> Refusal {
        Refusal(.notFound, "Den Onlinedienst „\(slug.prefix(80))“ gibt es nicht.")
    }
}

/// Shows on a page of the catalogue who already offers it online.
package struct DiensteImKatalog: KatalogErgaenzung {
    package init() {}

    package func abschnitt(zu bezug: Katalogbezug, person: Person?, in db: any SQLConnection) throws -> Abschnitt? {
        var filter = DienstFilter()
        switch bezug {
        case .leistung(let id): filter.leistung = id.rawValue
        case .ozg(let id): filter.ozgID = id
        }
        let gesamt = try DienstStore.count(filter, in: db)
        let dienste = try DienstStore.page(filter, Seite(nummer: 1, groesse: 10), in: db)
        let alle: String
        switch bezug {
        case .leistung(let id): alle = Adresse("/dienste", [("leistung", id.rawValue)]).text
        case .ozg(let id): alle = Adresse("/dienste", [("ozg", id)]).text
        }
        return Abschnitt(
            "nachnutzung/dienste-abschnitt",
            Werte([
                ("zeilen", dienste.map(DienstZeile.init)), ("leer", dienste.isEmpty),
                ("alle", gesamt > dienste.count ? alle : nil),
                ("gesamt", Zahl.deutsch(gesamt)),
            ]))
    }
}
