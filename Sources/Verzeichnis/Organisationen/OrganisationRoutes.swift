import Hummingbird
package import Kernel
package import Storage
package import Web

/// What another room shows on the page of an Organisation: read in the same snapshot.
package protocol OrganisationErgaenzung: Sendable {
    func abschnitt(zu organisation: Organisation, person: Person?, am heute: Tag, in db: any SQLConnection) throws
        -> Abschnitt?
}

/// Pages and JSON of the Organisationen.
package struct OrganisationRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let ergaenzungen: [any OrganisationErgaenzung]
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, ergaenzungen: [any OrganisationErgaenzung],
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.ergaenzungen, self.now) = (database, site, ergaenzungen, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/organisationen", use: list)
        routes.tabelle("/organisationen", use: table)
        routes.get("/organisationen/neu", .angemeldet, use: newForm)
        routes.post("/organisationen/neu", use: create)
        routes.get("/organisationen/vorschlaege", .angemeldet, use: proposals)
        routes.get("/organisationen/{organisation}", use: show)
        routes.get("/organisationen/{organisation}/bearbeiten", .angemeldet, use: editForm)
        routes.post("/organisationen/{organisation}/bearbeiten", use: change)
        routes.api(
            APIOperation(
                "/organisationen", "Organisationen, nach Namen",
                [
                    .init("q", "Name oder Anfang eines Schlüssels"),
                    .init("art", "Art der Organisation", mehrfach: true, regel: .worte(Organisation.Art.self)),
                    .init("land", "Schlüssel des Landes, zwei Ziffern", mehrfach: true, regel: .ziffern(2)),
                    .init(
                        "aufgeloest", "ja: nur aufgelöste, alle: auch aufgelöste, sonst nur bestehende",
                        regel: .worte(GebietFilter.Aufgeloest.self)),
                ], antwort: .liste("Organisation", facetten: true)), use: apiList)
        routes.api(
            APIOperation(
                "/organisationen/{ars}", "Eine Organisation mit Ämtern und öffentlichen Kontakten",
                [.init("ars", "Regionalschlüssel, Kennung oder voller Name", in: "path")],
                antwort: .objekt("Organisationsauskunft")), use: apiShow)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try OrganisationFilter(abfrage)
        let seite = try Seite(abfrage)
        let darfAnlegen = context.darf(.organisationAnlegen)
        let page = try await database.read { db in
            let laender = try GebietStore.laender(in: db)
            let (gesamt, facetten) = try OrganisationStore.facetten(filter, laender: laender, in: db)
            return try OrganisationListe(
                abfrage, filter, facetten, gesamt: gesamt, seite: seite,
                organisationen: OrganisationStore.page(filter, seite, in: db), darfAnlegen: darfAnlegen)
        }
        return try site.render(page, context)
    }

    @Sendable func table(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try OrganisationFilter(abfrage)
        return .tabelle(
            try await database.tabelle(format, am: now()) { db in
                let laender = try GebietStore.laender(in: db)
                let facetten = try OrganisationStore.facetten(filter, laender: laender, in: db).facetten
                return Tabelle(
                    "Organisationen", OrganisationTabelle.spalten, auswahl: filter.bild(abfrage, facetten).auswahl,
                    stand: try DatenstandStore.newest(.gemeindeverzeichnis, in: db)?.bezeichnung
                ) { add in
                    try OrganisationStore.forEach(filter, in: db) { try add(OrganisationTabelle.zellen($0)) }
                }
            })
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("organisation")
        let meldung = context.person == nil ? nil : try Abfrage(request)["ok"]
        let (person, heute, ergaenzungen) = (context.person, now().tag, ergaenzungen)
        let (bild, parts) = try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            let bild = try OrganisationBild(organisation, person: person, heute: heute, in: db)
            return (
                bild,
                try ergaenzungen.compactMap {
                    try $0.abschnitt(zu: organisation, person: person, am: heute, in: db)
                }
            )
        }
        if bild.organisation.schluessel != word { return .dauerhaft(zu: bild.organisation.pfad) }
        var page = OrganisationSeite(bild: bild, meldung: meldung)
        page.abschnitte = try site.fragments(parts)
        return try site.render(page, context)
    }

    @Sendable func newForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.organisationAnlegen)
        var form = OrganisationForm()
        form.name = try Abfrage(request)["name"] ?? ""
        return try site.render(OrganisationFormSeite(organisation: nil, form: form, fehler: FormErrors()), context)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.organisationAnlegen)
        let form = OrganisationForm(try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        do {
            let id = try await database.write { db in
                try wer.verlange(.organisationAnlegen, in: db)
                // Two people who create the same one at once must not both succeed.
                try db.lock("organisation")
                return try OrganisationStore.insert(form.checked(nil, in: db), durch: urheber, in: db)
            }
            return .weiter(zu: "/organisationen/\(id.rawValue)?ok=angelegt")
        } catch let errors as FormErrors {
            let page = OrganisationFormSeite(organisation: nil, form: form, fehler: errors)
            return try site.render(page, context, status: .unprocessableContent)
        }
    }

    @Sendable func proposals(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.organisationAnlegen)
        let found = try await database.read { db in try AngabeStore.vorschlaege(in: db) }
        return try site.render(VorschlaegeSeite(vorschlaege: found), context)
    }

    @Sendable func editForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        return try site.render(
            OrganisationFormSeite(
                organisation: organisation, form: OrganisationForm(organisation), fehler: FormErrors()), context)
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await organisation(context)
        let form = OrganisationForm(try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        func page(_ errors: FormErrors) -> OrganisationFormSeite {
            OrganisationFormSeite(organisation: organisation, form: form, fehler: errors)
        }
        do {
            try await database.write { db in
                try wer.verlange(.organisationAendern(organisation: organisation.id.rawValue), in: db)
                guard let current = try OrganisationStore.find(organisation.id, in: db),
                    current.version == form.version
                else { throw OrganisationForm.inzwischenGeaendert }
                try OrganisationStore.change(
                    current, to: form.checked(current, in: db), durch: urheber, in: db)
            }
            return .weiter(zu: organisation.pfad + "?ok=gespeichert")
        } catch {
            return try site.formular(nach: error, konfliktBei: "name", context, page)
        }
    }

    @Sendable func apiList(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try OrganisationFilter(abfrage)
        let wunsch = try Listenwunsch(abfrage)
        let mitFacetten = try abfrage.willFacetten()
        let (gesamt, facetten, list) = try await database.read { db in
            let list = try OrganisationStore.list(filter, wunsch, in: db)
            guard mitFacetten else { return (try OrganisationStore.count(filter, in: db), [Facette]?.none, list) }
            let (gesamt, facetten) = try OrganisationStore.facetten(
                filter, laender: GebietStore.laender(in: db), in: db)
            return (gesamt, facetten, list)
        }
        return .liste(list.eintraege, gesamt: gesamt, weiter: list.weiter, facetten: facetten)
    }

    @Sendable func apiShow(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("ars")
        let heute = now().tag
        let bild = try await database.read { db in
            try OrganisationBild(OrganisationStore.named(word, in: db), person: nil, heute: heute, in: db)
        }
        if bild.organisation.schluessel != word { return .dauerhaft(zu: "/api/v1" + bild.organisation.pfad) }
        return .json(
            Organisationsauskunft(
                organisation: bild.organisation, baum: bild.baum, angaben: bild.angaben.values.flatMap { $0 },
                heute: heute))
    }

    /// The Organisation of the address, for somebody who may change it.
    private func organisation(_ context: SiteContext) async throws -> Organisation {
        let word = try context.parameter("organisation")
        let organisation = try await database.read { db in try OrganisationStore.named(word, in: db) }
        try context.verlange(.organisationAendern(organisation: organisation.id.rawValue))
        return organisation
    }
}

