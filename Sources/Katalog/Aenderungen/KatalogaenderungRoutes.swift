import Formats
import Hummingbird
import Kernel
package import Storage
package import Web

/// What came, went and changed between two Katalogstände: page, table, feed and JSON.
package struct KatalogaenderungRoutes: RoomRoutes {
    let database: any Database
    let site: Site

    package init(database: any Database, site: Site) { (self.database, self.site) = (database, site) }

    package func add(to routes: inout Routes) {
        routes.get("/katalog/aenderungen", use: list)
        routes.tabelle("/katalog/aenderungen", use: table)
        routes.get("/katalog/aenderungen.atom", use: feed)
        routes.api(
            APIOperation(
                "/katalog/aenderungen", "Was sich zwischen zwei Katalogständen geändert hat",
                [
                    .init(
                        "von", "Nummer des früheren Katalogstands, sonst der vor „bis“", kind: .integer,
                        regel: .zahl(von: 0, bis: Int(Int32.max))),
                    .init(
                        "bis", "Nummer des späteren Katalogstands, sonst der neueste", kind: .integer,
                        regel: .zahl(von: 0, bis: Int(Int32.max))),
                    .init("art", "leistung oder ozg", regel: .worte(Katalogaenderung.Gegenstand.self)),
                    .init("aenderung", "neu, entfallen oder geaendert", regel: .worte(Katalogaenderung.Art.self)),
                    .init(
                        "themenfeld", "Kurzname des Themenfelds, zu dem der Eintrag in einem der beiden Stände gehört"),
                ], antwort: .liste("Katalogaenderung")), use: apiList)
        routes.api(
            APIOperation(
                "/katalog/staende", "Geladene Katalogstände, der neueste zuerst", antwort: .liste("Katalogstand")),
            use: apiStaende)
    }

    @Sendable func list(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try Aenderungsfilter(abfrage)
        let seite = try Seite(abfrage)
        let page = try await database.read { db in
            let felder = try OZGStore.felder(in: db)
            let wahl = try Standwahl(abfrage, in: db)
            let vergleich = try Katalogvergleich(wahl, in: db)
            return try AenderungListe(
                wahl: wahl, filter: filter.geprueft(felder), vergleich: vergleich, seite: seite, themenfelder: felder)
        }
        return try site.render(page, context)
    }

    @Sendable func table(
        _ request: Request, _ context: SiteContext, _ format: Tabellenformat
    ) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try Aenderungsfilter(abfrage)
        return .tabelle(
            try await database.tabelle(format, am: site.now()) { db in
                let wahl = try Standwahl(abfrage, in: db)
                let checked = try filter.geprueft(OZGStore.felder(in: db))
                return Aenderungstabelle.tabelle(
                    try Katalogvergleich(wahl, in: db).eingeschraenkt(auf: checked), wahl.staende)
            })
    }

    /// A reader asks often and mostly in vain: whether anything is new is known before anything is compared.
    @Sendable func feed(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try Abfrage(request)["themenfeld"]
        let (version, adresse) = (site.version, site.adresse)
        let (marke, bytes) = try await database.read { db -> (Abrufmarke, [UInt8]?) in
            let feed = try Aenderungsfeed(themenfeld: slug, in: db)
            let marke = feed.marke(version: version, adresse: adresse)
            if marke.kennt(request) { return (marke, nil) }
            return (marke, try feed.lesen(in: db).bytes(adresse: adresse))
        }
        guard let bytes else { return marke.unveraendert }
        return marke.antwort(bytes, typ: AtomFeed.typ + "; charset=utf-8")
    }

    @Sendable func apiList(_ request: Request, _ context: SiteContext) async throws -> Response {
        let abfrage = try Abfrage(request)
        let filter = try Aenderungsfilter(abfrage)
        let wunsch = try Listenwunsch(abfrage, teile: 5)
        let marke = try wunsch.nach.map(Aenderungsmarke.init)
        let vergleich = try await database.read { db in
            let wahl = try Standwahl(
                von: abfrage["von"] ?? marke.map { "\($0.von)" }, bis: abfrage["bis"] ?? marke.map { "\($0.bis)" },
                staende: DatenstandStore.all(.katalog, in: db))
            guard !wahl.vertauscht else {
                throw Refusal(.badRequest, "„von“ muss vor „bis“ liegen. Vertauschen Sie die beiden Nummern.")
            }
            let checked = try filter.geprueft(OZGStore.felder(in: db))
            return try Katalogvergleich(wahl, in: db).eingeschraenkt(auf: checked)
        }
        if let marke, (marke.von, marke.bis) != (vergleich.von, vergleich.bis) {
            throw Refusal(.badRequest, "„weiter“ gehört zu einem Vergleich anderer Katalogstände.")
        }
        let rest = marke.map { marke in vergleich.aenderungen.drop { !marke.liegtVor($0) } }
        let zeilen = (rest ?? vergleich.aenderungen[...]).prefix(wunsch.anzahl + 1).map {
            Katalogaenderungszeile(aenderung: $0, von: vergleich.von, bis: vergleich.bis)
        }
        let (eintraege, weiter) = wunsch.teil(zeilen) { Aenderungsmarke($0).teile }
        return .liste(eintraege, gesamt: vergleich.aenderungen.count, weiter: weiter)
    }

    @Sendable func apiStaende(_ request: Request, _ context: SiteContext) async throws -> Response {
        let wunsch = try Listenwunsch(Abfrage(request), teile: 1)
        let all = try await database.read { db in try DatenstandStore.all(.katalog, in: db) }
        let rest = try wunsch.nach.map { nach in
            guard let last = Int(nach[0]) else { throw Aenderungsmarke.fremd }
            return all.filter { $0.nummer < last }
        }
        let (shown, weiter) = wunsch.teil((rest ?? all).map(Katalogstand.init)) { ["\($0.stand.nummer)"] }
        return .liste(shown, gesamt: all.count, weiter: weiter)
    }
}

