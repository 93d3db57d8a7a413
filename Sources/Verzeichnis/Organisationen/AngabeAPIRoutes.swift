import Formats
import Hummingbird
package import Kernel
package import Storage
package import Web

/// What an authority says about itself, for programs: contacts, procedures, IT providers, legal statuses.
package struct AngabeAPIRoutes: RoomRoutes {
    let database: any Database
    let weg: Schreibweg
    let now: @Sendable () -> Instant

    package init(database: any Database, weg: Schreibweg, now: @escaping @Sendable () -> Instant) {
        (self.database, self.weg, self.now) = (database, weg, now)
    }

    package func add(to routes: inout Routes) {
        for art in Angabenart.allCases {
            let (all, one) = ("/organisationen/{ars}/\(art.rawValue)", "/organisationen/{ars}/\(art.rawValue)/{id}")
            let (ort, form, wort) = ([OrganisationAPIRoutes.ort], art.schemaname, art.einzahl)
            routes.api(
                APIOperation(
                    all, "\(art.mehrzahl) einer Organisation; ohne Recht nur öffentliche", ort, antwort: .liste(form))
            ) { try await list($0, $1, art) }
            routes.api(
                APIOperation(
                    .post, all, "\(wort) hinzufügen", ort, eingabe: art.eingabe, antwort: .angelegt(form))
            ) { try await create($0, $1, art) }
            routes.api(APIOperation(one, "Einzeln: \(wort)", ort, antwort: .objekt(form))) {
                try await show($0, $1, art)
            }
            routes.api(
                APIOperation(.patch, one, "\(wort) ändern", ort, eingabe: art.aenderung, antwort: .objekt(form))
            ) { try await change($0, $1, art) }
            routes.api(APIOperation(.delete, one, "\(wort) löschen", ort, antwort: .leer)) {
                try await delete($0, $1, art)
            }
        }
    }

    /// The statements that somebody may read today, and whose they are.
    private func lesbare(
        _ context: SiteContext, _ art: Angabenart
    ) async throws -> (Organisation, [Angabe]) {
        let (word, person, heute) = (try context.parameter("ars"), context.person, now().tag)
        return try await database.read { db in
            let organisation = try OrganisationStore.named(word, in: db)
            let intern = Rechte.darf(person, .organisationIntern(organisation: organisation.id.rawValue))
            let all = try AngabeStore.alle(art, organisation: organisation.id, in: db)
            return (organisation, all.filter { intern || $0.istOeffentlich(am: heute) })
        }
    }

    private func list(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let wunsch = try Listenwunsch(Abfrage(request), teile: 1)
        let (organisation, all) = try await lesbare(context, art)
        if try context.parameter("ars") != organisation.schluessel {
            return .dauerhaft(zu: "/api/v1\(organisation.pfad)/\(art.rawValue)")
        }
        let part = try wunsch.teil(alle: all)
        return .liste(part.eintraege, gesamt: all.count, weiter: part.weiter)
    }

    private func show(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let id = try context.parameter("id")
        let (organisation, all) = try await lesbare(context, art)
        guard let found = all.first(where: { $0.id == id }) else { throw Self.unbekannt(organisation) }
        if try context.parameter("ars") != organisation.schluessel {
            return .dauerhaft(zu: "/api/v1\(organisation.pfad)/\(found.pfadteil)")
        }
        return .json(found)
    }

    private func create(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let word = try context.parameter("ars")
        return try await weg.fuehre(request, context, art.eingabe) { wer, db in
            try OrganisationAPIRoutes.changeable(word, wer, in: db)
        } aendere: { organisation, felder, urheber, db in
            var form = Angabenform(art)
            form.uebernimm(felder)
            let werte = try form.checked(
                nil, baum: EinheitStore.baum(organisation.id, in: db), heute: urheber.am.tag, in: db)
            let id = try AngabeStore.insert(werte, art, organisation: organisation.id, durch: urheber, in: db)
            let made = try Self.find(id, art, organisation, in: db)
            return .angelegt(made, unter: "/api/v1\(organisation.pfad)/\(made.pfadteil)")
        }
    }

    private func change(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let (word, id) = (try context.parameter("ars"), try context.parameter("id"))
        return try await weg.fuehre(request, context, art.aenderung) { wer, db in
            let organisation = try OrganisationAPIRoutes.changeable(word, wer, in: db)
            return (organisation, try Self.find(id, art, organisation, in: db))
        } aendere: { found, felder, urheber, db in
            let (organisation, current) = found
            try felder.verlange(version: current.version, sonst: AngabeStore.inzwischenGeaendert)
            var form = Angabenform(current)
            form.uebernimm(felder)
            let werte = try form.checked(
                current, baum: EinheitStore.baum(organisation.id, in: db), heute: urheber.am.tag, in: db)
            try AngabeStore.change(current, to: werte, durch: urheber, in: db)
            return .geaendert(try Self.find(id, art, organisation, in: db))
        }
    }

    private func delete(_ request: Request, _ context: SiteContext, _ art: Angabenart) async throws -> Response {
        let (word, id) = (try context.parameter("ars"), try context.parameter("id"))
        return try await weg.fuehre(request, context) { wer, db in
            let organisation = try OrganisationAPIRoutes.changeable(word, wer, in: db)
            return try Self.find(id, art, organisation, in: db)
        } aendere: { current, _, urheber, db in
            try AngabeStore.delete(current, durch: urheber, in: db)
            return .geloescht
        }
    }

    private static func find(
        _ id: String, _ art: Angabenart, _ organisation: Organisation, in db: any SQLConnection
    ) throws -> Angabe {
        guard let found = try AngabeStore.find(id, art, organisation: organisation.id, in: db) else {
            throw unbekannt(organisation)
        }
        return found
    }

    private static func unbekannt(_ organisation: Organisation) -> Refusal {
        Refusal(.notFound, "Diese Angabe gibt es bei \(organisation.name) nicht.")
    }
}