extension OrganisationBild {
    init(_ organisation: Organisation, person: Person?, heute: Tag, in db: any SQLConnection) throws {
        let id = organisation.id.rawValue
        let intern = Rechte.darf(person, .organisationIntern(organisation: id))
        let gebiet = try organisation.gebiet.flatMap { try GebietStore.find($0, in: db) }
        var angaben: [Angabenart: [Angabe]] = [:]
        for art in Angabenart.allCases where intern || art == .ansprechpartner || art.istOeffentlich {
            angaben[art] = try AngabeStore.alle(art, organisation: organisation.id, in: db).filter {
                intern || $0.istOeffentlich(am: heute)
            }
        }
        self.init(
            organisation: organisation, gebiet: gebiet, baum: try EinheitStore.baum(organisation.id, in: db),
            angaben: angaben,
            nachfolger: organisation.istGueltig ? [] : try OrganisationStore.nachfolger(organisation, in: db),
            heute: heute, intern: intern,
            darfAendern: Rechte.darf(person, .organisationAendern(organisation: id)),
            darfUebertragen: Rechte.darf(person, .kontenVerwalten(organisation: id)))
    }
}

/// IT providers that authorities name and nobody has entered yet.
struct VorschlaegeSeite: Page {
    static let template = "verzeichnis/vorschlaege"
    let vorschlaege: [(name: String, von: [Organisation])]

    var titel: String { "Vorgeschlagene IT-Dienstleister" }
    var brotkrumen: [Krume] {
        [Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume("Vorschläge")]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "leer": vorschlaege.isEmpty
        case "zeilen":
            vorschlaege.map { entry in
                Werte([
                    ("name", entry.name), ("von", entry.von.map(\.name).aufgezaehlt),
                    ("pfad", Adresse("/organisationen/neu", [("name", entry.name)]).text),
                ])
            }
        default: nil
        }
    }
}