extension Standwahl {
    init(_ abfrage: Abfrage, in db: any SQLConnection) throws {
        try self.init(von: abfrage["von"], bis: abfrage["bis"], staende: DatenstandStore.all(.katalog, in: db))
    }
}

extension Katalogvergleich {
    /// Without two Katalogstände there is nothing to compare.
    init(_ wahl: Standwahl, in db: any SQLConnection) throws {
        try self.init(von: wahl.paar?.von ?? 0, bis: wahl.paar?.bis ?? 0, in: db)
    }
}

extension Aenderungsfilter {
    init(_ abfrage: Abfrage) throws {
        self.init(
            gegenstand: try abfrage.auswahl("art"), art: try abfrage.auswahl("aenderung"),
            themenfeld: abfrage["themenfeld"])
    }

    /// - Throws: `Refusal.notFound` for a Themenfeld that no Katalogstand ever had.
    func geprueft(_ felder: [Einordnung]) throws -> Aenderungsfilter {
        if let slug = themenfeld { _ = try felder.themenfeld(slug) }
        return self
    }
}

extension [Einordnung] {
    func themenfeld(_ slug: String) throws -> Einordnung {
        guard let feld = first(where: { $0.slug == slug }) else {
            throw Refusal(.notFound, "Das Themenfeld „\(slug.prefix(40))“ gibt es nicht.")
        }
        return feld
    }
}

/// Where an answer of the interface ended.
struct Aenderungsmarke {
    static let fremd = Refusal(.badRequest, "„weiter“ muss unverändert aus der vorigen Antwort stammen.")

    let von: Int
    let bis: Int
    private let rang: Int
    private let sortname: String
    private let id: String

    init(_ teile: [String]) throws {
        guard teile.count == 5, let von = Int(teile[0]), let bis = Int(teile[1]), let rang = Int(teile[2]) else {
            throw Aenderungsmarke.fremd
        }
        (self.von, self.bis, self.rang, sortname, id) = (von, bis, rang, teile[3], teile[4])
    }

    init(_ zeile: Katalogaenderungszeile) {
        (von, bis, rang) = (zeile.von, zeile.bis, zeile.aenderung.rang)
        (sortname, id) = (zeile.aenderung.sortname, zeile.aenderung.id)
    }

    var teile: [String] { ["\(von)", "\(bis)", "\(rang)", sortname, id] }

    func liegtVor(_ aenderung: Katalogaenderung) -> Bool {
        (rang, sortname, id) < (aenderung.rang, aenderung.sortname, aenderung.id)
    }
}
