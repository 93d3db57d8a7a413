import HTTPTypes
import Hummingbird
package import Kernel
import Logging
package import Storage
package import Web

/// The second factor of the own account: set up, replace, new recovery codes, turn off.
package struct ZweitfaktorRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let tls: Bool
    let now: @Sendable () -> Instant

    private static let verlangt =
        "Eine Ihrer Rollen verlangt den zweiten Faktor. Sie können ihn auf ein anderes Gerät umziehen, aber nicht abschalten."

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
        routes.get("/konto/zweiter-faktor", .angemeldet, use: show)
        routes.post("/konto/zweiter-faktor", use: setUp)
        routes.post("/konto/zweiter-faktor/codes", use: renewCodes)
        routes.post("/konto/zweiter-faktor/aus", use: turnOff)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let (person, token) = try wer(request, context)
        let stand = try await stand(person, token)
        let ziel = abfrage["ziel"].map(AnmeldungRoutes.innen)
        if stand.hatFaktor, abfrage["neu"] == nil {
            return try site.render(VerwaltenSeite(stand: stand), context)
        }
        return try site.render(
            EinrichtenSeite(.vorschlag(token: token, person: person.id), person, stand, ziel: ziel), context)
    }

    /// Confirms the secret with a code of it; who has a factor already or signed in long ago proves the password as well.
    @Sendable func setUp(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await Formular.read(request, context).felder
        let (person, token) = try wer(request, context)
        let stand = try await stand(person, token)
        let (totp, am) = (TOTP.vorschlag(token: token, person: person.id), now())
        let ziel = felder["ziel"].map(AnmeldungRoutes.innen)
        var errors = FormErrors()
        let code = felder.roh("code").filter { !$0.isWhitespace }
        let step = code.utf8.count <= 20 ? totp.schritt(code, am: am, nach: nil) : nil
        if step == nil {
            errors.add(
                "code",
                "Der Code stimmt nicht. Prüfen Sie, ob die Uhr Ihres Geräts richtig geht, und geben Sie den nächsten ein."
            )
        } else if stand.nachweis == .neueAnmeldung {
            errors.add(
                "code", "Ihre Anmeldung ist zu lange her. Melden Sie sich ab und neu an, dann richten Sie ihn ein.")
        } else if stand.nachweis == .passwort,
            case .stimmtNicht(let text) = try await bestaetigung.pruefe(
                felder.roh("passwort"), of: person.id)
        {
            errors.add("passwort", text)
        }
        guard errors.isEmpty, let step else {
            return try site.render(
                EinrichtenSeite(totp, person, stand, ziel: ziel, fehler: errors), context,
                status: .unprocessableContent)
        }
        let (codes, next, urheber) = (Wiederherstellungscode.neue(), Geheimnis.neu(bytes: 32), context.urheber(am))
        let wer = context.nachschau
        let isDone = try await database.write { db in
            // Whoever was signed out meanwhile must not tie the account to a device of theirs.
            try wer.verlange(.angemeldet, in: db)
            // The same form sent twice must not make the codes of the first answer worthless.
            guard try ZweitfaktorStore.istEingerichtet(person.id, in: db) == stand.hatFaktor else { return false }
            try ZweitfaktorStore.richteEin(
                totp, schritt: step, codes: codes, durch: urheber, of: person.id, in: db)
            try SitzungStore.erhoehe(token, zu: next, in: db)
            try SitzungStore.beendeAlle(of: person.id, ausser: next, in: db)
            return true
        }
        guard isDone else { return .weiter(zu: "/konto/zweiter-faktor") }
        var response = try site.render(CodesSeite(codes: codes, ziel: ziel, istNeu: true), context)
        response.headers.append(
            HTTPField(
                name: .setCookie, value: SessionCookie.set(next, seconds: KontoStore.sitzungsdauer, tls: tls)))
        return response
    }

    @Sendable func renewCodes(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await Formular.read(request, context).felder
        let (person, token) = try wer(request, context)
        let stand = try await stand(person, token)
        guard stand.hatFaktor else { throw Refusal(.conflict, "Sie haben keinen zweiten Faktor eingerichtet.") }
        if let refused = try await passwort(felder, person, stand, context) { return refused }
        let (codes, urheber) = (Wiederherstellungscode.neue(), context.urheber(now()))
        let wer = context.nachschau
        try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            try ZweitfaktorStore.erneuere(codes, durch: urheber, of: person.id, in: db)
        }
        return try site.render(CodesSeite(codes: codes, ziel: nil, istNeu: false), context)
    }

    @Sendable func turnOff(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await Formular.read(request, context).felder
        let (person, token) = try wer(request, context)
        let stand = try await stand(person, token)
        guard stand.hatFaktor else { throw Refusal(.conflict, "Sie haben keinen zweiten Faktor eingerichtet.") }
        guard !stand.verlangtFaktor else { throw Refusal(.conflict, ZweitfaktorRoutes.verlangt) }
        if let refused = try await passwort(felder, person, stand, context) { return refused }
        let (am, urheber, wer) = (now(), context.urheber(now()), context.nachschau)
        try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            // A role may have been given meanwhile.
            let held = try AmtStore.geltende(person.id, am: am, in: db)
            guard !held.contains(where: \.rolle.verlangtZweitenFaktor) else {
                throw Refusal(.conflict, ZweitfaktorRoutes.verlangt)
            }
            try ZweitfaktorStore.entferne(of: person.id, durch: urheber, in: db)
        }
        return .weiter(zu: "/konto?ok=faktor")
    }

    private var bestaetigung: Kennwortbestaetigung {
        Kennwortbestaetigung(database: database, anmeldung: anmeldung, now: now)
    }

    /// The page with what is wrong; nil when the password is right.
    private func passwort(
        _ felder: Abfrage, _ person: Person, _ stand: Faktorstand, _ context: SiteContext
    ) async throws -> Response? {
        guard case .stimmtNicht(let text) = try await bestaetigung.pruefe(felder.roh("passwort"), of: person.id)
        else { return nil }
        context.logger.notice("zweiter faktor nicht geändert", metadata: ["grund": "passwort"])
        var errors = FormErrors()
        errors.add("passwort", text)
        return try site.render(VerwaltenSeite(stand: stand, fehler: errors), context, status: .unprocessableContent)
    }

    private func wer(_ request: Request, _ context: SiteContext) throws -> (Person, token: String) {
        let person = try context.verlangePerson()
        guard let token = SessionCookie.token(in: request, tls: tls) else {
            throw Refusal(.signInNeeded, "Bitte melden Sie sich an, um fortzufahren.")
        }
        return (person, token)
    }

    private func stand(_ person: Person, _ token: String) async throws -> Faktorstand {
        let am = now()
        return try await database.read { db in try Faktorstand(person.id, token: token, am: am, in: db) }
    }
}
