import HTTPTypes
import Hummingbird
package import Kernel
import Post
package import Storage
package import Web

/// The people of an Organisation, and for the Administration all accounts: who holds which role, and inviting more.
package struct PersonenRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let post: Kontopost
    let behoerden: any Behoerdenauskunft
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, post: Kontopost, behoerden: any Behoerdenauskunft,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.anmeldung, self.post) = (database, site, anmeldung, post)
        (self.behoerden, self.now) = (behoerden, now)
    }

    package func add(to routes: inout Routes) {
        for path in ["/organisationen/{organisation}/personen", "/betrieb/personen"] {
            routes.get(path, .angemeldet, use: list)
            routes.post(path, use: invite)
            routes.get("\(path)/einladen", .angemeldet, use: form)
            routes.get("\(path)/{person}", .angemeldet, use: show)
            routes.post("\(path)/{person}/rollen", use: give)
            routes.post("\(path)/{person}/rollen/entzug", use: take)
            routes.post("\(path)/{person}/sperre", use: disable)
            routes.post("\(path)/{person}/einladung", use: resend)
        }
        routes.post("/betrieb/personen/{person}/passwort", use: reset)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bereich = try await bereich(context, \.lesen)
        let abfrage = try Abfrage(request)
        let seite = try Seite(abfrage)
        let filter = PersonFilter(
            suche: String((abfrage["q"] ?? "").prefix(200)), zustand: try abfrage.auswahl("zustand"))
        let darf = context.darf(bereich.verwalten)
        let hinweis = abfrage["ok"] == "liste" ? hinweisZurListe : nil
        let page = try await database.read { db in
            let all = try PersonStore.alle(bereich.organisation, filter, in: db)
            let blaettern = try Blaettern(
                seite, gesamt: all.count,
                adresse: Adresse(bereich.pfad, [("q", filter.suche), ("zustand", filter.zustand?.rawValue)]))
            var shown = Array(all.dropFirst(seite.versatz).prefix(seite.groesse))
            let aemter = Dictionary(
                grouping: try PersonStore.aemter(shown.map(\.id), an: bereich.organisation, in: db), by: \.person)
            for index in shown.indices { shown[index].aemter = aemter[shown[index].id] ?? [] }
            return PersonenSeite(
                ort: bereich, filter: filter, personen: shown, blaettern: blaettern, darfVerwalten: darf,
                hinweis: hinweis)
        }
        return try site.render(page, context)
    }

    private var hinweisZurListe: String {
        post.istAn
            ? "Die Rollen sind vergeben, die Einladungen sind unterwegs. Was nicht ankommt, steht gleich in dieser Liste."
            : "Die Rollen sind vergeben. Diese Installation verschickt keine E-Mails: öffnen Sie eine Person, um ihren Link zu bekommen."
    }

    @Sendable func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bereich = try await bereich(context, \.verwalten)
        return try formular(Vergabeform(), FormErrors(), bereich, context)
    }

    private func formular(
        _ form: Vergabeform, _ errors: FormErrors, _ bereich: Personenbereich, _ context: SiteContext
    ) throws -> Response {
        try site.render(
            EinladenSeite(
                ort: bereich, form: form, rollen: bereich.vergebbar(context.person), postAn: post.istAn,
                fehler: errors), context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    @Sendable func invite(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bereich = try await bereich(context, \.verwalten)
        let form = Vergabeform(try await Formular.read(request, context).felder)
        try post.verlangeAdresse()
        var errors = FormErrors()
        var email: Postadresse?
        do { email = try Postadresse(form.email) } catch { errors.add("email", error.message) }
        let name = form.name.getrimmt
        if let fault = Personenname.fehler(name) { errors.add("name", fault) }
        if !errors.isEmpty, Rolle(rawValue: form.rolle) == nil { errors.add("rolle", Vergabeform.rolleFehlt) }
        guard errors.isEmpty, let email else { return try formular(form, errors, bereich, context) }
        // Of a secret that is forgotten at once: nobody signs in before the invitation is taken.
        let kennwort = try await anmeldung.neuesKennwort(Geheimnis.neu(bytes: 24))
        let (am, behoerden, person) = (now(), behoerden, context.nachschau)
        let made: Personenverwaltung.Einladung
        let zustellung: Kontopost.Zustellung?
        do {
            (made, zustellung) = try await database.write { [self] db in
                let wer = try Handelnder.jetzt(person, am: am, in: db)
                try wer.verlange(bereich.verwalten)
                let vergabe = try form.vergabe(bereich, behoerden, in: db)
                let made = try Personenverwaltung.lade(
                    email, name: name.isEmpty ? nil : name, [vergabe], kennwort: kennwort, durch: wer, in: db)
                if made.link == nil, made.hatGeaendert, made.person.zustand == .aktiv {
                    try post.schreibe(
                        Kontobriefe.neueRollen, an: made.person.id, von: wer.urheber.person,
                        organisation: bereich.organisation, am: am, in: db)
                }
                return (made, try stelleZu(made, bereich, wer, selbst: false, in: db))
            }
        } catch let errors as FormErrors { return try formular(form, errors, bereich, context) }
        guard let zustellung else {
            return .weiter(zu: "\(bereich.pfad)/\(made.person.id.rawValue)?ok=vorhanden")
        }
        return try zugestellt(made, zustellung, bereich, context)
    }

    /// In the transaction that made a link; nil where there is none.
    private func stelleZu(
        _ made: Personenverwaltung.Einladung, _ bereich: Personenbereich, _ wer: Handelnder, selbst: Bool,
        in db: any SQLConnection
    ) throws -> Kontopost.Zustellung? {
        try made.link.map { link in
            try post.stelleZu(
                link, an: made.person, von: wer.urheber.person, bei: bereich.organisation, zeigbar: made.zeigbar,
                selbst: selbst, in: db)
        }
    }

    /// The page after inviting: that the letter is being sent, or the link to hand over.
    private func zugestellt(
        _ made: Personenverwaltung.Einladung, _ zustellung: Kontopost.Zustellung, _ bereich: Personenbereich,
        _ context: SiteContext
    ) throws -> Response {
        let zweck = made.link?.zweck ?? .einladung
        guard zustellung != .unterwegs else {
            return .weiter(zu: "\(bereich.pfad)/\(made.person.id.rawValue)?ok=\(zweck.rawValue)")
        }
        return try site.render(
            LinkSeite(ort: bereich, person: made.person, zweck: zweck, zustellung: zustellung), context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bereich = try await bereich(context, \.lesen)
        let saved = try Abfrage(request)["ok"]
        return try await seite(bereich, context, FormErrors(), hinweis: saved.flatMap { PersonSeite.hinweise[$0] })
    }

    private func seite(
        _ bereich: Personenbereich, _ context: SiteContext, _ errors: FormErrors, form: Vergabeform = Vergabeform(),
        hinweis: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let id = Person.ID(rawValue: try context.parameter("person"))
        let (person, am) = (context.nachschau, now())
        let page = try await database.read { db -> PersonSeite? in
            guard let found = try PersonenRoutes.finde(id, bereich, in: db) else { return nil }
            let wer = try Handelnder.jetzt(person, am: am, in: db)
            return PersonSeite(
                ort: bereich, person: found, wer: wer, rollen: bereich.vergebbar(wer.person), form: form,
                fehler: errors, hinweis: hinweis,
                token: bereich == .installation && wer.darf(.betrieb) ? try ZugangStore.alle(of: id, in: db) : [],
                am: am)
        }
        guard let page else { throw Personenverwaltung.unbekannt }
        return try site.render(page, context, status: status)
    }

    /// Only somebody who holds a role there; anything else would tell who has an account.
    private static func finde(_ id: Person.ID, _ bereich: Personenbereich, in db: any SQLConnection) throws
        -> Personeneintrag?
    {
        guard let found = try PersonStore.finde(id, in: db) else { return nil }
        guard let organisation = bereich.organisation else { return found }
        return found.aemter.contains { $0.organisation == organisation } ? found : nil
    }

    @Sendable func give(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bereich = try await bereich(context, \.verwalten)
        let form = Vergabeform(try await Formular.read(request, context).felder)
        let behoerden = behoerden
        return try await aendere(bereich, context, form, ok: "rolle") { person, wer, db in
            let vergabe = try form.vergabe(bereich, behoerden, in: db)
            try Personenverwaltung.gib(vergabe, an: person.id, durch: wer, in: db)
        }
    }

    @Sendable func take(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bereich = try await bereich(context, \.verwalten)
        let felder = try await Formular.read(request, context).felder
        let rolle: Rolle? = try felder.auswahl("rolle")
        guard let rolle else { throw Refusal(.badRequest, "Welche Rolle entzogen werden soll, fehlt.") }
        // At an Organisation only what is held there; the Administration names the place with the role.
        let ort = bereich.organisation ?? felder["ort"]
        return try await aendere(bereich, context, Vergabeform(), ok: "entzogen") { person, wer, db in
            try Personenverwaltung.nimm(rolle, organisation: ort, von: person.id, durch: wer, in: db)
        }
    }

    @Sendable func disable(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bereich = try await bereich(context, \.verwalten)
        let sperren = try await Formular.read(request, context).felder["gesperrt"] != "nein"
        return try await aendere(bereich, context, Vergabeform(), ok: sperren ? "gesperrt" : "frei") {
            person, wer, db in
            try Personenverwaltung.sperre(
                person.id, sperren, organisation: bereich.organisation, durch: wer, in: db)
        }
    }

    /// One change to one person, with the rights of the moment in which it is written.
    private func aendere(
        _ bereich: Personenbereich, _ context: SiteContext, _ form: Vergabeform, ok: String,
        _ work: @escaping @Sendable (Personeneintrag, Handelnder, any SQLConnection) throws -> Void
    ) async throws -> Response {
        let id = Person.ID(rawValue: try context.parameter("person"))
        let (person, am) = (context.nachschau, now())
        do {
            let stays = try await database.write { db -> Bool in
                guard let found = try PersonenRoutes.finde(id, bereich, in: db) else {
                    throw Personenverwaltung.unbekannt
                }
                let wer = try Handelnder.jetzt(person, am: am, in: db)
                try wer.verlange(bereich.verwalten)
                try work(found, wer, db)
                return try PersonenRoutes.finde(id, bereich, in: db) != nil
                    && Rechte.darf(try person.person(in: db), bereich.lesen)
            }
            return .weiter(zu: stays ? "\(bereich.pfad)/\(id.rawValue)?ok=\(ok)" : bereich.pfad)
        } catch let errors as FormErrors {
            return try await seite(bereich, context, errors, form: form, status: .unprocessableContent)
        } catch let refusal as Refusal where refusal.kind == .conflict {
            var errors = FormErrors()
            errors.add("", refusal.message)
            return try await seite(bereich, context, errors, status: .conflict)
        }
    }

    @Sendable func resend(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await link(request, context) { try Personenverwaltung.ladeNeu($0, durch: $1, in: $2) }
    }

    @Sendable func reset(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await link(request, context) { try Personenverwaltung.setzeZurueck($0, durch: $1, in: $2) }
    }

    private func link(
        _ request: Request, _ context: SiteContext,
        _ work: @escaping @Sendable (Person.ID, Handelnder, any SQLConnection) throws -> Personenverwaltung.Einladung
    ) async throws -> Response {
        let bereich = try await bereich(context, \.verwalten)
        let selbst = try await Formular.read(request, context).felder["weg"] == "selbst"
        try post.verlangeAdresse()
        let id = Person.ID(rawValue: try context.parameter("person"))
        let (person, am) = (context.nachschau, now())
        let (made, zustellung) = try await database.write { [self] db in
            guard try PersonenRoutes.finde(id, bereich, in: db) != nil else { throw Personenverwaltung.unbekannt }
            let wer = try Handelnder.jetzt(person, am: am, in: db)
            try wer.verlange(bereich.verwalten)
            let made = try work(id, wer, db)
            return (made, try stelleZu(made, bereich, wer, selbst: selbst, in: db))
        }
        guard let zustellung else { throw Personenverwaltung.unbekannt }
        return try zugestellt(made, zustellung, bereich, context)
    }

    /// Which accounts this request is about, after asking for the right.
    private func bereich(_ context: SiteContext, _ recht: KeyPath<Personenbereich, Recht>) async throws
        -> Personenbereich
    {
        let found: Personenbereich
        if context.parameters.get("organisation") != nil {
            let word = try context.parameter("organisation")
            let behoerden = behoerden
            found = .organisation(try await database.read { db in try behoerden.behoerde(word, in: db) })
        } else {
            found = .installation
        }
        try context.verlange(found[keyPath: recht])
        return found
    }
}
