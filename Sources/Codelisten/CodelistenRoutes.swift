import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import NIOCore
package import Storage
package import Web

/// Pages and JSON of the Codelisten.
package struct CodelistenRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let now: @Sendable () -> Instant

    package init(database: any Database, site: Site, now: @escaping @Sendable () -> Instant) {
        (self.database, self.site, self.now) = (database, site, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/codelisten", use: list)
        routes.get("/codelisten/{id}", use: show)
        routes.get("/codelisten/{id}/eintraege.csv", use: export)
        routes.api(
            APIOperation(
                "/codelisten", "Codelisten mit ihrer neuesten Fassung, nach Namen",
                [.init("q", "Wörter des Namens, der Kennung oder des Herausgebers")], antwort: .liste("Codeliste")),
            use: apiList)
        routes.api(
            APIOperation(
                "/codelisten/{id}", "Eine Codeliste mit allen geladenen Fassungen",
                antwort: .objekt("CodelisteMitFassungen")), use: apiShow)
        routes.api(
            APIOperation(
                "/codelisten/{id}/eintraege", "Einträge einer Fassung, wie veröffentlicht geordnet",
                Self.fassungswahl + [.init("q", "Code oder Wörter aus den Spalten")],
                antwort: .liste("Codelisteneintrag")), use: apiEntries)
        routes.api(
            APIOperation(
                "/codelisten/{id}/eintraege/{code}", "Der Eintrag zu einem Code", Self.fassungswahl,
                antwort: .objekt("Codelisteneintrag")), use: apiEntry)
    }

    private static let fassungswahl: [APIOperation.Parameter] = [
        .init("version", "Fassung; sonst die heute gültige, sonst die neueste"),
        .init("am", "Tag (JJJJ-MM-TT), an dem die Fassung galt", regel: .tag),
    ]

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let suche = abfrage["q"].map(Suchmuster.init)
        let seite = try Seite(abfrage)
        let page = try await database.read { db in
            try CodelistenSeite(
                getippt: abfrage["q"], gesamt: CodelisteStore.count(suche, in: db), seite: seite,
                listen: CodelisteStore.page(suche, seite, in: db))
        }
        return try site.render(page, context)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("id")
        let abfrage = try Abfrage(request)
        let seite = try Seite(abfrage)
        let heute = now().tag
        let (wahl, page) = try await database.read { db in
            let wahl = try Fassungswahl(word, abfrage, heute: heute, in: db)
            if wahl.istUmleitung { return (wahl, CodelisteSeite?.none) }
            let filter = CodelistenFilter(wahl.fassung.id, abfrage["q"])
            return try (
                wahl,
                CodelisteSeite(
                    wahl: wahl, getippt: abfrage["q"], gesamt: CodelisteStore.count(filter, in: db), seite: seite,
                    eintraege: CodelisteStore.page(filter, seite, in: db))
            )
        }
        guard let page else { return .dauerhaft(zu: wahl.adresse(abfrage).text) }
        return try site.render(page, context)
    }

    /// The entries shown, sent in portions: a list may have a million of them.
    @Sendable func export(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("id")
        let abfrage = try Abfrage(request)
        let heute = now().tag
        let wahl = try await database.read { db in try Fassungswahl(word, abfrage, heute: heute, in: db) }
        let filter = CodelistenFilter(wahl.fassung.id, abfrage["q"])
        let expected = try await database.read { db in try CodelisteStore.count(filter, in: db) }
        let (database, spalten) = (database, wahl.fassung.spalten)
        let name = "codeliste-\(wahl.liste.slug)-\(Faltung.slug(wahl.fassung.version)).csv"
        let body = ResponseBody { writer in
            var csv = CSVWriter()
            csv.row(spalten.map(\.id))
            var (position, sent) = (0, 0)
            while true {
                let after = position
                let portion = try await database.read { db in
                    try CodelisteStore.eintraege(filter, nach: after, hoechstens: 1_000, in: db)
                }
                for eintrag in portion { csv.row(spalten.map { eintrag[$0.id] ?? "" }) }
                try await writer.write(ByteBuffer(bytes: csv.take()))
                sent += portion.count
                guard portion.count == 1_000, let last = portion.last else { break }
                position = last.position
            }
            // Replaced meanwhile: half a list must not look like a whole one.
            guard sent == expected else { throw Refusal(.conflict, "Die Fassung wurde gerade ersetzt.") }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: body)
    }

    @Sendable func apiList(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let suche = abfrage["q"].map(Suchmuster.init)
        let wunsch = try Listenwunsch(abfrage)
        let (gesamt, list) = try await database.read { db in
            try (CodelisteStore.count(suche, in: db), CodelisteStore.list(suche, wunsch, in: db))
        }
        return .liste(list.eintraege, gesamt: gesamt, weiter: list.weiter)
    }

    @Sendable func apiShow(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("id")
        let heute = now().tag
        let (wahl, answer) = try await database.read { db in
            let wahl = try Fassungswahl(word, Abfrage(), heute: heute, in: db)
            var fassungen = Array(wahl.fassungen.reversed())
            for index in fassungen.indices {
                fassungen[index].spalten = try CodelisteStore.spalten(fassungen[index].id, in: db)
            }
            return (wahl, CodelisteMitFassungen(liste: wahl.liste, fassungen: fassungen))
        }
        if wahl.liste.slug != word { return .dauerhaft(zu: "/api/v1" + wahl.liste.pfad) }
        return .json(answer)
    }

    @Sendable func apiEntries(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("id")
        let abfrage = try Abfrage(request)
        let wunsch = try Listenwunsch(abfrage, teile: 1)
        guard let after = Int(wunsch.nach?.first ?? "0"), after >= 0 else {
            throw Refusal(.badRequest, "„weiter“ muss unverändert aus der vorigen Antwort stammen.")
        }
        let heute = now().tag
        let (gesamt, list) = try await database.read { db in
            let wahl = try Fassungswahl(word, abfrage, heute: heute, in: db)
            let filter = CodelistenFilter(wahl.fassung.id, abfrage["q"])
            let rows = try CodelisteStore.eintraege(filter, nach: after, hoechstens: wunsch.anzahl + 1, in: db)
            return try (CodelisteStore.count(filter, in: db), wunsch.teil(rows) { ["\($0.position)"] })
        }
        return .liste(list.eintraege, gesamt: gesamt, weiter: list.weiter)
    }

    @Sendable func apiEntry(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (word, code) = (try context.parameter("id"), try context.parameter("code"))
        let abfrage = try Abfrage(request)
        let heute = now().tag
        let eintrag = try await database.read { db in
            let wahl = try Fassungswahl(word, abfrage, heute: heute, in: db)
            guard let eintrag = try CodelisteStore.eintrag(code, in: wahl.fassung.id, db) else {
                throw Refusal(
                    .notFound,
                    "Den Code „\(code.prefix(80))“ gibt es in der Fassung \(wahl.fassung.version) nicht.")
            }
            return eintrag
        }
        return .json(eintrag)
    }
}

