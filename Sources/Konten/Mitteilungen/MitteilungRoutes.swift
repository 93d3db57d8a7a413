import Hummingbird
package import Kernel
package import Storage
package import Web

/// How often a person hears what others changed; the choice stands on the page of the own account.
package struct MitteilungRoutes: RoomRoutes {
    package static let pfad = "/konto/mitteilungen"

    let database: any Database
    let now: @Sendable () -> Instant

    package init(database: any Database, now: @escaping @Sendable () -> Instant) {
        (self.database, self.now) = (database, now)
    }

    package func add(to routes: inout Routes) {
        // The address in letters: after signing in somebody stands before the choice.
        routes.get(MitteilungRoutes.pfad, .angemeldet) { _, context in
            _ = try context.verlangePerson()
            return .weiter(zu: "/konto#mitteilungswahl")
        }
        routes.post(MitteilungRoutes.pfad, use: waehle)
    }

    @Sendable func waehle(_ request: Request, _ context: SiteContext) async throws -> Response {
        let felder = try await Formular.read(request, context).felder
        let person = try context.verlangePerson()
        let wunsch: Mitteilungswunsch? = try felder.auswahl("mitteilungen")
        guard let wunsch else { throw Refusal(.unprocessable, "Wählen Sie aus, wie oft Sie Mitteilungen bekommen.") }
        let (wer, urheber) = (context.nachschau, context.urheber(now()))
        try await database.write { db in
            try wer.verlange(.angemeldet, in: db)
            try MitteilungStore.setze(wunsch, of: person.id, durch: urheber, in: db)
        }
        return .weiter(zu: "/konto?ok=mitteilungen")
    }
}
