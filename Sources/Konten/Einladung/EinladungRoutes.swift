import HTTPTypes
import Hummingbird
package import Kernel
import Logging
import Post
package import Storage
package import Web

/// What people do with a link from a letter, and how they ask for one.
///
/// Fetching a link changes nothing: programs that look through mail fetch every address they find.
package struct EinladungRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let post: Kontopost
    let vorsitzung: Vorsitzung
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, post: Kontopost, tls: Bool,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.anmeldung, self.post, self.now) = (database, site, anmeldung, post, now)
        vorsitzung = Vorsitzung(site: site, tls: tls)
    }

    package func add(to routes: inout Routes) {
        routes.get("/anmelden/vergessen", use: vergessenForm)
        routes.post("/anmelden/vergessen", .oeffentlich, use: vergessen)
        routes.get("/anmelden/gesetzt", use: gesetzt)
        for zweck in [Einmallink.Zweck.einladung, .passwort] {
            routes.get("/anmelden/\(zweck.rawValue)/{link}") { request, context in
                try await mitLink(zweck, context) { try await kennwortForm(request, context, zweck) }
            }
            routes.post("/anmelden/\(zweck.rawValue)/{link}", .oeffentlich) { request, context in
                try await mitLink(zweck, context) { try await setzeKennwort(request, context, zweck) }
            }
        }
        routes.get("/anmelden/email/{link}") { request, context in
            try await mitLink(.email, context) { try await emailForm(request, context) }
        }
        routes.post("/anmelden/email/{link}", .oeffentlich) { request, context in
            try await mitLink(.email, context) { try await bestaetige(request, context) }
        }
    }

    /// A link that is refused leaves a line in the log, without the link and without a person.
    private func mitLink(
        _ zweck: Einmallink.Zweck, _ context: SiteContext, _ work: () async throws -> Response
    ) async throws -> Response {
        do { return try await work() } catch let refusal as Refusal where refusal.kind == .notFound {
            context.logger.notice("link abgelehnt", metadata: ["zweck": "\(zweck.rawValue)"])
            throw refusal
        }
    }

    @Sendable func vergessenForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        try vorsitzung.render(VergessenSeite(an: post.istAn), request, context)
    }

    /// Neither the words nor the time of the answer tell whether there is an account.
    @Sendable func vergessen(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await vorsitzung.read(request, context)
        guard post.istAn else { return try vorsitzung.render(VergessenSeite(an: false), request, context) }
        let typed = felder.roh("email")
        do {
            let (email, am) = (try Postadresse(typed), now())
            try await database.write { db in try Linkbitte.stelle(email, am: am, in: db) }
            return try vorsitzung.render(VergessenSeite(an: true, angefordert: true), request, context)
        } catch let refusal as Refusal {
            var errors = FormErrors()
            errors.add("email", refusal.message)
            return try vorsitzung.render(
                VergessenSeite(an: true, email: typed, fehler: errors), request, context,
                status: .unprocessableContent)
        }
    }

    private func kennwortForm(_ request: Request, _ context: SiteContext, _ zweck: Einmallink.Zweck) async throws
        -> Response
    {
        let token = try context.parameter("link")
        let am = now()
        guard let link = try await database.read({ db in try EinmallinkStore.finde(token, zweck, am: am, in: db) })
        else { throw Einmallink.giltNicht }
        return try vorsitzung.render(
            KennwortSeite(link: link, token: token, name: link.name ?? "", fehler: FormErrors()), request, context)
    }

    private func setzeKennwort(_ request: Request, _ context: SiteContext, _ zweck: Einmallink.Zweck) async throws
        -> Response
    {
        let token = try context.parameter("link")
        let felder = try await vorsitzung.read(request, context)
        let am = now()
        // Nothing is derived from the password of somebody who has no link.
        guard let link = try await database.read({ db in try EinmallinkStore.finde(token, zweck, am: am, in: db) })
        else { throw Einmallink.giltNicht }
        let (klartext, name) = (felder.roh("passwort"), felder.roh("name").getrimmt)
        var errors = FormErrors()
        if zweck == .einladung {
            if name.isEmpty { errors.add("name", "Geben Sie an, wie Sie heißen.") }
            if let fault = Personenname.fehler(name) { errors.add("name", fault) }
        }
        if let fault = anmeldung.regel.einwand(klartext, email: link.email) { errors.add("passwort", fault) }
        guard errors.isEmpty else {
            return try vorsitzung.render(
                KennwortSeite(link: link, token: token, name: felder.roh("name"), fehler: errors), request, context,
                status: .unprocessableContent)
        }
        let kennwort = try await anmeldung.neuesKennwort(klartext)
        try await database.write { db in
            let link = try EinmallinkStore.verbrauche(token, zweck, am: am, in: db)
            let urheber = Urheber(person: link.person, am: am)
            try KontoStore.setzeKennwort(kennwort, of: link.person, durch: urheber, in: db)
            // Whoever set a password holds the mailbox: the account is taken.
            try PersonStore.nimmAn(link.person, name: zweck == .einladung ? name : nil, in: db)
        }
        return .weiter(zu: "/anmelden/gesetzt")
    }

    @Sendable func gesetzt(_ request: Request, _ context: SiteContext) async throws -> Response {
        try vorsitzung.render(
            Meldung(
                "Ihr Passwort ist gesetzt", "Melden Sie sich jetzt mit Ihrer E-Mail-Adresse und dem neuen Passwort an.",
                weiter: Verweis("Anmelden", "/anmelden")), request, context)
    }

    private func emailForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let token = try context.parameter("link")
        let am = now()
        guard let link = try await database.read({ db in try EinmallinkStore.finde(token, .email, am: am, in: db) }),
            let neu = link.wert
        else { throw Einmallink.giltNicht }
        return try vorsitzung.render(EmailBestaetigung(token: token, neu: neu), request, context)
    }

    private func bestaetige(_ request: Request, _ context: SiteContext) async throws -> Response {
        let token = try context.parameter("link")
        _ = try await vorsitzung.read(request, context)
        let am = now()
        try await database.write { db in
            let link = try EinmallinkStore.verbrauche(token, .email, am: am, in: db)
            guard let neu = link.wert else { throw Einmallink.giltNicht }
            try PersonStore.aendere(
                email: neu, of: link.person, durch: Urheber(person: link.person, am: am), in: db)
        }
        return try vorsitzung.render(
            Meldung(
                "Ihre neue E-Mail-Adresse gilt", "Melden Sie sich künftig mit der neuen Adresse an.",
                weiter: Verweis("Weiter", "/")), request, context)
    }
}
