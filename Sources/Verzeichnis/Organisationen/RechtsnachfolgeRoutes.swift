import Hummingbird
package import Kernel
package import Storage
package import Web

/// What hangs on an authority that is no more follows to the one that goes on in its place: shown first, then done at once.
package struct RechtsnachfolgeRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let teile: [any Nachfolgeteil]
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, teile: [any Nachfolgeteil], now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.teile, self.now) = (database, site, teile, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/organisationen/{organisation}/nachfolge", .angemeldet, use: show)
        routes.post("/organisationen/{organisation}/nachfolge", use: transfer)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("organisation")
        let meldung = try Abfrage(request)["ok"]
        let (person, urheber, teile) = (context.person, context.urheber(now()), teile)
        let page = try await database.read { db in
            try Self.seite(word, FormErrors(), "", meldung: meldung, teile, person, urheber, in: db)
        }
        return try site.render(page, context)
    }

    @Sendable func transfer(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("organisation")
        let alt = try await database.read { db in try OrganisationStore.named(word, in: db) }
        try context.verlange(.kontenVerwalten(organisation: alt.id.rawValue))
        let typed = try await Formular.read(request, context).felder["nachfolger"] ?? ""
        let (person, urheber, teile) = (context.person, context.urheber(now()), teile)
        let wer = context.nachschau
        do {
            let moved = try await database.write { db -> Int in
                try db.lock("nachfolge \(alt.id.rawValue)")
                let (alt, neu) = try Self.beteiligte(alt.id, typed, in: db)
                for side in [alt, neu] {
                    try wer.verlange(.kontenVerwalten(organisation: side.id.rawValue), in: db)
                }
                let nachfolge = Rechtsnachfolge(
                    von: (alt.id.rawValue, alt.name), nach: (neu.id.rawValue, neu.name), ende: alt.gueltigBis,
                    probe: false, durch: urheber)
                let posten = try teile.flatMap { try $0.uebertrage(nachfolge, in: db) }.filter { $0.anzahl > 0 }
                try Self.protokolliere(posten, nachfolge, in: db)
                return posten.reduce(0) { $0 + $1.anzahl }
            }
            return .weiter(zu: "\(alt.pfad)/nachfolge?ok=\(moved > 0 ? "uebertragen" : "nichts")")
        } catch let errors as FormErrors {
            let page = try await database.read { db in
                try Self.seite(word, errors, typed, meldung: nil, teile, person, urheber, in: db)
            }
            return try site.render(page, context, status: .unprocessableContent)
        }
    }

    /// The closed authority and the one chosen among its successors.
    ///
    /// - Throws: `FormErrors` for a choice that is none of them, `Refusal` where there are none.
    private static func beteiligte(
        _ id: Organisation.ID, _ typed: String, in db: any SQLConnection
    ) throws -> (alt: Organisation, neu: Organisation) {
        guard let alt = try OrganisationStore.find(id, in: db) else {
            throw Refusal(.notFound, "Diese Organisation gibt es nicht.")
        }
        guard !alt.istGueltig else {
            throw Refusal(.conflict, "\(alt.name) besteht weiter. Es gibt nichts zu übertragen.")
        }
        let successors = try OrganisationStore.nachfolger(alt, in: db)
        guard !successors.isEmpty else {
            throw Refusal(.conflict, "Zu \(alt.name) ist kein Nachfolger bekannt.")
        }
        guard let neu = successors.first(where: { $0.id.rawValue == typed }) else {
            var errors = FormErrors()
            errors.add("nachfolger", "Wählen Sie den Nachfolger aus der Liste.")
            throw errors
        }
        return (alt, neu)
    }

    private static func seite(
        _ word: String, _ fehler: FormErrors, _ typed: String, meldung: String?, _ teile: [any Nachfolgeteil],
        _ person: Person?, _ urheber: Urheber, in db: any SQLConnection
    ) throws -> RechtsnachfolgeSeite {
        let alt = try OrganisationStore.named(word, in: db)
        try Rechte.verlange(.kontenVerwalten(organisation: alt.id.rawValue), von: person)
        let successors = alt.istGueltig ? [] : try OrganisationStore.nachfolger(alt, in: db)
        var posten: [Rechtsnachfolge.Posten] = []
        if let first = successors.first {
            let probe = Rechtsnachfolge(
                von: (alt.id.rawValue, alt.name), nach: (first.id.rawValue, first.name), ende: alt.gueltigBis,
                probe: true, durch: urheber)
            posten = try teile.flatMap { try $0.uebertrage(probe, in: db) }
        }
        return RechtsnachfolgeSeite(
            alt: alt, nachfolger: successors, posten: posten,
            erlaubte: successors.filter {
                Rechte.darf(person, .kontenVerwalten(organisation: $0.id.rawValue))
            }, gewaehlt: typed, fehler: fehler, meldung: meldung)
    }

    /// A line at either end of the way for each kind of record.
    private static func protokolliere(
        _ posten: [Rechtsnachfolge.Posten], _ nachfolge: Rechtsnachfolge, in db: any SQLConnection
    ) throws {
        try VerlaufStore.append(
            posten.flatMap { posten in
                let feld = Faltung.slug(posten.mehrzahl)
                return [
                    Verlauf(
                        .nachfolgeUebertragen, organisation: nachfolge.alt, feld: feld, von: "\(posten.anzahl)",
                        nach: nachfolge.neu),
                    Verlauf(
                        .nachfolgeUebertragen, organisation: nachfolge.neu, feld: feld, von: nachfolge.alt,
                        nach: "\(posten.anzahl)"),
                ]
            }, durch: nachfolge.urheber, in: db)
    }
}

