import Hummingbird
package import Kernel
import Logging
package import Storage
package import Web

/// The Zugangstoken of the own account: made, seen once, listed, revoked.
package struct ZugangRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.anmeldung, self.now) = (database, site, anmeldung, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/konto/zugaenge", .angemeldet, use: show)
        routes.post("/konto/zugaenge", use: create)
        routes.post("/konto/zugaenge/{zugang}/widerruf", use: revoke)
        routes.post("/betrieb/personen/{person}/zugaenge/{zugang}/widerruf", use: revokeForeign)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let done = try Abfrage(request)["ok"] == "widerrufen"
        return try await page(context, ZugangForm(), FormErrors(), widerrufen: done)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await Formular.read(request, context).felder
        let (person, form) = (try context.verlangePerson(), ZugangForm(felder))
        var errors = FormErrors()
        let wish = form.checked(person, hoechstens: try await hoechsttage(person), &errors)
        let kennwort = try await bestaetigt(felder, person, &errors)
        guard errors.isEmpty, let wish else {
            context.logger.notice("zugangstoken nicht gemacht", metadata: ["grund": "angaben"])
            return try await page(context, form, errors)
        }
        let (text, urheber, wer) = (Tokentext.neu(), context.urheber(now()), context.nachschau)
        try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            if let kennwort, try !KontoStore.gilt(kennwort, of: person.id, in: db) {
                throw Refusal(.conflict, "Das Passwort wurde inzwischen an anderer Stelle geändert.")
            }
            guard try wish.tage <= ZugangStore.hoechsttage(person.id, in: db) else {
                throw Refusal(
                    .conflict, "So lange gilt ein Zugangstoken dieses Kontos nicht mehr. Laden Sie die Seite neu.")
            }
            let organisations = try wer.person(in: db).map(ZugangForm.organisationen) ?? []
            guard wish.organisation.map(organisations.contains) ?? true else {
                throw Refusal(.notAllowed, "Bei dieser Organisation haben Sie keine Rolle mehr.")
            }
            guard try ZugangStore.anzahl(gueltige: urheber.am, of: person.id, in: db) < ZugangStore.hoechstens else {
                throw Refusal(
                    .conflict,
                    "Mehr als \(ZugangStore.hoechstens) Zugangstoken zugleich sind nicht vorgesehen. Widerrufen Sie zuerst eines."
                )
            }
            try ZugangStore.insert(
                text, name: wish.name, umfang: wish.umfang, organisation: wish.organisation, tage: wish.tage,
                zweiterFaktor: wer.hatZweitenFaktor(in: db), fuer: person.id, durch: urheber, in: db)
        }
        return try site.render(
            NeuesTokenSeite(
                text: text, name: wish.name, bis: urheber.am.plus(sekunden: wish.tage * 86_400),
                adresse: site.grundadresse.text(context)), context)
    }

    private func hoechsttage(_ person: Person) async throws -> Int {
        try await database.read { db in try ZugangStore.hoechsttage(person.id, in: db) }
    }

    /// Asks for the password once more; who signs in elsewhere types the own address instead.
    private func bestaetigt(
        _ felder: Abfrage, _ person: Person, _ errors: inout FormErrors
    ) async throws -> Kennwort? {
        guard try await database.read({ db in try KontoStore.hatKennwort(person.id, in: db) }) else {
            if felder.roh("email").getrimmt.lowercased() != person.email {
                errors.add("email", "Das ist nicht die Adresse dieses Kontos. Tippen Sie \(person.email) ab.")
            }
            return nil
        }
        let asked = Kennwortbestaetigung(database: database, anmeldung: anmeldung, now: now)
        switch try await asked.pruefe(felder.roh("passwort"), of: person.id) {
        case .stimmt(let kennwort): return kennwort
        case .stimmtNicht(let satz):
            errors.add("passwort", satz)
            return nil
        }
    }

    @Sendable func revoke(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await Formular.read(request, context)
        let (person, id) = (try context.verlangePerson(), try context.parameter("zugang"))
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let isEnded = try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            return try ZugangStore.widerrufe(id, of: person.id, durch: urheber, in: db)
        }
        guard isEnded else { throw Self.unbekannt }
        return .weiter(zu: "/konto/zugaenge?ok=widerrufen")
    }

    /// By the Administration, on the page of that person.
    @Sendable func revokeForeign(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        _ = try await Formular.read(request, context)
        let (person, id) = (Person.ID(rawValue: try context.parameter("person")), try context.parameter("zugang"))
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let isEnded = try await database.write { db in
            try wer.verlange(.betrieb, in: db)
            return try ZugangStore.widerrufe(id, of: person, durch: urheber, in: db)
        }
        guard isEnded else { throw Self.unbekannt }
        return .weiter(zu: "/betrieb/personen/\(person.rawValue)?ok=zugang")
    }

    private static let unbekannt = Refusal(
        .notFound, "Dieses Zugangstoken gibt es nicht, oder es gilt schon nicht mehr.")

    private func page(
        _ context: SiteContext, _ form: ZugangForm, _ errors: FormErrors, widerrufen: Bool = false
    ) async throws -> Response {
        let (person, am) = (try context.verlangePerson(), now())
        let page = try await database.read { db in
            let limit = try ZugangStore.hoechsttage(person.id, in: db)
            var form = form
            if errors.isEmpty, let days = Int(form.tage), days > limit { form.tage = "\(limit)" }
            return ZugaengeSeite(
                token: try ZugangStore.alle(of: person.id, in: db), am: am,
                organisationen: try ZugangForm.namen(person, in: db), form: form,
                hatKennwort: try KontoStore.hatKennwort(person.id, in: db), hoechsttage: limit,
                fehler: errors, widerrufen: widerrufen)
        }
        return try site.render(page, context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}
