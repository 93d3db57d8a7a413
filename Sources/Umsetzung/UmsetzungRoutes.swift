import Formats
import Hummingbird
import Katalog
package import Kernel
package import Storage
import Verzeichnis
package import Web

/// Pages of the Umsetzungslisten.
package struct UmsetzungRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let erzaehlung: (any Verlaufserzaehlung)?
    let ergaenzungen: [any DatensatzErgaenzung]
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, erzaehlung: (any Verlaufserzaehlung)? = nil,
        ergaenzungen: [any DatensatzErgaenzung] = [], now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.erzaehlung, self.now) = (database, site, erzaehlung, now)
        self.ergaenzungen = ergaenzungen
    }

    package func add(to routes: inout Routes) {
        routes.get("/umsetzung", use: overview)
        routes.get("/umsetzung/{organisation}", use: list)
        routes.get("/umsetzung/{organisation}/neu", .angemeldet, use: newForm)
        routes.post("/umsetzung/{organisation}", use: create)
        routes.tabelle("/umsetzung/{organisation}/liste", .angemeldet, use: export)
        routes.get("/umsetzung/{organisation}/{eintrag}", use: show)
        routes.get("/umsetzung/{organisation}/{eintrag}/bearbeiten", .angemeldet, use: editForm)
        routes.post("/umsetzung/{organisation}/{eintrag}", use: change)
        routes.post("/umsetzung/{organisation}/{eintrag}/uebernahme", use: takeOver)
    }

    @Sendable func overview(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let typed = abfrage["q"]
        let seite = try Seite(abfrage)
        let verlauf = context.darf(.verlaufGanzLesen) ? "/verlauf" : nil
        let page = try await database.read { db in
            try UmsetzungUebersicht(
                gesucht: typed, treffer: typed.map { try OrganisationStore.matching($0, limit: 20, in: db) } ?? [],
                listen: EintragStore.listen(seite, in: db),
                blaettern: Blaettern(
                    seite, gesamt: EintragStore.listenzahl(in: db), adresse: Adresse("/umsetzung", [("q", typed)])),
                verlauf: verlauf)
        }
        return try site.render(page, context)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("organisation")
        let abfrage = try Abfrage(request)
        let seite = try Seite(abfrage)
        let person = context.person
        let page = try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            let intern = Rechte.darf(person, .umsetzungIntern(organisation: organisation.id.rawValue))
            let filter = try EintragFilter(abfrage, intern: intern)
            let eintraege = try EintragStore.page(filter, seite, organisation: organisation.id, in: db)
            let offen = eintraege.filter { $0.inhalt.stand.suchtLoesung && $0.inhalt.dienst == nil }.map(\.id)
            return try UmsetzungListe(
                organisation: organisation, abfrage: abfrage, filter: filter, seite: seite,
                gesamt: EintragStore.count(filter, organisation: organisation.id, in: db), eintraege: eintraege,
                staende: EintragStore.staende(organisation: organisation.id, in: db),
                aemter: intern ? EintragStore.aemter(organisation: organisation.id, in: db) : [],
                loesungen: EintragStore.loesungen(offen, in: db),
                dienste: EintragStore.dienste(Set(eintraege.compactMap(\.inhalt.dienst)).sorted(), in: db),
                intern: intern,
                darfAendern: Rechte.darf(person, .umsetzungAendern(organisation: organisation.id.rawValue)),
                verlauf: Rechte.darf(person, .verlaufLesen(organisation: organisation.id.rawValue))
                    ? organisation.pfad + "/verlauf" : nil,
                geladen: intern && abfrage["ok"] == "geladen"
                    ? DatenstandStore.newest(.umsetzung, bezug: organisation.id.rawValue, in: db) : nil)
        }
        if page.organisation.pfadwort != word {
            return .dauerhaft(zu: page.organisation.listenpfad + (request.uri.query.map { "?" + $0 } ?? ""))
        }
        return try site.render(page, context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("organisation"), try context.parameter("eintrag"))
        let abfrage = try Abfrage(request)
        let person = context.person
        var (page, abschnitte) = try await database.read { db in
            let (organisation, eintrag) = try find(word, id, in: db)
            let intern = Rechte.darf(person, .umsetzungIntern(organisation: organisation.id.rawValue))
            let page = try EintragSeite(
                organisation: organisation, eintrag: eintrag,
                leistungen: LeistungStore.find(eintrag.inhalt.leistungen, in: db),
                ozg: eintrag.inhalt.ozgID.flatMap { try OZGStore.find($0, in: db) },
                dienst: eintrag.inhalt.dienst.flatMap { try EintragStore.loesung($0, in: db) },
                loesungen: EintragStore.loesungen([eintrag.id], in: db)[eintrag.id] ?? [],
                intern: intern,
                darfAendern: Rechte.darf(person, .umsetzungAendern(organisation: organisation.id.rawValue)),
                meldung: person == nil ? nil : abfrage["ok"],
                // Only this list: an address from outside must not lead away.
                zurueck: abfrage["zurueck"].flatMap { $0.hasPrefix(organisation.listenpfad + "?") ? $0 : nil })
            let bezug = Verlaufsbezug.eintrag(eintrag.id.rawValue, organisation: organisation.id.rawValue)
            return (
                page,
                try ergaenzungen.compactMap { try $0.abschnitt(zu: bezug, person: person, in: db) }
                    + [erzaehlung?.abschnitt(zu: bezug, person: person, in: db)].compactMap { $0 }
            )
        }
        if page.organisation.pfadwort != word { return .dauerhaft(zu: page.organisation.pfad(zu: page.eintrag)) }
        page.abschnitte = try site.fragments(abschnitte)
        return try site.render(page, context)
    }

    @Sendable func newForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (organisation, aemter) = try await stelle(context)
        try context.verlange(.umsetzungAendern(organisation: organisation.id.rawValue))
        var form = EintragForm()
        form.leistungen = try Abfrage(request)["leistung"] ?? ""
        return try site.render(
            EintragFormSeite(
                organisation: organisation, eintrag: nil, form: form, fehler: FormErrors(), aemter: aemter), context)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (organisation, aemter) = try await stelle(context)
        try context.verlange(.umsetzungAendern(organisation: organisation.id.rawValue))
        let form = EintragForm(try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        do {
            let id = try await database.write { db in
                try wer.verlange(.umsetzungAendern(organisation: organisation.id.rawValue), in: db)
                let inhalt = try form.checked(.init(), durch: urheber, in: db)
                return try EintragAenderung.insert(inhalt, organisation: organisation.id, durch: urheber, in: db)
            }
            return .weiter(zu: "\(organisation.listenpfad)/\(id.rawValue)?ok=angelegt")
        } catch let errors as FormErrors {
            let page = EintragFormSeite(
                organisation: organisation, eintrag: nil, form: form, fehler: errors, aemter: aemter)
            return try site.render(page, context, status: .unprocessableContent)
        }
    }

    @Sendable func editForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("organisation"), try context.parameter("eintrag"))
        let (organisation, eintrag, dienst) = try await database.read { db in
            let (organisation, eintrag) = try find(word, id, in: db)
            return try (organisation, eintrag, eintrag.inhalt.dienst.flatMap { try EintragStore.loesung($0, in: db) })
        }
        try context.verlange(.umsetzungAendern(organisation: organisation.id.rawValue))
        let page = EintragFormSeite(
            organisation: organisation, eintrag: eintrag, form: EintragForm(eintrag, dienst: dienst),
            fehler: FormErrors(), aemter: try await aemter(organisation))
        return try site.render(page, context)
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("organisation"), try context.parameter("eintrag"))
        let (organisation, eintrag) = try await database.read { db in try find(word, id, in: db) }
        try context.verlange(.umsetzungAendern(organisation: organisation.id.rawValue))
        let form = EintragForm(try await Formular.read(request, context).felder)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let aemter = try await aemter(organisation)
        func page(_ errors: FormErrors) -> EintragFormSeite {
            EintragFormSeite(
                organisation: organisation, eintrag: eintrag, form: form, fehler: errors, aemter: aemter)
        }
        do {
            try await database.write { db in
                let (organisation, current) = try find(word, id, in: db)
                try wer.verlange(.umsetzungAendern(organisation: organisation.id.rawValue), in: db)
                guard current.version == form.version else { throw EintragAenderung.inzwischenGeaendert }
                let inhalt = try form.checked(current.inhalt, durch: urheber, in: db)
                try EintragAenderung.change(current, to: inhalt, durch: urheber, in: db)
            }
            return .weiter(zu: organisation.pfad(zu: eintrag) + "?ok=gespeichert")
        } catch {
            return try site.formular(nach: error, konfliktBei: "titel", context, page)
        }
    }

    @Sendable func takeOver(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("organisation"), try context.parameter("eintrag"))
        let felder = try await Formular.read(request, context).felder
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let target = try await database.write { db in
            let (organisation, eintrag) = try find(word, id, in: db)
            try wer.verlange(.umsetzungAendern(organisation: organisation.id.rawValue), in: db)
            guard let wish = felder["dienst"], let loesung = try EintragStore.loesung(wish, in: db) else {
                throw Refusal(.unprocessable, "Wählen Sie einen Onlinedienst aus, den Sie übernehmen wollen.")
            }
            try EintragAenderung.waehle(loesung, fuer: eintrag, durch: urheber, in: db)
            return Adresse(organisation.pfad(zu: eintrag), [("ok", "uebernommen"), ("zurueck", felder["zurueck"])])
        }
        return .weiter(zu: target.text)
    }

    @Sendable func export(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let word = try context.parameter("organisation")
        let abfrage = try Abfrage(request)
        let person = context.person
        return .tabelle(
            try await database.tabelle(format, am: now()) { db in
                let organisation = try OrganisationStore.named(word, in: db)
                try Rechte.verlange(.umsetzungIntern(organisation: organisation.id.rawValue), von: person)
                let filter = try EintragFilter(abfrage, intern: true)
                return UmsetzungExport.tabelle(
                    organisation, filter, auswahl: filter.bild(abfrage, organisation, intern: true).auswahl, in: db)
            })
    }

    /// The Organisation of the address and the names of its offices.
    private func stelle(_ context: SiteContext) async throws -> (Organisation, [String]) {
        let word = try context.parameter("organisation")
        let organisation = try await database.read { db in try OrganisationStore.named(word, in: db) }
        return (organisation, try await aemter(organisation))
    }

    private func aemter(_ organisation: Organisation) async throws -> [String] {
        let heute = now().tag
        return try await database.read { db in
            try EintragStore.amtsnamen(organisation: organisation.id, am: heute, in: db)
        }
    }

    private func find(
        _ word: String, _ id: String, in db: any SQLConnection
    ) throws -> (Organisation, Umsetzungseintrag) {
        let organisation = try OrganisationStore.named(word, in: db)
        guard let eintrag = try EintragStore.find(.init(rawValue: id), organisation: organisation.id, in: db) else {
            throw Refusal(.notFound, "Diesen Eintrag gibt es in der Liste von \(organisation.name) nicht.")
        }
        return (organisation, eintrag)
    }
}

extension Organisation {
    /// The key by which people find its list: its ARS where it has one.
    var pfadwort: String { ars ?? id.rawValue }
    var listenpfad: String { "/umsetzung/\(pfadwort)" }
    func pfad(zu eintrag: Umsetzungseintrag) -> String { "\(listenpfad)/\(eintrag.id.rawValue)" }
}
