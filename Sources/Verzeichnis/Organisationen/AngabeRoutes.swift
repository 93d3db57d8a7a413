import Hummingbird
package import Kernel
package import Storage
package import Web

/// Forms of what an authority says about itself: contacts, procedures, IT providers, legal statuses.
package struct AngabeRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let now: @Sendable () -> Instant

    package init(database: any Database, site: Site, now: @escaping @Sendable () -> Instant) {
        (self.database, self.site, self.now) = (database, site, now)
    }

    package func add(to routes: inout Routes) {
        for art in Angabenart.allCases {
            let base = "/organisationen/{organisation}/\(art.rawValue)"
            routes.get(base + "/neu", .angemeldet) { try await newForm($0, $1, art) }
            routes.post(base + "/neu") { try await create($0, $1, art) }
            routes.get(base + "/{angabe}", .angemeldet) { try await editForm($0, $1, art) }
            routes.post(base + "/{angabe}") { try await change($0, $1, art) }
            routes.post(base + "/{angabe}/loeschung") { try await delete($0, $1, art) }
        }
    }

    private func newForm(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let stelle = try await stelle(context, art)
        return try site.render(stelle.seite(nil, Angabenform(art), FormErrors()), context)
    }

    private func create(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let stelle = try await stelle(context, art)
        let form = Angabenform(art, try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let id = stelle.organisation.id
        do {
            try await database.write { db in
                try wer.verlange(.organisationAendern(organisation: id.rawValue), in: db)
                let werte = try form.checked(
                    nil, baum: EinheitStore.baum(id, in: db), heute: urheber.am.tag, in: db)
                _ = try AngabeStore.insert(werte, art, organisation: id, durch: urheber, in: db)
            }
            return .weiter(zu: "\(stelle.organisation.pfad)?ok=angabe#\(art.rawValue)")
        } catch let errors as FormErrors {
            return try site.render(stelle.seite(nil, form, errors), context, status: .unprocessableContent)
        }
    }

    private func editForm(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let stelle = try await stelle(context, art)
        let angabe = try await angabe(stelle, context)
        return try site.render(stelle.seite(angabe, Angabenform(angabe), FormErrors()), context)
    }

    private func change(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let stelle = try await stelle(context, art)
        let angabe = try await angabe(stelle, context)
        let form = Angabenform(art, try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let id = stelle.organisation.id
        do {
            try await database.write { db in
                try wer.verlange(.organisationAendern(organisation: id.rawValue), in: db)
                guard let current = try AngabeStore.find(angabe.id, art, organisation: id, in: db),
                    current.version == form.version
                else { throw AngabeStore.inzwischenGeaendert }
                let werte = try form.checked(
                    current, baum: EinheitStore.baum(id, in: db), heute: urheber.am.tag, in: db)
                try AngabeStore.change(current, to: werte, durch: urheber, in: db)
            }
            return .weiter(zu: "\(stelle.organisation.pfad)?ok=angabe#\(art.rawValue)")
        } catch {
            return try site.formular(nach: error, konfliktBei: art.titelfeld, context) { errors in
                stelle.seite(angabe, form, errors)
            }
        }
    }

    private func delete(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let stelle = try await stelle(context, art)
        let angabe = try await angabe(stelle, context)
        let version = Int(try await Formular.read(request, context).felder.roh("version")) ?? 0
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let id = stelle.organisation.id
        try await database.write { db in
            try wer.verlange(.organisationAendern(organisation: id.rawValue), in: db)
            guard let current = try AngabeStore.find(angabe.id, art, organisation: id, in: db),
                current.version == version
            else { throw AngabeStore.inzwischenGeaendert }
            try AngabeStore.delete(current, durch: urheber, in: db)
        }
        return .weiter(zu: "\(stelle.organisation.pfad)?ok=geloescht#\(art.rawValue)")
    }

    /// Where a statement belongs, and what its form offers.
    private struct Stelle: Sendable {
        let organisation: Organisation
        let baum: Einheitenbaum
        let art: Angabenart
        let vorschlaege: [String]
        let heute: Tag

        func seite(_ angabe: Angabe?, _ form: Angabenform, _ fehler: FormErrors) -> AngabeFormSeite {
            AngabeFormSeite(
                organisation: organisation, baum: baum, art: art, angabe: angabe, form: form, vorschlaege: vorschlaege,
                fehler: fehler, heute: heute)
        }
    }

    /// The Organisation of the address, for somebody who may change it.
    private func stelle(_ context: SiteContext, _ art: Angabenart) async throws -> Stelle {
        let word = try context.parameter("organisation")
        let heute = now().tag
        let stelle = try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            let suggestions: [String] =
                switch art {
                case .ansprechpartner: Angabenart.funktionen
                case .dienstleister: try OrganisationStore.dienstleisternamen(in: db)
                case .fachverfahren, .rechtsstatus: []
                }
            return Stelle(
                organisation: organisation, baum: try EinheitStore.baum(organisation.id, in: db), art: art,
                vorschlaege: suggestions, heute: heute)
        }
        try context.verlange(.organisationAendern(organisation: stelle.organisation.id.rawValue))
        return stelle
    }

    private func angabe(_ stelle: Stelle, _ context: SiteContext) async throws -> Angabe {
        let id = try context.parameter("angabe")
        let found = try await database.read { db in
            try AngabeStore.find(id, stelle.art, organisation: stelle.organisation.id, in: db)
        }
        guard let found else {
            throw Refusal(.notFound, "Diese Angabe gibt es bei \(stelle.organisation.name) nicht mehr.")
        }
        return found
    }
}
