import Formats
import Hummingbird
package import Kernel
package import Storage
import Verzeichnis
package import Web

/// Pages on which an Organisation keeps its webhooks and sees what became of their sendings.
package struct WebhookRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let ziele: Webhookziele
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, ziele: Webhookziele, now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.ziele, self.now) = (database, site, ziele, now)
    }

    package func add(to routes: inout Routes) {
        let base = "/organisationen/{organisation}/webhooks"
        routes.get(base, .angemeldet, use: list)
        routes.get(base + "/neu", .angemeldet, use: newForm)
        routes.post(base + "/neu", use: create)
        routes.get(base + "/{webhook}", .angemeldet, use: show)
        routes.get(base + "/{webhook}/bearbeiten", .angemeldet, use: editForm)
        routes.post(base + "/{webhook}/bearbeiten", use: change)
        routes.post(base + "/{webhook}/zustand", use: pauseOrResume)
        routes.post(base + "/{webhook}/geheimnis", use: renewSecret)
        routes.post(base + "/{webhook}/probe", use: probe)
        routes.post(base + "/{webhook}/loeschung", use: delete)
        routes.post(base + "/{webhook}/sendungen", use: sendFailedAgain)
        routes.post(base + "/{webhook}/sendungen/{sendung}", use: sendAgain)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        let meldung = try Abfrage(request)["ok"]
        let page = try await database.read { db in
            WebhooksSeite(
                organisation: organisation, webhooks: try WebhookStore.alle(organisation.id.rawValue, in: db),
                wartende: try WebhooksendungStore.wartende(organisation.id.rawValue, in: db), meldung: meldung)
        }
        return try site.render(page, context)
    }

    @Sendable func newForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        return try site.render(
            WebhookFormSeite(organisation: organisation, webhook: nil, form: WebhookForm(), fehler: FormErrors()),
            context)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        let form = try WebhookForm(try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let id = organisation.id.rawValue
        do {
            let angaben = try await form.checked(vorher: nil, ziele)
            let made = try await database.write { db in
                try wer.verlange(.webhooksVerwalten(organisation: id), in: db)
                return try WebhookStore.insert(angaben, organisation: id, durch: urheber, in: db)
            }
            return try site.render(
                WebhookgeheimnisSeite(
                    organisation: organisation, id: made.id, name: angaben.name, geheimnis: made.geheimnis, bis: nil),
                context)
        } catch let errors as FormErrors {
            let page = WebhookFormSeite(organisation: organisation, webhook: nil, form: form, fehler: errors)
            return try site.render(page, context, status: .unprocessableContent)
        }
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        let (abfrage, am) = (try Abfrage(request), now())
        let seite = try Seite(abfrage, groesse: 25)
        let id = try context.parameter("webhook")
        let page = try await database.read { db in
            let webhook = try Self.webhook(id, organisation, in: db)
            return WebhookSeite(
                organisation: organisation, webhook: webhook,
                sendungen: try WebhooksendungStore.seite(
                    webhook.id, anzahl: seite.groesse, ab: seite.versatz, in: db),
                seiten: try Blaettern(
                    seite, gesamt: WebhooksendungStore.anzahl(webhook.id, in: db),
                    adresse: Adresse(organisation.pfad(zu: webhook.id))),
                gescheiterte: try WebhooksendungStore.gescheiterte(webhook.id, in: db),
                uebergang: try WebhookStore.uebergang(webhook.id, am: am, in: db), meldung: abfrage["ok"])
        }
        return try site.render(page, context)
    }

    @Sendable func editForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        let id = try context.parameter("webhook")
        let webhook = try await database.read { db in try Self.webhook(id, organisation, in: db) }
        return try site.render(
            WebhookFormSeite(
                organisation: organisation, webhook: webhook, form: WebhookForm(webhook), fehler: FormErrors()), context
        )
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        let form = try WebhookForm(try await Formular.read(request, context).felder)
        let id = try context.parameter("webhook")
        let old = try await database.read { db in try Self.webhook(id, organisation, in: db) }
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        func page(_ errors: FormErrors) -> WebhookFormSeite {
            WebhookFormSeite(organisation: organisation, webhook: old, form: form, fehler: errors)
        }
        do {
            let angaben = try await form.checked(vorher: old.url, ziele)
            try await database.write { db in
                try wer.verlange(.webhooksVerwalten(organisation: organisation.id.rawValue), in: db)
                let current = try Self.webhook(id, organisation, in: db)
                guard current.version == form.version else { throw WebhookStore.inzwischenGeaendert }
                try WebhookStore.change(current, to: angaben, durch: urheber, in: db)
            }
            return .weiter(zu: organisation.pfad(zu: old.id) + "?ok=gespeichert")
        } catch {
            return try site.formular(nach: error, konfliktBei: "name", context, page)
        }
    }

    @Sendable func pauseOrResume(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await act(request, context) { webhook, felder, urheber, db in
            switch felder["zustand"].flatMap(Webhook.Zustand.init(rawValue:)) {
            case .angehalten?: try WebhookStore.halteAn(webhook, .person, durch: urheber, in: db)
            case .aktiv?: try WebhookStore.setzeFort(webhook, durch: urheber, in: db)
            case nil: throw Refusal(.unprocessable, "Wählen Sie, ob der Webhook angehalten oder fortgesetzt wird.")
            }
            return "?ok=zustand"
        }
    }

    @Sendable func probe(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await act(request, context) { webhook, _, urheber, db in
            try WebhooksendungStore.probe(webhook, am: urheber.am, in: db)
            return "?ok=probe#sendungen"
        }
    }

    @Sendable func sendAgain(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.parameter("sendung")
        return try await act(request, context) { webhook, _, urheber, db in
            guard let sendung = try WebhooksendungStore.find(id, webhook.id, in: db) else {
                throw Refusal(.notFound, "Diese Sendung gibt es nicht mehr. Sendungen bleiben 30 Tage.")
            }
            try WebhooksendungStore.erneut(sendung, webhook, am: urheber.am, in: db)
            return "?ok=sendung#sendungen"
        }
    }

    @Sendable func sendFailedAgain(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await act(request, context) { webhook, _, urheber, db in
            try WebhooksendungStore.erneutGescheiterte(webhook, am: urheber.am, in: db)
            return "?ok=gescheiterte#sendungen"
        }
    }

    @Sendable func delete(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        _ = try await act(request, context) { webhook, felder, urheber, db in
            guard webhook.version == Int(felder.roh("version")) else { throw WebhookStore.inzwischenGeaendert }
            try WebhookStore.delete(webhook, durch: urheber, in: db)
            return ""
        }
        return .weiter(zu: organisation.pfad + "/webhooks?ok=geloescht")
    }

    @Sendable func renewSecret(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        let version = Int(try await Formular.read(request, context).felder.roh("version"))
        let id = try context.parameter("webhook")
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let (webhook, geheimnis) = try await database.write { db in
            try wer.verlange(.webhooksVerwalten(organisation: organisation.id.rawValue), in: db)
            let webhook = try Self.webhook(id, organisation, in: db)
            return (webhook, try WebhookStore.erneuere(webhook, version: version, durch: urheber, in: db))
        }
        return try site.render(
            WebhookgeheimnisSeite(
                organisation: organisation, id: webhook.id, name: webhook.name, geheimnis: geheimnis,
                bis: urheber.am.plus(sekunden: WebhookStore.uebergang)), context)
    }

    private typealias Tat = @Sendable (Webhook, Abfrage, Urheber, any SQLConnection) throws -> String

    /// One button: right, form, webhook, and the deed in one transaction; it says what stands behind the address.
    private func act(_ request: Request, _ context: SiteContext, _ tat: @escaping Tat) async throws -> Response {
        let organisation = try await organisation(context)
        let felder = try await Formular.read(request, context).felder
        let id = try context.parameter("webhook")
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let rest = try await database.write { db in
            try wer.verlange(.webhooksVerwalten(organisation: organisation.id.rawValue), in: db)
            return try tat(Self.webhook(id, organisation, in: db), felder, urheber, db)
        }
        return .weiter(zu: "\(organisation.pfad)/webhooks/\(Prozentkodierung.encode(id))\(rest)")
    }

    /// The Organisation of the address, for somebody who may keep its webhooks.
    private func organisation(_ context: SiteContext) async throws -> Organisation {
        let word = try context.parameter("organisation")
        let organisation = try await database.read { db in try OrganisationStore.named(word, in: db) }
        try context.verlange(.webhooksVerwalten(organisation: organisation.id.rawValue))
        return organisation
    }

    private static func webhook(
        _ id: String, _ organisation: Organisation, in db: any SQLConnection
    ) throws -> Webhook {
        guard let webhook = try WebhookStore.find(id, organisation: organisation.id.rawValue, in: db) else {
            throw Refusal(.notFound, "Diesen Webhook gibt es bei \(organisation.name) nicht mehr.")
        }
        return webhook
    }
}

extension Organisation {
    func pfad(zu webhook: Webhook.ID) -> String { "\(pfad)/webhooks/\(webhook.rawValue)" }
}
