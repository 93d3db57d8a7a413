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
        if neu.text == person.email { return try refuse("email", "Das ist Ihre Adresse schon jetzt.") }
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
        let link = try await database.write { db -> NeuerLink? in
            // A new password or an end of the session meanwhile was meant to keep this out.
            try wer.verlange(.angemeldet, in: db)
            guard try KontoStore.gilt(konto.kennwort, of: person.id, in: db) else {
                throw Refusal(.conflict, "Das Passwort wurde inzwischen an anderer Stelle geändert.")
            }
            guard try PersonStore.finde(email: neu.text, in: db) == nil else { return nil }
            return try EinmallinkStore.neu(.email, fuer: person.id, wert: neu.text, am: am, in: db)
        }
        if let link {
            post.sendeNebenbei(
                Kontobriefe.neueAdresse(try post.adresse(of: link)), an: neu, name: person.name,
                kennung: post.kennung(link), link: link)
            // The address was checked when the account was made, or the operator made it and knows.
            if let alt = try? Postadresse(person.email) {
                post.sendeNebenbei(
                    Kontobriefe.alteAdresse(), an: alt, name: person.name,
                    kennung: Kontopost.kennung("alt-\(link.hash)"))
            }
        }
        return try site.render(
            Meldung(
                "Bitte bestätigen Sie die neue Adresse",
                "An die neue Adresse ist eine E-Mail unterwegs. Öffnen Sie den Link darin; bis dahin bleibt es bei der bisherigen Adresse.",
                weiter: Verweis("Weiter", "/")), context)
    }
}
