import HTTPTypes
import Hummingbird
package import Kernel
import Logging
package import Storage
package import Web

/// The own account: name, password, devices.
package struct KontoRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let tls: Bool
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, tls: Bool, now: @escaping @Sendable () -> Instant
    ) {
        self.database = database
        self.site = site
        self.anmeldung = anmeldung
        self.tls = tls
        self.now = now
    }

    package func add(to routes: inout Routes) {
        routes.get("/konto", .angemeldet, use: show)
        routes.post("/konto", use: changeName)
        routes.post("/konto/passwort", use: changePassword)
        routes.post("/konto/sitzungen/ende", use: endOthers)
        routes.post("/konto/sitzungen/{sitzung}/ende", use: endOne)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let done: KontoSeite.Erledigt? = try Abfrage(request).auswahl("ok")
        return try await page(request, context, erledigt: done)
    }

    @Sendable func changeName(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await Formular.read(request, context).felder
        let person = try context.verlangePerson()
        var errors = FormErrors()
        let name = felder["name"]
        // The same rule as everywhere: letters that carry the name must be possible.
        let fault = name.flatMap {
            $0.count > 100 ? "Der Name darf höchstens 100 Zeichen haben." : Personenname.fehler($0)
        }
        if let fault {
            errors.add("name", fault)
            return try await page(request, context, name: felder.roh("name"), fehler: errors)
        }
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            try KontoStore.setzeName(name, of: person.id, durch: urheber, in: db)
        }
        return .weiter(zu: "/konto?ok=name")
    }

    @Sendable func changePassword(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await Formular.read(request, context).felder
        let person = try context.verlangePerson()
        let (current, new) = (felder.roh("aktuell"), felder.roh("neu"))
        var errors = FormErrors()
        if current.isEmpty { errors.add("aktuell", "Geben Sie Ihr jetziges Passwort ein.") }
        if let fault = anmeldung.regel.einwand(new, email: person.email) {
            errors.add("neu", fault)
        } else if new == current {
            errors.add("neu", "Das neue Passwort ist das jetzige. Nehmen Sie ein anderes.")
        }
        guard errors.isEmpty else { return try await page(request, context, fehler: errors) }
        let pruefung = Kennwortbestaetigung(database: database, anmeldung: anmeldung, now: now)
        let stored: Kennwort
        switch try await pruefung.pruefe(current, of: person.id) {
        case .stimmt(let kennwort): stored = kennwort
        case .stimmtNicht(let text):
            context.logger.notice("passwort nicht geändert", metadata: ["grund": "jetziges stimmt nicht"])
            errors.add("aktuell", text)
            return try await page(request, context, fehler: errors)
        }
        let next = try await anmeldung.neuesKennwort(new)
        let (token, urheber) = (SessionCookie.token(in: request, tls: tls), context.urheber(now()))
        let wer = context.nachschau
        let isChanged = try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            guard try KontoStore.gilt(stored, of: person.id, in: db) else { return false }
            try KontoStore.setzeKennwort(next, of: person.id, ausser: token, durch: urheber, in: db)
            return true
        }
        guard isChanged else {
            throw Refusal(.conflict, "Das Passwort wurde inzwischen an anderer Stelle geändert.")
        }
        return .weiter(zu: "/konto?ok=passwort")
    }

    @Sendable func endOthers(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await Formular.read(request, context)
        let person = try context.verlangePerson()
        let (token, wer) = (SessionCookie.token(in: request, tls: tls), context.nachschau)
        try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            try SitzungStore.beendeAlle(of: person.id, ausser: token, in: db)
        }
        return .weiter(zu: "/konto?ok=geraete")
    }

    @Sendable func endOne(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await Formular.read(request, context)
        let (person, id) = (try context.verlangePerson(), try context.parameter("sitzung"))
        let wer = context.nachschau
        let isEnded = try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            return try SitzungStore.beende(id: id, of: person.id, in: db)
        }
        guard isEnded else { throw Refusal(.notFound, "Diese Anmeldung ist schon beendet.") }
        return .weiter(zu: "/konto?ok=geraete")
    }

    private func page(
        _ request: Request, _ context: SiteContext, name: String? = nil, fehler: FormErrors = FormErrors(),
        erledigt: KontoSeite.Erledigt? = nil
    ) async throws -> Response {
        let (person, am) = (try context.verlangePerson(), now())
        let token = SessionCookie.token(in: request, tls: tls)
        let stand = try await database.read { db in try Kontostand(person, token: token, am: am, in: db) }
        let page = KontoSeite(
            person: person, stand: stand, sitzung: context.sitzung, name: name ?? person.name ?? "", fehler: fehler,
            erledigt: erledigt)
        return try site.render(page, context, status: fehler.isEmpty ? .ok : .unprocessableContent)
    }
}
