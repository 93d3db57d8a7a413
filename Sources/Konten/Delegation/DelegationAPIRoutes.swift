package import Formats
import Hummingbird
import Kernel
package import Storage
package import Web

/// Who acts for an authority, for programs.
package struct DelegationAPIRoutes: RoomRoutes {
    let database: any Database
    let weg: Schreibweg

    package init(database: any Database, weg: Schreibweg) { (self.database, self.weg) = (database, weg) }

    private static let ort = APIOperation.Parameter("ars", "Regionalschlüssel oder Kennung", in: "path")

    private static let neu = Eingabeform(
        "DelegationNeu",
        [
            .init("an", .text(40), pflicht: true, "Kennung oder Regionalschlüssel des Kreises oder IT-Dienstleisters"),
            .init("rolle", .wort(DelegationForm.rollen.map(\.rawValue)), pflicht: true),
            .init("ab", .tag, "sonst ab sofort"), .init("bis", .tag, "der letzte Tag; sonst bis auf Weiteres"),
        ])

    package static let schema = APISchema(
        "Delegation",
        [
            .init("an", .text, "Kennung"), .init("anName", .text),
            .init("rolle", .auswahl(DelegationForm.rollen.map(\.rawValue))), .init("ab", .text, leerbar: true),
            .init("bis", .text, leerbar: true),
        ])

    package func add(to routes: inout Routes) {
        let all = "/organisationen/{ars}/delegationen"
        let one = all + "/{an}/{rolle}"
        let rolle = APIOperation.Parameter("rolle", "Rolle", in: "path")
        routes.api(
            APIOperation(
                all, "Wem eine Organisation Rollen delegiert hat", [Self.ort], nurMitToken: true,
                antwort: .liste("Delegation")), use: list)
        routes.api(
            APIOperation(
                .post, all, "Eine Rolle delegieren; eine, die es schon gibt, bekommt die neuen Tage", [Self.ort],
                eingabe: Self.neu, antwort: .angelegt("Delegation")), use: give)
        routes.api(
            APIOperation(
                one, "Eine Delegation", [Self.ort, rolle], nurMitToken: true, antwort: .objekt("Delegation")),
            use: show)
        routes.api(APIOperation(.delete, one, "Eine Delegation beenden", [Self.ort, rolle], antwort: .leer), use: end)
    }

    /// What an Organisation gave, for somebody who works there.
    private func gegeben(_ context: SiteContext) async throws -> (Delegation.Haus, [Delegation]) {
        let word = try context.parameter("ars")
        let (haus, all) = try await database.read { db in
            let haus = try Self.haus(word, in: db)
            return (haus, try DelegationStore.alle(haus.id, in: db).gegeben)
        }
        try context.verlange(.organisationIntern(organisation: haus.id))
        return (haus, all)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let wunsch = try Listenwunsch(Abfrage(request), teile: 1)
        let (_, all) = try await gegeben(context)
        let part = try wunsch.teil(alle: all)
        return .liste(part.eintraege, gesamt: all.count, weiter: part.weiter)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (an, rolle) = (try context.parameter("an"), try context.parameter("rolle"))
        let (_, all) = try await gegeben(context)
        guard let found = all.first(where: { $0.an.id == an && $0.rolle.rawValue == rolle }) else {
            throw Self.unbekannt
        }
        return .json(found)
    }

    @Sendable func give(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("ars")
        return try await weg.fuehre(request, context, Self.neu) { wer, db in
            try Self.changeable(word, wer, in: db)
        } aendere: { haus, felder, urheber, db in
            var form = DelegationForm()
            form.uebernimm(felder)
            form.an = try DelegationStore.haus(form.an, in: db)?.id ?? form.an
            let wish = try form.checked(heute: urheber.am.tag, DelegationStore.moegliche(fuer: haus.id, in: db))
            try DelegationStore.gib(
                wish.rolle, von: haus.id, an: wish.an, ab: wish.ab, bis: wish.bis, durch: urheber, in: db)
            let made = try Self.find(wish.an, wish.rolle.rawValue, haus, in: db)
            return .angelegt(
                made, unter: "/api/v1\(haus.pfad)/delegationen/\(made.an.id)/\(made.rolle.rawValue)")
        }
    }

    @Sendable func end(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("ars")
        let (an, rolle) = (try context.parameter("an"), try context.parameter("rolle"))
        return try await weg.fuehre(request, context) { wer, db in
            let haus = try Self.changeable(word, wer, in: db)
            return (haus, try Self.find(an, rolle, haus, in: db))
        } aendere: { found, _, urheber, db in
            let (haus, delegation) = found
            try DelegationStore.beende(
                delegation.rolle, von: haus.id, an: delegation.an.id, durch: urheber, in: db)
            return .geloescht
        }
    }

    private static let unbekannt = Refusal(.notFound, "Diese Delegation gibt es nicht.")

    private static func haus(_ word: String, in db: any SQLConnection) throws -> Delegation.Haus {
        guard let found = try DelegationStore.haus(word, in: db) else {
            throw Refusal(.notFound, "„\(word.prefix(80))“ ist keine bekannte Organisation.")
        }
        return found
    }

    private static func changeable(
        _ word: String, _ wer: Nachschau, in db: any SQLConnection
    ) throws -> Delegation.Haus {
        let haus = try haus(word, in: db)
        try wer.verlange(.delegieren(organisation: haus.id), in: db)
        return haus
    }

    private static func find(
        _ an: String, _ rolle: String, _ haus: Delegation.Haus, in db: any SQLConnection
    ) throws -> Delegation {
        guard
            let found = try DelegationStore.alle(haus.id, in: db).gegeben.first(where: {
                $0.an.id == an && $0.rolle.rawValue == rolle
            })
        else { throw unbekannt }
        return found
    }
}

extension Delegation: JSONValue {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("an", an.id)
            json.field("anName", an.name)
            json.field("rolle", rolle.rawValue)
            json.field("ab", gueltigVon?.iso)
            json.field("bis", gueltigBis?.iso)
        }
    }
}
