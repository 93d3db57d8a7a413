import Hummingbird
package import Kernel
package import Storage
package import Web

/// The offices of an Organisation for programs.
package struct EinheitAPIRoutes: RoomRoutes {
    let database: any Database
    let weg: Schreibweg
    let now: @Sendable () -> Instant

    package init(database: any Database, weg: Schreibweg, now: @escaping @Sendable () -> Instant) {
        (self.database, self.weg, self.now) = (database, weg, now)
    }

    private static let neu = Eingabeform(
        "OrganisationseinheitNeu",
        [
            .init("name", .text(200), pflicht: true, "ohne Nummer"), .init("kuerzel", .text(20)),
            .init("ueber", .text(16), "Kennung des Amtes darüber"),
        ])
    private static let aenderung = neu.aenderung(
        "OrganisationseinheitAenderung",
        und: [.init("gueltigBis", .tag, feld: "bis", "der letzte Tag; null: das Amt besteht weiter")])
    private static let zusammenlegung = Eingabeform(
        "Zusammenlegung", [.init("ziel", .text(16), pflicht: true, "Kennung des Amtes, in dem es aufgeht")])
    private static let reihenfolge = Eingabeform(
        "Reihenfolge", [.init("richtung", .wort(["hoch", "runter"]), pflicht: true)])

    private static let unbekannt = Refusal(.notFound, "Dieses Amt gibt es bei dieser Verwaltung nicht.")

    package func add(to routes: inout Routes) {
        let (all, one) = ("/organisationen/{ars}/einheiten", "/organisationen/{ars}/einheiten/{id}")
        let (ort, form) = ([OrganisationAPIRoutes.ort], "Organisationseinheit")
        routes.api(
            APIOperation(all, "Ämter einer Organisation von oben nach unten", ort, antwort: .liste(form)), use: list)
        routes.api(
            APIOperation(.post, all, "Ein Amt anlegen", ort, eingabe: Self.neu, antwort: .angelegt(form)), use: create)
        routes.api(APIOperation(one, "Ein Amt, auch ein geschlossenes", ort, antwort: .objekt(form)), use: show)
        routes.api(
            APIOperation(
                .patch, one, "Ein Amt ändern, verschieben oder schließen", ort, eingabe: Self.aenderung,
                antwort: .objekt(form)), use: change)
        routes.api(
            APIOperation(
                .post, one + "/zusammenlegung", "Ein Amt in einem anderen aufgehen lassen", ort,
                eingabe: Self.zusammenlegung, antwort: .objekt(form)), use: merge)
        routes.api(
            APIOperation(
                .post, one + "/reihenfolge", "Ein Amt um eine Stelle verschieben", ort, eingabe: Self.reihenfolge,
                antwort: .objekt(form)), use: order)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, heute) = (try context.parameter("ars"), now().tag)
        let wunsch = try Listenwunsch(Abfrage(request), teile: 1)
        let (organisation, baum) = try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            return (organisation, try EinheitStore.baum(organisation.id, in: db))
        }
        if organisation.schluessel != word { return .dauerhaft(zu: "/api/v1\(organisation.pfad)/einheiten") }
        let all = baum.reihe(am: heute).map(\.einheit)
        let part = try wunsch.teil(alle: all)
        return .liste(part.eintraege, gesamt: all.count, weiter: part.weiter)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, id) = (try context.parameter("ars"), try context.parameter("id"))
        let (organisation, einheit) = try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            return (organisation, try EinheitStore.baum(organisation.id, in: db)[.init(rawValue: id)])
        }
        guard let einheit else { throw Self.unbekannt }
        if organisation.schluessel != word { return .dauerhaft(zu: "/api/v1" + organisation.pfad(zu: einheit)) }
        return .json(einheit)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("ars")
        return try await weg.fuehre(request, context, Self.neu) { wer, db in
            try OrganisationAPIRoutes.changeable(word, wer, in: db)
        } aendere: { organisation, felder, urheber, db in
            var form = EinheitForm()
            form.uebernimm(felder)
            let id = try EinheitAenderung(organisation.id, durch: urheber, in: db).anlegen(form.checked())
            let made = try Self.einheit(id, organisation, in: db)
            return .angelegt(made, unter: "/api/v1" + organisation.pfad(zu: made))
        }
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await apply(request, context, Self.aenderung) { organisation, einheit, felder, urheber, db in
            try felder.verlange(version: einheit.version, sonst: EinheitAenderung.inzwischenGeaendert)
            guard einheit.aufgegangenIn == nil else {
                throw Refusal(.conflict, "„\(einheit.bezeichnung)“ ist in einem anderen Amt aufgegangen.")
            }
            var form = EinheitForm(einheit)
            form.uebernimm(felder)
            try EinheitAenderung(organisation.id, durch: urheber, in: db).aendern(einheit, zu: form.checked())
            if felder.nennt("bis") {
                // The tree as it is after the first step.
                let next = try EinheitAenderung(organisation.id, durch: urheber, in: db)
                try next.schliessen(Self.einheit(einheit.id, organisation, in: db), am: form.tag())
            }
            return einheit.id
        }
    }

    @Sendable func merge(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await apply(request, context, Self.zusammenlegung) { organisation, einheit, felder, urheber, db in
            let ziel = Organisationseinheit.ID(rawValue: felder.roh("ziel"))
            try EinheitAenderung(organisation.id, durch: urheber, in: db).zusammenlegen(einheit, in: ziel)
            return ziel
        }
    }

    @Sendable func order(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await apply(request, context, Self.reihenfolge) { organisation, einheit, felder, urheber, db in
            let change = try EinheitAenderung(organisation.id, durch: urheber, in: db)
            try change.ordnen(einheit, nachVorn: felder["richtung"] == "hoch")
            return einheit.id
        }
    }

    private typealias Schritt =
        @Sendable (
            Organisation, Organisationseinheit, Abfrage, Urheber, any SQLConnection
        ) throws -> Organisationseinheit.ID

    /// One change of one office; answers with the office that the step names.
    private func apply(
        _ request: Request, _ context: SiteContext, _ form: Eingabeform, _ step: @escaping Schritt
    ) async throws -> Response {
        let (word, id) = (try context.parameter("ars"), try context.parameter("id"))
        return try await weg.fuehre(request, context, form) { wer, db in
            try OrganisationAPIRoutes.changeable(word, wer, in: db)
        } aendere: { organisation, felder, urheber, db in
            // Waits for other changes of the tree before it reads the office.
            _ = try EinheitAenderung(organisation.id, durch: urheber, in: db)
            let einheit = try Self.einheit(.init(rawValue: id), organisation, in: db)
            let shown = try step(organisation, einheit, felder, urheber, db)
            return .geaendert(try Self.einheit(shown, organisation, in: db))
        }
    }

    private static func einheit(
        _ id: Organisationseinheit.ID, _ organisation: Organisation, in db: any SQLConnection
    ) throws -> Organisationseinheit {
        guard let found = try EinheitStore.baum(organisation.id, in: db)[id] else { throw unbekannt }
        return found
    }
}
