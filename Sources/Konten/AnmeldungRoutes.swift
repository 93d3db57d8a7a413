import HTTPTypes
import Hummingbird
package import Kernel
package import Storage
package import Web

/// Sign-in and sign-out.
package struct AnmeldungRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    /// The site is reached through TLS, so cookies may demand it.
    let tls: Bool
    let now: @Sendable () -> Instant
    /// What the button to the identity provider is called; nil where there is none.
    let extern: String?

    private static let vorCookie = "leitstand_vor"
    private static let stimmtNicht = "E-Mail-Adresse oder Passwort stimmt nicht. Prüfen Sie beide Angaben."

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, tls: Bool, extern: String? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.database = database
        self.site = site
        self.anmeldung = anmeldung
        self.extern = extern
        self.tls = tls
        self.now = now
    }

    package func add(to routes: inout Routes) {
        routes.get("/anmelden", use: form)
        routes.post("/anmelden", .oeffentlich, use: signIn)
        routes.post("/abmelden", use: signOut)
    }

    @Sendable func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        let ziel = AnmeldungRoutes.innen(try Abfrage(request)["ziel"])
        if context.person != nil { return .weiter(zu: ziel) }
        return try page(AnmeldenSeite(email: "", ziel: ziel, fehler: FormErrors()), request, context)
    }

    @Sendable func signIn(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let secret = request.cookies[AnmeldungRoutes.vorCookie]?.value, secret.utf8.count >= 20 else {
            throw Refusal(
                .notAllowed,
                "Die Anmeldung braucht Cookies. Erlauben Sie Cookies für diese Seite und laden Sie sie neu.")
        }
        let felder = try await Formular.read(request, secret: secret).felder
        let email = felder.roh("email").getrimmt.lowercased()
        let klartext = felder.roh("passwort")
        let ziel = AnmeldungRoutes.innen(felder["ziel"])
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
        let konto = try await database.read { db in try KontoStore.konto(email: email, in: db) }
        guard await anmeldung.passt(klartext, konto?.kennwort), let konto else {
            errors.add("email", AnmeldungRoutes.stimmtNicht)
            return try page(
                AnmeldenSeite(email: felder.roh("email"), ziel: ziel, fehler: errors), request, context,
                status: .unprocessableContent)
        }
        let (token, csrf, am) = (Geheimnis.neu(bytes: 32), Geheimnis.neu(bytes: 32), now())
        try await database.write { db in
            try KontoStore.beginne(person: konto.id, token: token, csrf: csrf, am: am, in: db)
        }
        var response = Response.weiter(zu: ziel)
        response.headers.append(
            HTTPField(name: .setCookie, value: SessionCookie.set(token, seconds: KontoStore.sitzungsdauer, tls: tls)))
        response.headers.append(HTTPField(name: .setCookie, value: vor("", seconds: 0)))
        return response
    }

    @Sendable func signOut(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await Formular.read(request, context)
        if let token = SessionCookie.token(in: request, tls: tls) {
            try await database.write { db in try KontoStore.beende(token: token, in: db) }
        }
        var response = Response.weiter(zu: "/")
        response.headers.append(HTTPField(name: .setCookie, value: SessionCookie.set("", seconds: 0, tls: tls)))
        return response
    }

    /// The form, with a secret that ties it to this browser before there is a session.
    private func page(
        _ page: AnmeldenSeite, _ request: Request, _ context: SiteContext, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let known = request.cookies[AnmeldungRoutes.vorCookie]?.value
        let secret = known.flatMap { (20...100).contains($0.utf8.count) ? $0 : nil } ?? Geheimnis.neu(bytes: 24)
        var page = page
        page.extern = extern
        var response = try site.render(page, context, status: status, csrf: secret)
        response.headers.append(HTTPField(name: .setCookie, value: vor(secret, seconds: 3_600)))
        return response
    }

    private func vor(_ secret: String, seconds: Int) -> String {
        "\(AnmeldungRoutes.vorCookie)=\(secret); Path=/anmelden; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(tls ? "; Secure" : "")"
    }

    /// Only an address of this site: one slash at the start, never a second or a backslash.
    static func innen(_ ziel: String?) -> String {
        guard let ziel, ziel.hasPrefix("/"), !ziel.hasPrefix("//"), !ziel.contains("\\"),
            ziel.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !ziel.hasPrefix("/anmelden")
        else { return "/umsetzung" }
        return ziel
    }
}

struct AnmeldenSeite: Page {
    static let template = "konten/anmelden"
    let email: String
    let ziel: String
    let fehler: FormErrors
    var extern: String?

    var titel: String { fehler.isEmpty ? "Anmelden" : "Fehler: Anmelden" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Anmelden")] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "ziel": ziel
        case "extern": extern.map { Verweis($0, Adresse(Anbieterangaben.pfad, [("ziel", ziel)]).text) }
        case "email":
            Feld(
                "email", "E-Mail-Adresse", wert: email, fehler: fehler["email"], pflicht: true, eingabeart: "email",
                autocomplete: "username")
        case "passwort":
            Feld(
                "passwort", "Passwort", fehler: fehler["passwort"], typ: "password", pflicht: true,
                autocomplete: "current-password")
        default: nil
        }
    }
}
