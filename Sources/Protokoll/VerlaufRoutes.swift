import Formats
import Hummingbird
package import Kernel
import NIOCore
package import Storage
import Verzeichnis
package import Web

/// The Verlauf as a whole and of one Organisation, for those who audit: as a page and as files.
package struct VerlaufRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let konten: any Personennamen
    let worte: [any Verlaufsworte]
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, konten: any Personennamen, worte: [any Verlaufsworte],
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.now) = (database, site, now)
        (self.konten, self.worte) = (konten, worte)
    }

    package func add(to routes: inout Routes) {
        for pfad in ["/verlauf", "/organisationen/{organisation}/verlauf"] {
            routes.get(pfad, .angemeldet, use: show)
            routes.tabelle(pfad, .angemeldet, use: table)
            routes.get(pfad + ".jsonl", .angemeldet, use: lines)
        }
    }

    /// The Organisation of the address, where it names one; asks for the right to read there or everywhere.
    private func gewaehlte(_ word: String?, _ person: Person?, in db: any SQLConnection) throws -> Organisation? {
        guard let word else {
            try Rechte.verlange(.verlaufGanzLesen, von: person)
            return nil
        }
        let organisation = try OrganisationStore.named(word, in: db)
        try VerlaufRoutes.verlange(organisation.id.rawValue, von: person)
        return organisation
    }

    static func verlange(_ organisation: String, von person: Person?) throws {
        // Whoever reads all of it reads that of one Organisation.
        if Rechte.darf(person, .verlaufGanzLesen) { return }
        try Rechte.verlange(.verlaufLesen(organisation: organisation), von: person)
    }

    private func word(_ context: SiteContext) throws -> String? {
        context.parameters.get("organisation") == nil ? nil : try context.parameter("organisation")
    }

    private static func pfad(_ organisation: Organisation?) -> String {
        organisation.map { $0.pfad + "/verlauf" } ?? "/verlauf"
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, abfrage, person) = (try word(context), try Abfrage(request), context.person)
        let page = try await database.read { db in
            let organisation = try gewaehlte(word, person, in: db)
            let filter = try VerlaufFilter(
                abfrage, pfad: VerlaufRoutes.pfad(organisation), organisation: organisation, in: db)
            let groesse = VerlaufSeite.groesse
            let found = try VerlaufStore.seite(filter.auswahl, vor: filter.stelle, limit: groesse + 1, in: db)
            let shown = Array(found.prefix(groesse))
            let namen = try Verlaufsnamen(shown, konten, in: db)
            let gewaehlt = try filter.gewaehltePerson.map { try konten.namen([$0], in: db) } ?? [:]
            return VerlaufSeite(
                organisation: organisation, filter: filter, bild: filter.bild(gewaehlt),
                zeilen: shown.map { zeile in
                    VerlaufZeile(
                        zeile: zeile,
                        satz: Verlaufssatz(zeile, namen, worte) { id in
                            filter.adresse.mit("person", id?.rawValue ?? VerlaufFilter.betrieb).text
                        }, organisation: zeile.organisation.flatMap { namen.organisationen[$0] })
                },
                aeltere: found.count > groesse ? shown.last.map(filter.aeltere) : nil)
        }
        return try site.render(page, context)
    }

    @Sendable func table(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let (word, abfrage, person) = (try word(context), try Abfrage(request), context.person)
        return .tabelle(
            try await database.tabelle(format, am: now()) { db in
                let organisation = try gewaehlte(word, person, in: db)
                let filter = try VerlaufFilter(
                    abfrage, pfad: VerlaufRoutes.pfad(organisation), organisation: organisation, in: db)
                let gewaehlt = try filter.gewaehltePerson.map { try konten.namen([$0], in: db) } ?? [:]
                return VerlaufTabelle.tabelle(filter, filter.bild(gewaehlt).auswahl, konten, worte, in: db)
            })
    }

    @Sendable func lines(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, person) = (try word(context), context.person)
        let organisation = try await database.read { db in try gewaehlte(word, person, in: db) }
        let kette = organisation?.id.rawValue
        let name = "verlauf-\(organisation.map { Faltung.slug($0.name) + "-" } ?? "")\(now().tag.iso).jsonl"
        let database = database
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/jsonl; charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            // Piece by piece, each from a snapshot of its own: whoever reads slowly holds nothing.
            body: .init { writer in
                var stelle: VerlaufExport.Stelle? = .anfang
                while let here = stelle {
                    let (bytes, next) = try await database.read { db -> ([UInt8], VerlaufExport.Stelle?) in
                        try VerlaufExport.stueck(ab: here, kette: kette, in: db)
                    }
                    if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
                    stelle = next
                }
                try await writer.finish(nil)
            })
    }
}
