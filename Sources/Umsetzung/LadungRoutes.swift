import Formats
import Hummingbird
package import Kernel
package import Storage
import Verzeichnis
package import Web

/// Loading a sheet in the browser: choose a file, read what would change, decide.
package struct LadungRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let now: @Sendable () -> Instant

    package init(database: any Database, site: Site, now: @escaping @Sendable () -> Instant) {
        (self.database, self.site, self.now) = (database, site, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/umsetzung/{organisation}/ladungen", .angemeldet, use: form)
        routes.post("/umsetzung/{organisation}/ladungen", use: upload)
        routes.get("/umsetzung/{organisation}/ladungen/{ladung}", .angemeldet, use: preview)
        routes.post("/umsetzung/{organisation}/ladungen/{ladung}/uebernahme", use: load)
    }

    @Sendable func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await allowed(context)
        return try site.render(LadungFormSeite(organisation: organisation, fehler: FormErrors()), context)
    }

    @Sendable func upload(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await allowed(context)
        let formular = try await Formular.read(request, context)
        let person = try context.verlangePerson()
        func refuse(_ text: String) throws -> Response {
            var errors = FormErrors()
            errors.add("datei", text)
            return try site.render(
                LadungFormSeite(organisation: organisation, fehler: errors), context, status: .unprocessableContent)
        }
        guard let datei = formular.dateien["datei"], !datei.bytes.isEmpty else {
            return try refuse("Wählen Sie eine CSV-Datei aus, die nicht leer ist.")
        }
        guard datei.bytes.count <= Formular.dateiLimit else { return try refuse("Die Datei ist größer als 10 MB.") }
        do { _ = try TextSource(bytes: datei.bytes, name: datei.name) } catch { return try refuse(error.reason) }
        let am = now()
        let (id, wer) = (Kennung.neu(am), context.nachschau)
        try await database.write { db in
            try wer.verlange(.umsetzungAendern(organisation: organisation.id.rawValue), in: db)
            try LadungStore.insert(
                Ladung(
                    id: id, organisation: organisation.id, person: person.id, dateiname: String(datei.name.prefix(200)),
                    inhalt: datei.bytes, am: am),
                in: db)
        }
        return .weiter(zu: "\(organisation.listenpfad)/ladungen/\(id)")
    }

    @Sendable func preview(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await allowed(context)
        let ladung = try await find(context, organisation)
        let bericht = try await run(
            ladung, organisation, context, Importauftrag(probe: true, urheber: context.urheber(now())))
        let page = LadungSeite(organisation: organisation, ladung: ladung, bericht: bericht)
        return try site.render(page, context, status: bericht.fehlerzahl == 0 ? .ok : .unprocessableContent)
    }

    @Sendable func load(_ request: Request, _ context: SiteContext) async throws -> Response {
        let organisation = try await allowed(context)
        let felder = try await Formular.read(request, context).felder
        let ladung = try await find(context, organisation)
        let auftrag = Importauftrag(
            fehlerhafteUeberspringen: felder["ueberspringen"] == "ja", urheber: context.urheber(now()))
        let bericht = try await run(ladung, organisation, context, auftrag)
        guard bericht.geschrieben else {
            let page = LadungSeite(organisation: organisation, ladung: ladung, bericht: bericht)
            return try site.render(page, context, status: .unprocessableContent)
        }
        let wer = context.nachschau
        try await database.write { db in
            try wer.verlange(.umsetzungAendern(organisation: organisation.id.rawValue), in: db)
            try LadungStore.delete(ladung.id, in: db)
        }
        return .weiter(zu: "\(organisation.listenpfad)?ok=geladen")
    }

    private func run(
        _ ladung: Ladung, _ organisation: Organisation, _ context: SiteContext, _ auftrag: Importauftrag
    ) async throws -> Importbericht {
        let source: TextSource
        do { source = try TextSource(bytes: ladung.inhalt, name: ladung.dateiname) } catch {
            var bericht = Importbericht()
            bericht.refuse(error)
            return bericht
        }
        let wer = context.nachschau
        return try await UmsetzungImport.run(source, organisation: organisation.id, auftrag, in: database) { db in
            try wer.verlange(.umsetzungAendern(organisation: organisation.id.rawValue), in: db)
        }
    }

    private func allowed(_ context: SiteContext) async throws -> Organisation {
        let word = try context.parameter("organisation")
        let organisation = try await database.read { db in try OrganisationStore.named(word, in: db) }
        try context.verlange(.umsetzungAendern(organisation: organisation.id.rawValue))
        return organisation
    }

    private func find(_ context: SiteContext, _ organisation: Organisation) async throws -> Ladung {
        let id = try context.parameter("ladung")
        let am = now()
        let found = try await database.read { db in
            try LadungStore.find(id, organisation: organisation.id, am: am, in: db)
        }
        guard let found, found.person == context.person?.id else {
            throw Refusal(.notFound, "Diese Datei liegt nicht mehr bereit. Wählen Sie sie noch einmal aus.")
        }
        return found
    }
}

/// A sheet that waits for the decision to load it; kept for a day at most.
struct Ladung: Sendable {
    let id: String
    let organisation: Organisation.ID
    let person: Person.ID
    let dateiname: String
    let inhalt: [UInt8]
    let am: Instant
}

extension Ladung: RowDecodable {
    init(row: Row) throws {
        id = try row["id"]
        organisation = try row["organisation"]
        person = try row["person"]
        dateiname = try row["dateiname"]
        let blob: Blob = try row["inhalt"]
        inhalt = blob.bytes
        am = try row["am"]
    }
}

/// Every statement that touches `umsetzung_ladung`.
enum LadungStore {
    static let aufbewahrung = 24 * 60 * 60

    /// Sheets of one person that wait at a time; a forgotten one makes room. Nobody fills the disk with them.
    static let hoechstens = 5

    /// Stores a sheet and forgets those older than a day.
    static func insert(_ ladung: Ladung, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM umsetzung_ladung WHERE am < \(ladung.am.plus(sekunden: -aufbewahrung))")
        try db.execute(
            """
            INSERT INTO umsetzung_ladung (id, organisation, person, dateiname, inhalt, am)
            VALUES (\(ladung.id), \(ladung.organisation), \(ladung.person), \(ladung.dateiname), \(Blob(ladung.inhalt)), \(ladung.am))
            """)
        try db.execute(
            """
            DELETE FROM umsetzung_ladung WHERE person = \(ladung.person) AND id NOT IN (
                SELECT id FROM umsetzung_ladung WHERE person = \(ladung.person)
                ORDER BY am DESC, id DESC LIMIT \(hoechstens))
            """)
    }

    static func find(_ id: String, organisation: Organisation.ID, am: Instant, in db: any SQLConnection) throws
        -> Ladung?
    {
        try db.first(
            """
            SELECT id, organisation, person, dateiname, inhalt, am FROM umsetzung_ladung
            WHERE id = \(id) AND organisation = \(organisation) AND am >= \(am.plus(sekunden: -aufbewahrung))
            """)
    }

    static func delete(_ id: String, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM umsetzung_ladung WHERE id = \(id)")
    }
}
