import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Logging
package import Storage
package import Web

/// Sign-in through the identity provider: there and back.
package struct FremdanmeldungRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    /// Nil where none is configured.
    let anbieter: Identitaetsanbieter?
    let tls: Bool
    let herkunft: Herkunft
    let vorgang: Anmeldevorgang
    let kekse: Anmeldekekse
    /// Finds an Organisation by what a rule calls it; the room of places supplies it.
    let organisation: @Sendable (String, any SQLConnection) throws -> String?
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anbieter: Identitaetsanbieter?, anmeldung: Anmeldung, tls: Bool,
        herkunft: Herkunft = Herkunft(),
        organisation: @escaping @Sendable (String, any SQLConnection) throws -> String?,
        now: @escaping @Sendable () -> Instant
    ) {
        self.database = database
        self.site = site
        self.anbieter = anbieter
        self.tls = tls
        self.herkunft = herkunft
        vorgang = Anmeldevorgang(database: database, anmeldung: anmeldung, now: now)
        kekse = Anmeldekekse(tls: tls)
        self.organisation = organisation
        self.now = now
    }

    package func add(to routes: inout Routes) {
        routes.get(Anbieterangaben.pfad, use: hin)
        routes.get(Anbieterangaben.rueckrufpfad, use: zurueck)
    }

    private func verlangeAnbieter() throws -> Identitaetsanbieter {
        guard let anbieter else {
            throw Refusal(.notFound, "Eine Anmeldung über einen Identitätsanbieter ist hier nicht eingerichtet.")
        }
        return anbieter
    }

    @Sendable func hin(_ request: Request, _ context: SiteContext) async throws -> Response {
        let anbieter = try verlangeAnbieter()
        let ziel = AnmeldungRoutes.innen(try Abfrage(request)["ziel"])
        if context.person != nil { return .weiter(zu: ziel) }
        let am = now()
        do throws(Ablehnung) {
            let stand = try await anbieter.auskunft(am)
            let vorgang = Fremdvorgang(ziel: ziel, am: am)
            let frage: [(String, String)] = [
                ("response_type", "code"), ("client_id", anbieter.angaben.kennung),
                ("redirect_uri", anbieter.angaben.rueckruf), ("scope", "openid email profile"),
                ("state", vorgang.zustand), ("nonce", vorgang.nonce), ("code_challenge", vorgang.nachweisfrage),
                ("code_challenge_method", "S256"),
            ]
            let text = frage.map { "\($0.0)=\(Prozentkodierung.encode($0.1))" }.joined(separator: "&")
            let adresse = stand.anmeldung.text
            var response = Response.weiter(zu: adresse + (adresse.contains("?") ? "&" : "?") + text)
            setze(vorgang.cookie, seconds: Fremdvorgang.dauer, &response)
            return response
        } catch { return try seite(error, ziel: ziel, context) }
    }

    @Sendable func zurueck(_ request: Request, _ context: SiteContext) async throws -> Response {
        let anbieter = try verlangeAnbieter()
        // To look whether an address is there must not use it up.
        guard request.method == .get else { return Response(status: .ok, headers: [.cacheControl: "no-store"]) }
        let cookie = Fremdvorgang.gesandt(request, tls: tls)
        let vorgang = cookie.flatMap { Fremdvorgang(cookie: $0) }
        do throws(Ablehnung) {
            return try await annehmen(request, vorgang, anbieter, context)
        } catch { return try seite(error, ziel: vorgang?.ziel ?? AnmeldungRoutes.innen(nil), context) }
    }

    private func annehmen(
        _ request: Request, _ vorgang: Fremdvorgang?, _ anbieter: Identitaetsanbieter, _ context: SiteContext
    ) async throws(Ablehnung) -> Response {
        let am = now()
        guard let abfrage = try? Abfrage(request) else { throw .unglaubwuerdig("rückweg unlesbar") }
        guard let vorgang, Geheimnis.gleich(abfrage["state"] ?? "", vorgang.zustand) else {
            throw Ablehnung(
                FremdanmeldungRoutes.andererBrowser, .notAllowed,
                "Diese Anmeldung wurde nicht in diesem Browser begonnen, oder danach eine weitere. Beginnen Sie noch einmal."
            )
        }
        guard vorgang.gilt(am) else {
            throw Ablehnung("zu spät", .notAllowed, "Die Anmeldung hat zu lange gedauert. Beginnen Sie noch einmal.")
        }
        guard try await schreibe({ db in try FremdkontoStore.verbrauche(vorgang.zustand, am: am, in: db) }) else {
            throw Ablehnung(
                "wiederholt", .notAllowed, "Diese Anmeldung ist schon benutzt worden. Beginnen Sie noch einmal.")
        }
        let stand = try await anbieter.auskunft(am)
        // Whose answer it is comes before what it says (RFC 9207).
        let iss = abfrage["iss"]
        guard iss == anbieter.angaben.aussteller || (iss == nil && !stand.nenntSich) else {
            throw .unglaubwuerdig("antwort eines anderen ausstellers")
        }
        if let fehler = abfrage["error"] { throw FremdanmeldungRoutes.abgesagt(fehler) }
        guard let code = abfrage["code"], code.utf8.count <= 4_000 else { throw .unglaubwuerdig("kein code") }
        let marken = try await anbieter.tausche(code, vorgang, stand)
        let token = try IDToken(marken.idToken, verfahren: stand.verfahren)
        let schluessel = try await anbieter.schluessel(fuer: token.kopf, stand, am)
        let signiert = try await token.ansprueche(
            schluessel,
            IDToken.Erwartung(
                aussteller: anbieter.angaben.aussteller, kennung: anbieter.angaben.kennung, nonce: vorgang.nonce,
                zugriffstoken: marken.zugriffstoken, jetzt: am))
        let ansprueche = try await anbieter.ergaenze(signiert, marken, stand)
        return try await beginne(
            Fremdperson(ansprueche, anbieter.angaben), vorgang, verknuepft: anbieter.angaben.regeln.verknuepft, am,
            request,
            context)
    }

    /// Account and roles in one transaction, then the session.
    private func beginne(
        _ fremd: Fremdperson, _ vorgang: Fremdvorgang, verknuepft: Bool, _ am: Instant, _ request: Request,
        _ context: SiteContext
    ) async throws(Ablehnung) -> Response {
        let organisation = organisation
        let ergebnis = try await schreibe { db in
            try FremdkontoStore.melde(fremd, verknuepft: verknuepft, organisation: organisation, am: am, in: db)
        }
        switch ergebnis {
        case .abgelehnt(let ablehnung): throw ablehnung
        case .angemeldet(let person, let ohneVerwaltung):
            if !ohneVerwaltung.isEmpty {
                context.logger.warning(
                    "rollenregeln nennen unbekannte verwaltungen",
                    metadata: ["zeilen": "\(ohneVerwaltung.map(String.init).joined(separator: ", "))"])
            }
            do {
                // Without a second factor of the provider it counts as begun with one factor, as after a password.
                let weiter = try await self.vorgang.beginne(
                    person: person, zweiterFaktor: fremd.zweiterFaktor, kekse.browser(request, context, herkunft))
                var response: Response
                switch weiter {
                case .angemeldet(let beginn): response = kekse.angemeldet(beginn, ziel: vorgang.ziel)
                case .code(let half): response = kekse.zumCode(half, ziel: vorgang.ziel)
                case .stimmtNicht, .gebremst, .abgelaufen: throw FremdanmeldungRoutes.nichtGespeichert
                }
                setze("", seconds: 0, &response)
                return response
            } catch { throw FremdanmeldungRoutes.nichtGespeichert }
        }
    }

    private func schreibe<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws(Ablehnung) -> T {
        do { return try await database.write(body) } catch {
            throw FremdanmeldungRoutes.nichtGespeichert
        }
    }

    private static let nichtGespeichert = Ablehnung(
        "datenbank", .unavailable,
        "Die Anmeldung ließ sich gerade nicht speichern. Versuchen Sie es in einigen Minuten noch einmal.")

    private func setze(_ value: String, seconds: Int, _ response: inout Response) {
        response.headers.append(
            HTTPField(name: .setCookie, value: Fremdvorgang.setze(value, seconds: seconds, tls: tls)))
    }

    private static let andererBrowser = "anderer browser"

    /// What the provider reports, in words of ours: its own could be anybody's.
    private static func abgesagt(_ fehler: String) -> Ablehnung {
        switch fehler {
        case "access_denied":
            Ablehnung(
                "anbieter: access_denied", .notAllowed, "Die Anmeldung wurde beim Identitätsanbieter abgebrochen.")
        case "login_required", "interaction_required", "consent_required", "account_selection_required":
            Ablehnung(
                "anbieter: \(fehler)", .notAllowed,
                "Der Identitätsanbieter braucht noch eine Angabe von Ihnen. Beginnen Sie die Anmeldung noch einmal.")
        case "temporarily_unavailable", "server_error": .nichtErreichbar("anbieter: \(fehler)")
        default: .falschEingerichtet("anbieter meldet anderen fehler")
        }
    }

    private func seite(_ ablehnung: Ablehnung, ziel: String, _ context: SiteContext) throws -> Response {
        context.logger.warning("anmeldung über den anbieter abgelehnt", metadata: ["grund": "\(ablehnung.grund)"])
        // The address holds what the provider sent along, and belongs on no page.
        var context = context
        (context.adresse, context.seite) = (nil, nil)
        let status: HTTPResponse.Status = ablehnung.refusal.kind == .unavailable ? .serviceUnavailable : .forbidden
        var response = try site.render(
            FremdanmeldungSeite(satz: ablehnung.refusal.message, ziel: ziel),
            context,
            status: status)
        response.headers[.cacheControl] = "no-store"
        if status == .serviceUnavailable { response.headers[.retryAfter] = "5" }
        // Somebody else's way back does not end a sign-in that is under way.
        if ablehnung.grund != FremdanmeldungRoutes.andererBrowser { setze("", seconds: 0, &response) }
        return response
    }
}

struct FremdanmeldungSeite: Page {
    static let template = "konten/fremdanmeldung"
    let satz: String
    let ziel: String

    var titel: String { "Fehler: Anmelden" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Anmelden", "/anmelden"), Krume("Nicht angemeldet")] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "satz": satz
        case "nochmal": Adresse(Anbieterangaben.pfad, [("ziel", ziel)]).text
        case "passwort": Adresse("/anmelden", [("ziel", ziel)]).text
        default: nil
        }
    }
}
