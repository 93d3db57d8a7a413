import Hummingbird
package import Jobs
package import Kernel
package import Storage
package import Web

/// The queue as the Administration sees and mends it.
package struct JobRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    /// What an operator calls each kind.
    let titel: [String: String]
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, arbeiten: [Jobarbeit], now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.now) = (database, site, now)
        titel = Dictionary(arbeiten.map { ($0.art.name, $0.art.titel) }, uniquingKeysWith: { first, _ in first })
    }

    package func add(to routes: inout Routes) {
        routes.get("/betrieb/jobs", .angemeldet, use: list)
        routes.get("/betrieb/jobs/{job}", .angemeldet, use: show)
        routes.post("/betrieb/jobs/versuche", use: retryAll)
        routes.post("/betrieb/jobs/{job}/versuch", use: retry)
        routes.post("/betrieb/jobs/{job}/abbruch", use: cancel)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let abfrage = try Abfrage(request)
        let seite = try Seite(abfrage)
        let zustand = try abfrage["zustand"].map { word in
            guard let zustand = Job.Zustand(rawValue: word) else {
                throw Refusal(
                    .badRequest, "„\(word.prefix(20))“ ist kein Zustand eines Jobs. Wählen Sie einen aus der Liste.")
            }
            return zustand
        }
        let art = abfrage["art"]
        let (titel, count) = (titel, abfrage["erneut"].flatMap(Int.init))
        let page = try await database.read { db in
            // What needs somebody comes first.
            let zahlen = try Job.Zustand.allCases.map { ($0, try JobListe.anzahl($0, art: art, in: db)) }
            let shown = zustand ?? zahlen.first { $0.0 == .gescheitert && $0.1 > 0 }?.0 ?? .fertig
            let gesamt = zahlen.first { $0.0 == shown }?.1 ?? 0
            return try JobsSeite(
                zustand: shown, art: art, arten: JobListe.arten(in: db), titelJeArt: titel, zahlen: zahlen,
                jobs: JobListe.jobs(shown, art: art, anzahl: seite.groesse, ab: seite.versatz, in: db),
                blaettern: Blaettern(
                    seite, gesamt: gesamt,
                    adresse: Adresse("/betrieb/jobs", [("zustand", shown.rawValue), ("art", art)])),
                erneut: count)
        }
        return try site.render(page, context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let job = try await find(context)
        return try site.render(JobSeite(job: job, art: titel[job.art] ?? job.art), context)
    }

    @Sendable func retry(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await change(request, context) { id, am, db in try JobListe.erneut(id, am: am, in: db) }
    }

    @Sendable func cancel(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await change(request, context) { id, am, db in try JobListe.brichAb(id, am: am, in: db) }
    }

    @Sendable func retryAll(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        let art = try await Formular.read(request, context).felder.roh("art")
        let (wer, am) = (context.nachschau, now())
        let count = try await database.write { db in
            try wer.verlange(.betrieb, in: db)
            return try JobListe.alleErneut(art: art, am: am, in: db)
        }
        return .weiter(
            zu: Adresse(
                "/betrieb/jobs", [("zustand", Job.Zustand.wartet.rawValue), ("art", art), ("erneut", String(count))]
            ).text)
    }

    private func change(
        _ request: Request, _ context: SiteContext,
        _ body: @escaping @Sendable (Job.ID, Instant, any SQLConnection) throws -> Void
    ) async throws -> Response {
        try context.verlange(.betrieb)
        _ = try await Formular.read(request, context)
        let id = try await find(context).id
        let (wer, am) = (context.nachschau, now())
        do {
            try await database.write { db in
                try wer.verlange(.betrieb, in: db)
                try body(id, am, db)
            }
        } catch StorageError.uniqueViolation {
            // Somebody asked for the same at this very moment.
            throw Refusal(.conflict, "Ein anderer Job tut bereits dasselbe. Warten Sie, bis er fertig ist.")
        }
        return .weiter(zu: "/betrieb/jobs/\(id.rawValue)")
    }

    private func find(_ context: SiteContext) async throws -> Job {
        let id = Job.ID(rawValue: try context.parameter("job"))
        guard Kennung.istKennung(id.rawValue), let job = try await database.read({ db in try JobListe.job(id, in: db) })
        else {
            throw Refusal(
                .notFound,
                "Diesen Job gibt es nicht mehr. Fertige Jobs werden nach zwei Wochen gelöscht, gescheiterte nach 90 Tagen."
            )
        }
        return job
    }
}
