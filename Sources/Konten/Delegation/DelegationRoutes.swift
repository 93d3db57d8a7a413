import Hummingbird
package import Kernel
package import Storage
package import Web

/// The page on which an authority lets its Kreis or its IT provider act for it.
package struct DelegationRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let now: @Sendable () -> Instant

    package init(database: any Database, site: Site, now: @escaping @Sendable () -> Instant) {
        (self.database, self.site, self.now) = (database, site, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/organisationen/{organisation}/delegation", .angemeldet, use: show)
        routes.post("/organisationen/{organisation}/delegation", use: give)
        routes.post("/organisationen/{organisation}/delegation/ende", use: end)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let haus = try await haus(context)
        let meldung = try Abfrage(request)["ok"]
        if try haus.pfad != "/organisationen/\(context.parameter("organisation"))" {
            return .dauerhaft(zu: haus.pfad + "/delegation")
        }
        return try site.render(try await page(haus, DelegationForm(), FormErrors(), meldung), context)
    }

    @Sendable func give(_ request: Request, _ context: SiteContext) async throws -> Response {
        let haus = try await haus(context)
        let form = DelegationForm(try await Formular.read(request, context).felder)
        let urheber = context.urheber(now())
        let wer = context.nachschau
        do {
            try await database.write { db in
                try wer.verlange(.delegieren(organisation: haus.id), in: db)
                let wish = try form.checked(heute: urheber.am.tag, DelegationStore.moegliche(fuer: haus.id, in: db))
                try DelegationStore.gib(
                    wish.rolle, von: haus.id, an: wish.an, ab: wish.ab, bis: wish.bis, durch: urheber, in: db)
            }
            return .weiter(zu: haus.pfad + "/delegation?ok=gegeben")
        } catch let errors as FormErrors {
            return try site.render(
                try await page(haus, form, errors, nil), context, status: .unprocessableContent)
        }
    }

    @Sendable func end(_ request: Request, _ context: SiteContext) async throws -> Response {
        let haus = try await haus(context)
        let felder = try await Formular.read(request, context).felder
        guard let rolle = felder["rolle"].flatMap(Rolle.init(rawValue:)), let an = felder["an"] else {
            throw Refusal(.unprocessable, "Wählen Sie die Delegation, die Sie beenden wollen.")
        }
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        try await database.write { db in
            try wer.verlange(.delegieren(organisation: haus.id), in: db)
            try DelegationStore.beende(rolle, von: haus.id, an: an, durch: urheber, in: db)
        }
        return .weiter(zu: haus.pfad + "/delegation?ok=beendet")
    }

    private func page(
        _ haus: Delegation.Haus, _ form: DelegationForm, _ fehler: FormErrors, _ meldung: String?
    ) async throws -> DelegationSeite {
        let heute = now().tag
        return try await database.read { db in
            DelegationSeite(
                haus: haus, moegliche: try DelegationStore.moegliche(fuer: haus.id, in: db),
                gegeben: try DelegationStore.alle(haus.id, in: db).gegeben, form: form, fehler: fehler,
                meldung: meldung, heute: heute)
        }
    }

    /// The Organisation of the address, for somebody who may delegate for it.
    private func haus(_ context: SiteContext) async throws -> Delegation.Haus {
        let word = try context.parameter("organisation")
        guard let found = try await database.read({ db in try DelegationStore.haus(word, in: db) }) else {
            throw Refusal(.notFound, "„\(word.prefix(80))“ ist keine bekannte Organisation.")
        }
        try context.verlange(.delegieren(organisation: found.id))
        return found
    }
}