/// Which Codeliste and which of its Fassungen an address means.
struct Fassungswahl: Sendable {
    let liste: Codeliste
    /// In the order of their versions.
    let fassungen: [Codelistenfassung]
    let fassung: Codelistenfassung
    /// The one in force today, if any is.
    let gueltig: Codelistenfassung?
    /// Chosen by the address, not by the day.
    let istGewaehlt: Bool
    /// The word is a Kennung, and the page has another address.
    let istUmleitung: Bool
    /// The version whose Kennung the word is.
    private let gemeint: String?

    /// - Throws: `Refusal.notFound` for a list, a version or a day without one.
    init(_ word: String, _ abfrage: Abfrage, heute: Tag, in db: any SQLConnection) throws {
        guard let found = try CodelisteStore.find(word, in: db) else {
            throw Refusal(.notFound, "Die Codeliste „\(word.prefix(200))“ ist nicht geladen.")
        }
        liste = found.liste
        fassungen = try CodelisteStore.fassungen(liste.kennung, in: db)
        gueltig = Codelistenfassung.gueltig(am: heute, unter: fassungen)
        istUmleitung = word != liste.slug
        gemeint = found.version
        var shown: Codelistenfassung?
        if let version = abfrage["version"] ?? found.version {
            shown = fassungen.first { $0.version == version }
            guard shown != nil else {
                throw Refusal(.notFound, "Die Fassung „\(version.prefix(80))“ von „\(liste.name)“ ist nicht geladen.")
            }
            istGewaehlt = true
        } else if let text = abfrage["am"] {
            guard let tag = Tag(getippt: text) else {
                throw Refusal(.badRequest, "„\(text.prefix(20))“ ist kein Tag. Gemeint ist z. B. 2026-12-31.")
            }
            shown = Codelistenfassung.gueltig(am: tag, unter: fassungen)
            guard shown != nil else {
                throw Refusal(.notFound, "Am \(tag.deutsch) galt keine geladene Fassung von „\(liste.name)“.")
            }
            istGewaehlt = true
        } else {
            shown = gueltig ?? fassungen.last
            istGewaehlt = false
        }
        guard var shown else { throw Refusal(.notFound, "Von „\(liste.name)“ ist keine Fassung geladen.") }
        shown.spalten = try CodelisteStore.spalten(shown.id, in: db)
        fassung = shown
    }

    /// The page's own address with what the reader had chosen.
    func adresse(_ abfrage: Abfrage) -> Adresse {
        Adresse(
            liste.pfad,
            [
                ("version", abfrage["version"] ?? gemeint), ("am", abfrage["am"]), ("q", abfrage["q"]),
                ("seite", abfrage["seite"]),
            ])
    }
}
