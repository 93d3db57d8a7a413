import HTTPTypes
import Hummingbird
import Jobs
package import Kernel
import NIOCore
package import Storage
package import Web

/// The log of letters and the look of each kind, for the Administration.
package struct PostRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let arten: [Briefart]
    let namen: any Personennamen
    /// Whether letters leave at all.
    let an: Bool
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, arten: [Briefart], namen: any Personennamen, an: Bool,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.arten, self.namen) = (database, site, arten, namen)
        (self.an, self.now) = (an, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/betrieb/post", .angemeldet, use: log)
        routes.post("/betrieb/post/{brief}/erneut", use: erneut)
        routes.get("/betrieb/post/vorschau", .angemeldet, use: vorschauen)
        routes.get("/betrieb/post/vorschau/{art}", .angemeldet, use: vorschau)
        routes.get("/betrieb/post/vorschau/{art}/html", .angemeldet, use: html)
    }

    @Sendable func log(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        return try await seite(request, context, FormErrors())
    }

    private func seite(_ request: Request, _ context: SiteContext, _ fehler: FormErrors) async throws -> Response {
        let abfrage = try Abfrage(request)
        let seite = try Seite(abfrage)
        let zustand: Briefvermerk.Zustand? = try abfrage.auswahl("zustand")
        let hinweis = abfrage["ok"] == "erneut" ? "Der Brief wird noch einmal verschickt." : nil
        let page = try await database.read { db in
            let gesamt = try BriefStore.anzahl(zustand, in: db)
            let blaettern = try Blaettern(
                seite, gesamt: gesamt, adresse: Adresse("/betrieb/post", [("zustand", zustand?.rawValue)]))
            let briefe = try BriefStore.briefe(zustand, anzahl: seite.groesse, ab: seite.versatz, in: db)
            return PostSeite(
                an: an, zustand: zustand, briefe: briefe, blaettern: blaettern,
                titelJeArt: Dictionary(arten.map { ($0.name, $0.titel) }, uniquingKeysWith: { first, _ in first }),
                namen: try namen.namen(Set(briefe.compactMap(\.person)), in: db),
                jobs: try PostRoutes.jobs(briefe, in: db),
                hinweis: hinweis, fehler: fehler)
        }
        return try site.render(page, context, status: fehler.isEmpty ? .ok : .conflict)
    }

    /// How the jobs of those stand that did not leave.
    private static func jobs(
        _ briefe: [Briefvermerk], in db: any SQLConnection
    ) throws -> [String: Job.Zustand] {
        var found: [String: Job.Zustand] = [:]
        for brief in briefe where brief.zustand == .gescheitert || brief.zustand == .wartet {
            found[brief.id.rawValue] = try JobListe.job(brief.id, in: db)?.zustand
        }
        return found
    }

    @Sendable func erneut(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        _ = try await Formular.read(request, context)
        let id = Job.ID(rawValue: try context.parameter("brief"))
        let (wer, am) = (context.nachschau, now())
        do {
            try await database.write { db in
                try wer.verlange(.betrieb, in: db)
                guard try BriefStore.brief(id, in: db) != nil else {
                    throw Refusal(.notFound, "Diesen Brief gibt es nicht mehr.")
                }
                try JobListe.erneut(id, am: am, in: db)
                try BriefStore.warteErneut(id, in: db)
            }
        } catch let refusal as Refusal where refusal.kind == .conflict {
            var errors = FormErrors()
            errors.add("", refusal.message)
            return try await seite(request, context, errors)
        }
        return .weiter(zu: "/betrieb/post?ok=erneut")
    }

    @Sendable func vorschauen(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        return try site.render(VorschauenSeite(arten: arten), context)
    }

    @Sendable func vorschau(_ request: Request, _ context: SiteContext) async throws -> Response {
        let art = try art(context)
        let entwurf = art.muster()
        return try site.render(
            VorschauSeite(art: art, betreff: entwurf.betreff, text: try entwurf.inhalt.text(site.views)), context)
    }

    /// The letter as a mail program shows it, in a page of its own: it has its styles within, may do nothing else, and
    /// is not kept.
    @Sendable func html(_ request: Request, _ context: SiteContext) async throws -> Response {
        let art = try art(context)
        let html = try art.muster().inhalt.html(site.views)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: PostRoutes.policy,
            ], body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    package static let policy = [
        "default-src 'none'", "style-src 'unsafe-inline'", "form-action 'none'", "base-uri 'none'",
        "frame-ancestors 'none'", "sandbox",
    ].joined(separator: "; ")

    private func art(_ context: SiteContext) throws -> Briefart {
        try context.verlange(.betrieb)
        let name = try context.parameter("art")
        guard let art = arten.first(where: { $0.name == name }) else {
            throw Refusal(.notFound, "Diese Art von E-Mail gibt es nicht.")
        }
        return art
    }
}
