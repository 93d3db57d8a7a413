import Hummingbird
import Kernel
package import Storage
import Verzeichnis
package import Web

/// The JSON interface of the Umsetzungslisten.
package struct EintragAPIRoutes: RoomRoutes {
    let database: any Database
    let weg: Schreibweg

    package init(database: any Database, weg: Schreibweg) { (self.database, self.weg) = (database, weg) }

    private static let ort = APIOperation.Parameter(
        "organisation", "Regionalschlüssel, Kennung oder voller Name", in: "path")

    private static let uebernahme = Eingabeform(
        "Uebernahme",
        [.init("onlinedienst", .text(500), feld: "dienst", pflicht: true, "Slug, Kennung oder genauer Name")])

    package func add(to routes: inout Routes) {
        let (list, one) = ("/umsetzung/{organisation}", "/umsetzung/{organisation}/{id}")
        routes.api(
            APIOperation("/umsetzung", "Umsetzungslisten, nach Verwaltungen", antwort: .liste("Umsetzungsliste")),
            use: lists)
        routes.api(
            APIOperation(
                list, "Eine Umsetzungsliste in ihrer Reihenfolge",
                [
                    Self.ort, .init("q", "Wörter des Titels oder Anfang eines Schlüssels"), .init("stand", "Stand"),
                    .init("variante", "Variante"), .init("loesung", "ja: nur mit vorhandener Lösung"),
                    .init("fehlt", "angaben: nur online ohne Adresse oder Reifegrad"),
                    .init("amt", "Amt; nur mit dem Recht, die inneren Spalten zu sehen"),
                ], antwort: .liste("Umsetzungseintrag")), use: show)
        routes.api(
            APIOperation(
                .post, list, "Einen Umsetzungseintrag anlegen", [Self.ort], eingabe: Umsetzungseintrag.eingabe,
                antwort: .angelegt("Umsetzungseintrag")), use: create)
        routes.api(
            APIOperation(one, "Ein Umsetzungseintrag", [Self.ort], antwort: .objekt("Umsetzungseintrag")), use: entry)
        routes.api(
            APIOperation(
                .patch, one, "Einen Umsetzungseintrag ändern", [Self.ort],
                eingabe: Umsetzungseintrag.eingabe.aenderung("UmsetzungseintragAenderung"),
                antwort: .objekt("Umsetzungseintrag")), use: change)
        routes.api(
            APIOperation(
                .post, one + "/uebernahme", "Einen Onlinedienst für einen Eintrag übernehmen", [Self.ort],
                eingabe: Self.uebernahme, antwort: .objekt("Umsetzungseintrag")), use: takeOver)
    }

    @Sendable func lists(_ request: Request, _ context: SiteContext) async throws -> Response {
        let wunsch = try Listenwunsch(Abfrage(request))
        let (gesamt, found) = try await database.read { db in
            try (EintragStore.listenzahl(in: db), EintragStore.listen(wunsch, in: db))
        }
        return .liste(found.eintraege.map(ListenJSON.init), gesamt: gesamt, weiter: found.weiter)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, abfrage) = (try context.parameter("organisation"), try Abfrage(request))
        let (wunsch, person) = (try Listenwunsch(abfrage), context.person)
        let (organisation, gesamt, entries, weiter) = try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            let intern = Rechte.darf(person, .umsetzungIntern(organisation: organisation.id.rawValue))
            let filter = try EintragFilter(abfrage, intern: intern)
            let (rows, weiter) = try EintragStore.list(filter, wunsch, organisation: organisation.id, in: db)
            let dienste = try EintragStore.dienste(Set(rows.compactMap(\.inhalt.dienst)).sorted(), in: db)
            return (
                organisation, try EintragStore.count(filter, organisation: organisation.id, in: db),
                rows.map { EintragJSON($0, $0.inhalt.dienst.flatMap { dienste[$0] }, intern: intern) }, weiter
            )
        }
        if organisation.pfadwort != word {
            return .dauerhaft(zu: "/api/v1" + organisation.listenpfad + (request.uri.query.map { "?" + $0 } ?? ""))
        }
        return .liste(entries, gesamt: gesamt, weiter: weiter)
    }

    @Sendable func entry(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id, person) = (try context.parameter("organisation"), try context.parameter("id"), context.person)
        let (organisation, found) = try await database.read { db in
            let (organisation, eintrag) = try Self.find(OrganisationStore.named(word, in: db), id, in: db)
            let intern = Rechte.darf(person, .umsetzungIntern(organisation: organisation.id.rawValue))
            return (organisation, try EintragJSON(eintrag, intern: intern, in: db))
        }
        if organisation.pfadwort != word { return .dauerhaft(zu: "/api/v1" + organisation.pfad(zu: found.eintrag)) }
        return .json(found)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("organisation")
        return try await weg.fuehre(request, context, Umsetzungseintrag.eingabe) { wer, db in
            try Self.changeable(word, wer, in: db)
        } aendere: { organisation, felder, urheber, db in
            var form = EintragForm()
            form.uebernimm(felder)
            let inhalt = try form.checked(.init(), durch: urheber, in: db)
            let id = try EintragAenderung.insert(inhalt, organisation: organisation.id, durch: urheber, in: db)
            let (_, made) = try Self.find(organisation, id.rawValue, in: db)
            return .angelegt(
                try EintragJSON(made, intern: true, in: db), unter: "/api/v1" + organisation.pfad(zu: made))
        }
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("organisation"), try context.parameter("id"))
        let form = Umsetzungseintrag.eingabe.aenderung("UmsetzungseintragAenderung")
        return try await weg.fuehre(request, context, form) { wer, db in
            try Self.find(Self.changeable(word, wer, in: db), id, in: db)
        } aendere: { found, felder, urheber, db in
            let (organisation, current) = found
            try felder.verlange(version: current.version, sonst: EintragAenderung.inzwischenGeaendert)
            let dienst = try current.inhalt.dienst.flatMap { try EintragStore.loesung($0, in: db) }
            var form = EintragForm(current, dienst: dienst)
            form.uebernimm(felder)
            let inhalt = try form.checked(current.inhalt, durch: urheber, in: db)
            try EintragAenderung.change(current, to: inhalt, durch: urheber, in: db)
            let (_, now) = try Self.find(organisation, id, in: db)
            return .geaendert(try EintragJSON(now, intern: true, in: db))
        }
    }

    @Sendable func takeOver(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("organisation"), try context.parameter("id"))
        return try await weg.fuehre(request, context, Self.uebernahme) { wer, db in
            try Self.find(Self.changeable(word, wer, in: db), id, in: db)
        } aendere: { found, felder, urheber, db in
            let (organisation, current) = found
            guard let wish = felder["dienst"], let loesung = try EintragStore.dienst(genannt: wish, in: db) else {
                var errors = FormErrors()
                errors.add("dienst", "Diesen Onlinedienst kennt das Verzeichnis nicht oder mehrfach.")
                throw errors
            }
            try EintragAenderung.waehle(loesung, fuer: current, durch: urheber, in: db)
            let (_, now) = try Self.find(organisation, id, in: db)
            return .geaendert(try EintragJSON(now, intern: true, in: db))
        }
    }

    /// The Organisation of the address, for somebody who may change its list.
    private static func changeable(
        _ word: String, _ wer: Nachschau, in db: any SQLConnection
    ) throws -> Organisation {
        let organisation = try OrganisationStore.named(word, in: db)
        try wer.verlange(.umsetzungAendern(organisation: organisation.id.rawValue), in: db)
        return organisation
    }

    private static func find(
        _ organisation: Organisation, _ id: String, in db: any SQLConnection
    ) throws -> (Organisation, Umsetzungseintrag) {
        guard let eintrag = try EintragStore.find(.init(rawValue: id), organisation: organisation.id, in: db) else {
            throw Refusal(.notFound, "Diesen Eintrag gibt es in der Liste von \(organisation.name) nicht.")
        }
        return (organisation, eintrag)
    }
}