/// What would follow where, before somebody decides it.
struct RechtsnachfolgeSeite: Page {
    static let template = "verzeichnis/nachfolge"
    let alt: Organisation
    let nachfolger: [Organisation]
    let posten: [Rechtsnachfolge.Posten]
    /// Those for which this person may decide.
    let erlaubte: [Organisation]
    let gewaehlt: String
    let fehler: FormErrors
    let meldung: String?

    private var ueberschrift: String { "Nachfolge" }
    var titel: String { fehler.isEmpty ? "\(ueberschrift) \(alt.name)" : "Fehler: \(ueberschrift)" }
    var brotkrumen: [Krume] {
        [
            Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume(alt.name, alt.pfad),
            Krume(ueberschrift),
        ]
    }
    var bereich: String { "/organisationen" }

    private var summe: Int { posten.reduce(0) { $0 + $1.anzahl } }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "organisation": alt.name
        case "fehler": fehler.liste
        case "besteht": alt.istGueltig
        case "unbekannt": !alt.istGueltig && nachfolger.isEmpty
        case "nachfolger": nachfolger.map { Verweis($0.name, $0.pfad) }
        case "posten":
            posten.map { posten in
                Werte([
                    ("zahl", Zahl.deutsch(posten.anzahl)),
                    ("name", posten.anzahl == 1 ? posten.einzahl : posten.mehrzahl),
                ])
            }
        case "erledigt": !nachfolger.isEmpty && summe == 0
        case "fremd": summe > 0 && erlaubte.isEmpty
        case "ziel": summe > 0 && !erlaubte.isEmpty ? alt.pfad + "/nachfolge" : nil
        case "einer": erlaubte.count == 1 ? Werte([("id", erlaubte[0].id.rawValue), ("name", erlaubte[0].name)]) : nil
        case "wahl":
            erlaubte.count > 1
                ? Feld.auswahl(
                    "nachfolger", "Nachfolger", leer: "Bitte wählen",
                    erlaubte.map { (wert: $0.id.rawValue, text: $0.name) }, gewaehlt: gewaehlt.nonEmptyText,
                    hinweis: "Alles folgt dieser einen Verwaltung.", fehler: fehler["nachfolger"], pflicht: true) : nil
        case "abbrechen": alt.pfad
        case "hinweis": hinweis
        default: nil
        }
    }

    private var hinweis: String? {
        switch meldung {
        case "uebertragen": "Alles ist übertragen."
        case "nichts": "Es war nichts mehr zu übertragen."
        default: nil
        }
    }
}
