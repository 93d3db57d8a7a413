import Hummingbird
package import Jobs
package import Kernel
package import Storage
package import Web

/// Where the Administration finds what concerns the whole installation.
package struct BetriebRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let arbeiten: [Jobarbeit]
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, arbeiten: [Jobarbeit], now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.arbeiten, self.now) = (database, site, arbeiten, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/betrieb", .angemeldet, use: show)
        routes.post("/betrieb/plaene/{art}/lauf", use: start)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let (am, ok) = (now(), try Abfrage(request)["ok"])
        let (zahlen, plaene, groesse) = try await database.read { db in
            (try JobListe.zahlen(am: am, in: db), try Planstand.alle(in: db), try BetriebStore.groesse(in: db))
        }
        let page = BetriebSeite(
            version: site.version, dialekt: database.dialect, groesse: groesse, zahlen: zahlen,
            plaene: plaene, arbeiten: arbeiten, gestartet: arbeiten.first { $0.art.name == ok }?.art.titel)
        return try site.render(page, context)
    }

    /// Has a planned job done now, beside its plan.
    @Sendable func start(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        _ = try await Formular.read(request, context)
        let name = try context.parameter("art")
        guard let arbeit = arbeiten.first(where: { $0.art.name == name && $0.plan != nil }) else {
            throw Refusal(.notFound, "Diesen Zeitplan gibt es nicht.")
        }
        let (wer, am, person) = (context.nachschau, now(), context.person?.id)
        let job = try await database.write { db in
            try wer.verlange(.betrieb, in: db)
            return try JobStore.stelle(
                arbeit.art, KeineAngaben(), schluessel: planschluessel, person: person, sofort: true, am: am, in: db)
        }
        // One that works outside may take long: its own page shows how far it is.
        if let job, arbeit.art.wirkung == .aussen { return .weiter(zu: "/betrieb/jobs/\(job.rawValue)") }
        return .weiter(zu: "/betrieb?ok=\(name)")
    }
}
