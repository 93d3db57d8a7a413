import HTTPTypes
import Hummingbird
package import Kernel
import NIOCore
package import Storage
package import Web

/// What a person is told and may ask for: the own data, and that the account goes.
package struct DatenschutzRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let datenschutz: Datenschutz
    /// The site is reached through TLS, so cookies may demand it.
    let tls: Bool
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, datenschutz: Datenschutz, tls: Bool,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.anmeldung) = (database, site, anmeldung)
        (self.datenschutz, self.tls, self.now) = (datenschutz, tls, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/konto/auskunft", .angemeldet, use: auskunft)
        routes.get("/konto/auskunft.json", .angemeldet, use: datei)
        routes.get("/konto/loeschung", .angemeldet, use: form)
        routes.post("/konto/loeschung", use: loesche)
        routes.get("/betrieb/datenschutz", .angemeldet, use: betrieb)
        routes.post("/betrieb/datenschutz", use: suche)
        routes.get("/betrieb/personen/{person}/auskunft", .angemeldet, use: person)
        routes.get("/betrieb/personen/{person}/auskunft.json", .angemeldet, use: fremdeDatei)
        routes.post("/betrieb/personen/{person}/loeschung", use: loescheFremde)
        routes.get("/betrieb/verarbeitung", .angemeldet, use: verarbeitung)
        routes.get("/betrieb/verarbeitung.md", .angemeldet, use: markdown)
        routes.tabelle("/betrieb/verarbeitung", .angemeldet, use: tabelle)
    }

    // MARK: The own account

    @Sendable func auskunft(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.verlangePerson().id
        let page = AuskunftSeite(
            teile: try await teile(id), datei: "/konto/auskunft.json", betrieb: context.darf(.betrieb))
        return try site.render(page, context)
    }

    @Sendable func datei(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await datei(ueber: try context.verlangePerson().id)
    }

    @Sendable func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await formular(try context.verlangePerson().id, FormErrors(), context)
    }

    private func formular(_ id: Person.ID, _ errors: FormErrors, _ context: SiteContext) async throws -> Response {
        let (last, byPassword) = try await database.read { db in
            (try datenschutz.istLetzteAdministration(id, in: db), try KontoStore.hatKennwort(id, in: db))
        }
        let page = LoeschungSeite(
            fehler: errors, hindernis: last ? Self.letzte : nil, hatKennwort: byPassword)
        return try site.render(page, context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private static let letzte =
        "Ihr Konto ist das letzte der Administration und kann nicht gelöscht werden. Geben Sie die Rolle zuerst jemand anderem."

    @Sendable func loesche(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.verlangePerson().id
        let felder = try await Formular.read(request, context).felder
        var errors = FormErrors()
        if try await database.read({ db in try KontoStore.hatKennwort(id, in: db) }) {
            let asked = Kennwortbestaetigung(database: database, anmeldung: anmeldung, now: now)
            if case .stimmtNicht(let satz) = try await asked.pruefe(felder.roh("passwort"), of: id) {
                errors.add("passwort", satz)
            }
        } else if felder.roh("email").getrimmt.lowercased() != context.person?.email {
            // Whoever signs in elsewhere has no password here; the session alone must not do.
            errors.add(
                "email", "Das ist nicht die Adresse dieses Kontos. Tippen Sie \(context.person?.email ?? "sie") ab.")
        }
        guard errors.isEmpty else { return try await formular(id, errors, context) }
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            try datenschutz.loesche(id, durch: urheber, in: db)
        }
        var response = Response.weiter(zu: "/")
        response.headers.append(HTTPField(name: .setCookie, value: SessionCookie.set("", seconds: 0, tls: tls)))
        return response
    }

    // MARK: By the Administration

    @Sendable func betrieb(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let deleted = try Abfrage(request)["ok"] == "geloescht"
        return try await uebersicht(context, FormErrors(), "", geloescht: deleted)
    }

    @Sendable func suche(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        // By a form, so that no address stands in the log of a proxy.
        let typed = try await Formular.read(request, context).felder.roh("email")
        let email = typed.getrimmt.lowercased()
        let found = try await database.read { db in try DatenschutzStore.konto(email: email, in: db) }
        if let found { return .weiter(zu: "/betrieb/personen/\(found.id.rawValue)/auskunft") }
        var errors = FormErrors()
        errors.add(
            "email",
            email.isEmpty
                ? "Geben Sie die E-Mail-Adresse eines Kontos ein." : "Zu dieser E-Mail-Adresse gibt es kein Konto.")
        return try await uebersicht(context, errors, typed, geloescht: false)
    }

    private func uebersicht(
        _ context: SiteContext, _ errors: FormErrors, _ typed: String, geloescht: Bool
    ) async throws -> Response {
        let page = DatenschutzSeite(
            ergebnisse: try await Fristlauf(datenschutz, database).probe(am: now()), fehler: errors, getippt: typed,
            geloescht: geloescht)
        return try site.render(page, context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    @Sendable func person(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let konto = try await konto(context)
        try await vermerke(konto, context)
        return try site.render(await seite(konto), context)
    }

    @Sendable func fremdeDatei(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let konto = try await konto(context)
        try await vermerke(konto, context)
        return try await datei(ueber: konto.id)
    }

    /// Whoever looks into somebody else's account leaves a line.
    private func vermerke(_ konto: DatenschutzStore.Konto, _ context: SiteContext) async throws {
        let urheber = context.urheber(now())
        try await database.write { db in
            try VerlaufStore.append([Verlauf(.auskunftErteilt, nach: konto.id.rawValue)], durch: urheber, in: db)
        }
    }

    @Sendable func loescheFremde(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let typed = try await Formular.read(request, context).felder.roh("email")
        let konto = try await konto(context)
        guard typed.getrimmt.lowercased() == konto.email else {
            var page = try await seite(konto)
            page.fehler.add("email", "Das ist nicht die Adresse dieses Kontos. Tippen Sie \(konto.email) ab.")
            page.getippt = typed
            return try site.render(page, context, status: .unprocessableContent)
        }
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        try await database.write { db in
            try wer.verlange(.betrieb, in: db)
            try datenschutz.loesche(konto.id, durch: urheber, in: db)
        }
        return .weiter(zu: konto.id == context.person?.id ? "/" : "/betrieb/datenschutz?ok=geloescht")
    }

    private func seite(_ konto: DatenschutzStore.Konto) async throws -> AuskunftSeite {
        AuskunftSeite(
            teile: try await teile(konto.id), datei: "/betrieb/personen/\(konto.id.rawValue)/auskunft.json",
            fremd: (id: konto.id.rawValue, email: konto.email))
    }

    private func konto(_ context: SiteContext) async throws -> DatenschutzStore.Konto {
        let id = Person.ID(rawValue: try context.parameter("person"))
        guard let konto = try await database.read({ db in try DatenschutzStore.konto(id, in: db) }) else {
            throw Refusal(.notFound, "Dieses Konto gibt es nicht.")
        }
        return konto
    }

    // MARK: The register

    @Sendable func verarbeitung(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let page = VerarbeitungSeite(verzeichnis: Verarbeitungsverzeichnis(datenschutz: datenschutz))
        return try site.render(page, context)
    }

    @Sendable func markdown(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let text = Verarbeitungsverzeichnis(datenschutz: datenschutz).markdown(am: now())
        return anlage(Array(text.utf8), "text/markdown; charset=utf-8", "verarbeitungstaetigkeiten-\(now().tag.iso).md")
    }

    @Sendable func tabelle(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        try context.verlange(.betrieb)
        return .tabelle(
            try await database.tabelle(format, am: now()) { _ in
                Verarbeitungsverzeichnis(datenschutz: datenschutz).tabelle
            })
    }

    // MARK: Files

    private func teile(_ id: Person.ID) async throws -> [Auskunftsteil] {
        let am = now()
        return try await database.read { db in try datenschutz.auskunft(ueber: id, am: am, in: db) }
    }

    private func datei(ueber id: Person.ID) async throws -> Response {
        let bytes = datenschutz.datei(try await teile(id), am: now())
        return anlage(bytes, "application/json; charset=utf-8", "auskunft-\(now().tag.iso).json")
    }

    private func anlage(_ bytes: [UInt8], _ type: String, _ name: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
