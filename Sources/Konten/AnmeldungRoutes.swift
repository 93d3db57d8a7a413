import HTTPTypes
import Hummingbird
package import Kernel
import Logging
package import Storage
package import Web

/// Sign-in and sign-out.
package struct AnmeldungRoutes: RoomRoutes {
    let site: Site
    let database: any Database
    let vorgang: Anmeldevorgang
    let herkunft: Herkunft
    let kekse: Anmeldekekse
    /// What the button to the identity provider is called; nil where there is none.
    let extern: String?

    private static let stimmtNicht = "E-Mail-Adresse oder Passwort stimmt nicht. Prüfen Sie beide Angaben."
    private static let codeStimmtNicht =
        "Der Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten und geben Sie ihn ein."

    /// `tls`: the site is reached through TLS, so cookies may demand it.
    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, tls: Bool, herkunft: Herkunft = Herkunft(),
        extern: String? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.site = site
        self.database = database
        self.herkunft = herkunft
        vorgang = Anmeldevorgang(database: database, anmeldung: anmeldung, now: now)
        kekse = Anmeldekekse(tls: tls)
        self.extern = extern
    }

    package func add(to routes: inout Routes) {
        routes.get("/anmelden", use: form)
        routes.post("/anmelden", .oeffentlich, use: signIn)
        routes.post("/abmelden", use: signOut)
    }

    @Sendable func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let ziel = AnmeldungRoutes.innen(abfrage["ziel"])
        if context.person != nil { return .weiter(zu: ziel) }
        guard let half = kekse.halb(request) else { return try page(.init(ziel: ziel), request, context) }
        let am = vorgang.now()
        // "neu" is the way back from the code to another account.
        let isOpen = try await database.read { db in try SitzungStore.halb(half, am: am, in: db) != nil }
        return isOpen && abfrage["neu"] == nil
            ? try seite(CodeSeite(ziel: ziel), request, context)
            : try page(.init(ziel: ziel), request, context)
    }

    @Sendable func signIn(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let secret = kekse.vor(request) else {
            throw Refusal(
                .notAllowed,
                "Die Anmeldung braucht Cookies. Erlauben Sie Cookies für diese Seite und laden Sie sie neu.")
        }
        let felder = try await Formular.read(request, secret: secret).felder
        let browser = kekse.browser(request, context, herkunft)
        let ziel = AnmeldungRoutes.innen(felder["ziel"])
        let isCode = felder["code"] != nil || felder.werte.contains { $0.name == "code" }
        if isCode, felder["email"] == nil, felder.roh("passwort").isEmpty {
            return try await code(felder, kekse.halb(request), browser, ziel, request, context)
        }
        return try await passwort(felder, browser, ziel, request, context)
    }

    private func passwort(
        _ felder: Abfrage, _ browser: Anmeldevorgang.Browser, _ ziel: String, _ request: Request,
        _ context: SiteContext
    ) async throws -> Response {
        let email = felder.roh("email").getrimmt.lowercased()
        let klartext = felder.roh("passwort")
        var errors = FormErrors()
        if email.isEmpty { errors.add("email", "Geben Sie Ihre E-Mail-Adresse ein.") }
        if klartext.isEmpty { errors.add("passwort", "Geben Sie Ihr Passwort ein.") }
        // No account has such long ones; deriving from them would only cost time.
        if klartext.utf8.count > 1_000 || email.utf8.count > 320 { errors.add("email", AnmeldungRoutes.stimmtNicht) }
        guard errors.isEmpty else {
            return try page(
                AnmeldenSeite(email: felder.roh("email"), ziel: ziel, fehler: errors), request, context,
                status: .unprocessableContent)
        }
        switch try await vorgang.passwort(email: email, klartext: klartext, browser) {
        case .stimmtNicht, .abgelaufen:
            context.logger.notice("anmeldung abgelehnt", metadata: ["grund": "passwort"])
            errors.add("email", AnmeldungRoutes.stimmtNicht)
            return try page(
                AnmeldenSeite(email: felder.roh("email"), ziel: ziel, fehler: errors), request, context,
                status: .unprocessableContent)
        case .gebremst(let wait):
            context.logger.notice("anmeldung abgelehnt", metadata: ["grund": "bremse"])
            errors.add("email", wait.satz)
            return try page(
                AnmeldenSeite(email: felder.roh("email"), ziel: ziel, fehler: errors), request, context,
                status: .tooManyRequests, pause: wait.sekunden)
        case .code(let half):
            // Who sends all three at once, as a program may, is spared the second form.
            if felder["code"] != nil { return try await code(felder, half, browser, ziel, request, context) }
            return kekse.zumCode(half, ziel: ziel)
        case .angemeldet(let beginn): return kekse.angemeldet(beginn, ziel: ziel)
        }
    }

    private func code(
        _ felder: Abfrage, _ half: String?, _ browser: Anmeldevorgang.Browser, _ ziel: String, _ request: Request,
        _ context: SiteContext
    ) async throws -> Response {
        var errors = FormErrors()
        let typed = felder["code"] ?? ""
        guard let half else { return try abgelaufen(ziel, request, context) }
        guard !typed.isEmpty, typed.utf8.count <= 100 else {
            errors.add("code", "Geben Sie den Code aus Ihrer App oder einen Wiederherstellungscode ein.")
            return try codePage(errors, half, ziel, request, context, status: .unprocessableContent)
        }
        switch try await vorgang.code(typed, halb: half, browser) {
        case .abgelaufen, .code: return try abgelaufen(ziel, request, context)
        case .stimmtNicht:
            context.logger.notice("anmeldung abgelehnt", metadata: ["grund": "code"])
            errors.add("code", AnmeldungRoutes.codeStimmtNicht)
            return try codePage(errors, half, ziel, request, context, status: .unprocessableContent)
        case .gebremst(let wait):
            context.logger.notice("anmeldung abgelehnt", metadata: ["grund": "bremse"])
            errors.add("code", wait.satz)
            return try codePage(
                errors, half, ziel, request, context, status: .tooManyRequests, pause: wait.sekunden)
        case .angemeldet(let beginn): return kekse.angemeldet(beginn, ziel: ziel)
        }
    }

    private func abgelaufen(_ ziel: String, _ request: Request, _ context: SiteContext) throws -> Response {
        var errors = FormErrors()
        errors.add(
            "email", "Die Anmeldung hat zu lange gedauert. Geben Sie E-Mail-Adresse und Passwort noch einmal ein.")
        return try page(
            AnmeldenSeite(email: "", ziel: ziel, fehler: errors), request, context, status: .unprocessableContent)
    }

    private func codePage(
        _ errors: FormErrors, _ half: String, _ ziel: String, _ request: Request, _ context: SiteContext,
        status: HTTPResponse.Status, pause: Int? = nil
    ) throws -> Response {
        var response = try seite(
            CodeSeite(ziel: ziel, fehler: errors), request, context, status: status, pause: pause)
        kekse.setzeHalb(half, in: &response)
        return response
    }

    @Sendable func signOut(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await Formular.read(request, context)
        if let token = SessionCookie.token(in: request, tls: kekse.tls) {
            try await database.write { db in try KontoStore.beende(token: token, in: db) }
        }
        var response = Response.weiter(zu: "/")
        response.headers.append(HTTPField(name: .setCookie, value: SessionCookie.set("", seconds: 0, tls: kekse.tls)))
        return response
    }

    /// The first form, with the button to the identity provider where there is one.
    private func page(
        _ page: AnmeldenSeite, _ request: Request, _ context: SiteContext, status: HTTPResponse.Status = .ok,
        pause: Int? = nil
    ) throws -> Response {
        var page = page
        page.extern = extern
        return try seite(page, request, context, status: status, pause: pause)
    }

    /// A form with a secret that ties it to this browser before there is a session.
    private func seite(
        _ page: some Page, _ request: Request, _ context: SiteContext, status: HTTPResponse.Status = .ok,
        pause: Int? = nil
    ) throws -> Response {
        let secret = kekse.vor(request) ?? Geheimnis.neu(bytes: 24)
        var response = try site.render(page, context, status: status, csrf: secret)
        if let pause { response.headers[.retryAfter] = "\(pause)" }
        kekse.setzeVor(secret, in: &response)
        return response
    }

    /// Only an address of this site: one slash at the start, never a second or a backslash.
    package static func innen(_ ziel: String?) -> String {
        guard let ziel, ziel.hasPrefix("/"), !ziel.hasPrefix("//"), !ziel.contains("\\"),
            ziel.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !ziel.hasPrefix("/anmelden"), ziel.utf8.count <= 1_000
        else { return "/" }
        return ziel
    }
}
