import Formats
import Hummingbird
import Katalog
import Kernel
package import Storage
import Verzeichnis
package import Web

/// The page and the JSON interface of the one search.
package struct SucheRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let suche: Suche

    package init(database: any Database, site: Site, suche: Suche) {
        (self.database, self.site, self.suche) = (database, site, suche)
    }

    /// Answers of the other kinds beside the Leistungen.
    static let beiwerk = 5

    package static let schemas = [Suchantwort.schema, Vorschlaege.schema]

    package func add(to routes: inout Routes) {
        routes.get("/suche", use: show)
        routes.api(
            APIOperation(
                "/suche", "Suche über Leistungen, OZG-Leistungen und Gebiete, das Beste zuerst",
                [
                    .init(
                        "q", "Was gesucht wird: Wörter oder Ziffern eines Schlüssels", beispiel: "hund anmelden",
                        regel: .muster("[A-Za-z]{2}|[0-9]{2}", hoechstens: Suche.laengste), pflicht: true),
                    .init("art", "nur „leistung“, „ozg“ oder „gebiet“", regel: .worte(Suchdokument.Art.self)),
                    .init("themenfeld", "Kurzname des Themenfelds", mehrfach: true),
                    .init("lage", "Kurzname der Lage", mehrfach: true),
                    .init("typ", "Code der Typisierung", mehrfach: true),
                    .init("anzahl", "Treffer je Art, 1 bis 50", kind: .integer, regel: .zahl(von: 1, bis: 50)),
                    .init("seite", "Seite, ab 1", kind: .integer, regel: .zahl(von: 1, bis: 1_000_000)),
                ], antwort: .objekt("Suchantwort")), use: apiShow)
        routes.api(
            APIOperation(
                "/suche/vorschlaege", "Vorschläge während des Tippens",
                [.init("q", "Was bisher getippt ist", beispiel: "hund")],
                antwort: .objekt("Vorschlaege")), use: apiSuggest)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        var wunsch = try Suchwunsch(abfrage)
        let art: Suchdokument.Art? = try abfrage.auswahl("art")
        if let art { wunsch.arten = [art] }
        let suche = suche
        let page = try await Suchfrist.lies(database, frist: suche.frist) { [wunsch] db in
            let found = wunsch.istLeer ? Suchergebnis() : try suche.suche(wunsch, in: db)
            return try SucheSeite(
                wunsch: wunsch, art: art, ergebnis: found, themenfelder: OZGStore.felder(in: db),
                lagen: OZGStore.lagen(in: db), alle: abfrage["alle"], stand: DatenstandStore.newest(.katalog, in: db))
        }
        return try site.render(page, context)
    }

    @Sendable func apiShow(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        var wunsch = try Suchwunsch(abfrage)
        if let art: Suchdokument.Art = try abfrage.auswahl("art") { wunsch.arten = [art] }
        guard !wunsch.istLeer else {
            throw Refusal(.badRequest, "„q“ fehlt: ein Wort oder mindestens zwei Ziffern eines Schlüssels.")
        }
        let suche = suche
        return try await .json(
            Suchfrist.lies(database, frist: suche.frist) { [wunsch] db in
                try Suchantwort(suche.suche(wunsch, in: db), wunsch, in: db)
            })
    }

    @Sendable func apiSuggest(_ request: Request, _ context: SiteContext) async throws -> Response {
        var wunsch = Suchwunsch(try Abfrage(request)["q"] ?? "")
        wunsch.anzahl = SucheRoutes.beiwerk
        guard !wunsch.istLeer else { return .json(Vorschlaege(treffer: [])) }
        let suche = suche
        return try await .json(
            Suchfrist.lies(database, frist: suche.frist) { [wunsch] db in
                let found = try suche.suche(wunsch, in: db)
                return Vorschlaege(treffer: found.leistungen.treffer + found.gebiete.treffer + found.ozg.treffer)
            })
    }
}

extension Suchwunsch {
    /// - Throws: `Refusal.badRequest` for numbers out of range or too many values.
    init(_ abfrage: Abfrage) throws {
        self.init(abfrage["q"] ?? "")
        themenfelder = try abfrage.alle("themenfeld")
        lagen = try abfrage.alle("lage")
        typen = try abfrage.alle("typ")
        if let text = abfrage["anzahl"] {
            guard let anzahl = Int(text), (1...50).contains(anzahl) else {
                throw Refusal(.badRequest, "„anzahl“ muss eine Zahl von 1 bis 50 sein.")
            }
            self.anzahl = anzahl
        }
        seite = try Seite(abfrage).nummer
        guard (seite - 1) * anzahl < Suchgruppe.hoechstens else {
            throw Refusal(
                .notFound,
                "Gereiht werden nur die besten \(Suchgruppe.hoechstens) Treffer. Schränken Sie die Suche ein, um weitere zu sehen."
            )
        }
    }

    /// Nothing was typed that could be searched for.
    var istLeer: Bool { Wortform.woerter(in: String(text.prefix(Suche.laengste)), hoechstens: 1).isEmpty }
}
