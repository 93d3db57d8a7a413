import Hummingbird
package import Kernel
package import Storage
package import Web

/// Pages of the offices of an Organisation, and every change of their tree.
package struct EinheitRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let now: @Sendable () -> Instant

    package init(database: any Database, site: Site, now: @escaping @Sendable () -> Instant) {
        (self.database, self.site, self.now) = (database, site, now)
    }

    package func add(to routes: inout Routes) {
        let base = "/organisationen/{organisation}/einheiten"
        routes.get(base + "/neu", .angemeldet, use: newForm)
        routes.post(base + "/neu", use: create)
        routes.get(base + "/{einheit}", use: show)
        routes.get(base + "/{einheit}/bearbeiten", .angemeldet, use: editForm)
        routes.post(base + "/{einheit}/bearbeiten", use: change)
        routes.post(base + "/{einheit}/reihenfolge", use: order)
        routes.post(base + "/{einheit}/zusammenlegung", use: merge)
        routes.post(base + "/{einheit}/schliessung", use: close)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("organisation"), try context.parameter("einheit"))
        let meldung = context.person == nil ? nil : try Abfrage(request)["ok"]
        let (person, heute) = (context.person, now().tag)
        let bild = try await database.read { db in
            try OrganisationBild(OrganisationStore.named(word, in: db), person: person, heute: heute, in: db)
        }
        guard let einheit = bild.baum[.init(rawValue: id)], let ziel = bild.baum.ziel(einheit.id) else {
            return try await moved(id)
        }
        let right = bild.organisation.pfad(zu: ziel)
        if ziel.id != einheit.id || bild.organisation.schluessel != word { return .dauerhaft(zu: right) }
        return try site.render(EinheitSeite(bild: bild, einheit: einheit, meldung: meldung), context)
    }

    /// The office of an authority that went on in another one is found there.
    private func moved(_ id: String) async throws -> Response {
        let found = try await database.read { db -> String? in
            guard let owner = try EinheitStore.organisation(of: .init(rawValue: id), in: db),
                let organisation = try OrganisationStore.find(owner, in: db)
            else { return nil }
            return "\(organisation.pfad)/einheiten/\(id)"
        }
        guard let found else { throw unknown }
        return .dauerhaft(zu: found)
    }

    private var unknown: Refusal { Refusal(.notFound, "Dieses Amt gibt es bei dieser Verwaltung nicht.") }

    @Sendable func newForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (organisation, baum) = try await changeable(context)
        var form = EinheitForm()
        form.ueber = try Abfrage(request)["ueber"] ?? ""
        return try site.render(page(organisation, baum, nil, form, FormErrors()), context)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (organisation, baum) = try await changeable(context)
        let form = EinheitForm(try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        do {
            let inhalt = try form.checked()
            try await database.write { db in
                try wer.verlange(.organisationAendern(organisation: organisation.id.rawValue), in: db)
                return try EinheitAenderung(organisation.id, durch: urheber, in: db).anlegen(inhalt)
            }
            return .weiter(zu: organisation.pfad + "?ok=amt")
        } catch let errors as FormErrors {
            return try site.render(
                page(organisation, baum, nil, form, errors), context, status: .unprocessableContent)
        }
    }

    @Sendable func editForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (organisation, baum) = try await changeable(context)
        let einheit = try einheit(baum, context)
        guard einheit.aufgegangenIn == nil else { return .weiter(zu: organisation.pfad(zu: einheit)) }
        return try site.render(page(organisation, baum, einheit, EinheitForm(einheit), FormErrors()), context)
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await apply(request, context) { change, einheit, form in
            try change.aendern(einheit, zu: form.checked())
        }
    }

    @Sendable func merge(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await apply(request, context) { change, einheit, form in
            try change.zusammenlegen(einheit, in: .init(rawValue: form.ziel))
        }
    }

    @Sendable func close(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await apply(request, context) { change, einheit, form in
            try change.schliessen(einheit, am: form.tag())
        }
    }

    /// One step up or down; two who press at once both mean what they saw, so no version is asked for.
    @Sendable func order(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (organisation, _) = try await changeable(context)
        let id = try context.parameter("einheit")
        let felder = try await Formular.read(request, context).felder
        guard let richtung = felder["richtung"], ["hoch", "runter"].contains(richtung) else {
            throw Refusal(.unprocessable, "Wählen Sie, ob das Amt nach oben oder nach unten soll.")
        }
        let (urheber, wer, unknown) = (context.urheber(now()), context.nachschau, unknown)
        try await database.write { db in
            try wer.verlange(.organisationAendern(organisation: organisation.id.rawValue), in: db)
            let change = try EinheitAenderung(organisation.id, durch: urheber, in: db)
            guard let einheit = change.baum[.init(rawValue: id)] else { throw unknown }
            try change.ordnen(einheit, nachVorn: richtung == "hoch")
        }
        return .weiter(zu: "\(organisation.pfad)#e-\(id)")
    }

    private func apply(
        _ request: Request, _ context: SiteContext,
        _ step: @escaping @Sendable (EinheitAenderung, Organisationseinheit, EinheitForm) throws -> Void
    ) async throws -> Response {
        let (organisation, baum) = try await changeable(context)
        let einheit = try einheit(baum, context)
        let felder = try await Formular.read(request, context).felder
        var form = EinheitForm(felder)
        let typed = form
        // Each of the forms sends its own fields; the others show what is stored.
        let stored = EinheitForm(einheit)
        let sent = Set(felder.werte.map(\.name))
        if !sent.contains("name") {
            (form.name, form.kuerzel, form.ueber) = (stored.name, stored.kuerzel, stored.ueber)
        }
        if !sent.contains("bis") { form.bis = stored.bis }
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        do {
            try await database.write { db in
                try wer.verlange(.organisationAendern(organisation: organisation.id.rawValue), in: db)
                let change = try EinheitAenderung(organisation.id, durch: urheber, in: db)
                try step(change, change.aktuell(einheit.id, version: typed.version), typed)
            }
            return .weiter(zu: organisation.pfad(zu: einheit) + "?ok=gespeichert")
        } catch {
            return try site.formular(nach: error, konfliktBei: "name", context) { errors in
                page(organisation, baum, einheit, form, errors)
            }
        }
    }

    private func page(
        _ organisation: Organisation, _ baum: Einheitenbaum, _ einheit: Organisationseinheit?, _ form: EinheitForm,
        _ fehler: FormErrors
    ) -> EinheitFormSeite {
        EinheitFormSeite(
            organisation: organisation, baum: baum, einheit: einheit, form: form, fehler: fehler, heute: now().tag)
    }

    private func einheit(_ baum: Einheitenbaum, _ context: SiteContext) throws -> Organisationseinheit {
        guard let found = baum[.init(rawValue: try context.parameter("einheit"))] else { throw unknown }
        return found
    }

    /// The Organisation of the address with its offices, for somebody who may change them.
    private func changeable(_ context: SiteContext) async throws -> (Organisation, Einheitenbaum) {
        let word = try context.parameter("organisation")
        let (organisation, baum) = try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            return (organisation, try EinheitStore.baum(organisation.id, in: db))
        }
        try context.verlange(.organisationAendern(organisation: organisation.id.rawValue))
        return (organisation, baum)
    }
}
