import Hummingbird
package import Kernel
import Post
package import Storage
package import Web

/// A signed-in person changes the own e-mail address: it counts when the new mailbox has confirmed it.
package struct EmailRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let post: Kontopost
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, post: Kontopost,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.anmeldung, self.post, self.now) = (database, site, anmeldung, post, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/konto/email", .angemeldet, use: form)
        routes.post("/konto/email", use: fordere)
    }

    @Sendable func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.render(EmailSeite(bisher: try context.verlangePerson().email, an: post.istAn), context)
    }

    /// The answer is the same for an address that somebody else has: it then gets no letter.
    @Sendable func fordere(_ request: Request, _ context: SiteContext) async throws -> Response {
        let person = try context.verlangePerson()
        let felder = try await Formular.read(request, context).felder
        func refuse(_ feld: String, _ text: String) throws -> Response {
            var errors = FormErrors()
            errors.add(feld, text)
            return try site.render(
                EmailSeite(bisher: person.email, an: true, neu: felder.roh("email"), fehler: errors), context,
                status: .unprocessableContent)
        }
        guard post.istAn else {
            return try site.render(EmailSeite(bisher: person.email, an: false), context)
        }
        let (klartext, am) = (felder.roh("passwort"), now())
        let neu: Postadresse
        do { neu = try Postadresse(felder.roh("email")) } catch { return try refuse("email", error.message) }
        let istMarkiert = try await database.read { db in
            try PersonStore.finde(person.id, in: db)?.markierung != nil
        }
        // An address from which mail came back is confirmed by a letter that arrives.
        if neu.text == person.email, !istMarkiert { return try refuse("email", "Das ist Ihre Adresse schon jetzt.") }
        let konto = try await database.write { db in
            try Linkbremse.zaehle("email", person.id.rawValue, hoechstens: 10, am: am, in: db)
                ? KontoStore.konto(email: person.email, in: db) : nil
        }
        guard let konto else {
            return try refuse("email", "Das war zu oft in kurzer Zeit. Versuchen Sie es in einer Stunde noch einmal.")
        }
        guard klartext.utf8.count <= 1_000, await anmeldung.passt(klartext, konto.kennwort) else {
            return try refuse("passwort", "Das Passwort stimmt nicht.")
        }
        let wer = context.nachschau
        try await database.write { [post] db in
            // A new password or an end of the session meanwhile was meant to keep this out.
            try wer.verlange(.angemeldet, in: db)
            guard try KontoStore.gilt(konto.kennwort, of: person.id, in: db) else {
                throw Refusal(.conflict, "Das Passwort wurde inzwischen an anderer Stelle geändert.")
            }
            guard try [nil, person.id].contains(PersonStore.finde(email: neu.text, in: db)?.id) else { return }
            let link = try EinmallinkStore.neu(.email, fuer: person.id, wert: neu.text, am: am, in: db)
            try post.schreibe(Kontobriefe.neueAdressen, an: person.id, link: link, am: am, in: db)
            guard neu.text != person.email else { return }
            // Nothing reaches an address of before that is none.
            guard let bisher = try? Postadresse(person.email) else { return }
            try post.schreibe(Kontobriefe.alteAdressen, an: person.id, adresse: bisher, am: am, in: db)
        }
        return try site.render(
            Meldung(
                "Bitte bestätigen Sie die Adresse",
                "An diese Adresse wird eine E-Mail verschickt. Öffnen Sie den Link darin; bis dahin bleibt alles, wie es ist.",
                weiter: Verweis("Weiter", "/")), context)
    }
}
