import Formats
import Hummingbird
package import Kernel
import Post
package import Storage
package import Web

/// Inviting from a sheet in the browser: choose a file, read what would happen, decide.
package struct EinladungslisteRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let anmeldung: Anmeldung
    let post: Kontopost
    let behoerden: any Behoerdenauskunft
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, anmeldung: Anmeldung, post: Kontopost, behoerden: any Behoerdenauskunft,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.anmeldung, self.post) = (database, site, anmeldung, post)
        (self.behoerden, self.now) = (behoerden, now)
    }

    package func add(to routes: inout Routes) {
        let path = "/organisationen/{organisation}/personen/listen"
        routes.get(path, .angemeldet, use: form)
        routes.post(path, use: upload)
        routes.get("\(path)/{liste}", .angemeldet, use: preview)
        routes.post("\(path)/{liste}/einladung", use: invite)
    }

    @Sendable func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (behoerde, _) = try await allowed(context)
        return try site.render(ListenformSeite(behoerde: behoerde, an: post.istAn, fehler: FormErrors()), context)
    }

    @Sendable func upload(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (behoerde, person) = try await allowed(context)
        let formular = try await Formular.read(request, context)
        func refuse(_ text: String) throws -> Response {
            var errors = FormErrors()
            errors.add("datei", text)
            return try site.render(
                ListenformSeite(behoerde: behoerde, an: post.istAn, fehler: errors), context,
                status: .unprocessableContent)
        }
        guard let datei = formular.dateien["datei"], !datei.bytes.isEmpty else {
            return try refuse("Wählen Sie eine CSV-Datei aus, die nicht leer ist.")
        }
        guard datei.bytes.count <= 1 << 20 else { return try refuse("Die Datei ist größer als 1 MB.") }
        do { _ = try TextSource(bytes: datei.bytes, name: datei.name) } catch { return try refuse(error.reason) }
        let am = now()
        let liste = Einladungsliste(
            id: Kennung.neu(am), organisation: behoerde.id, person: person.id,
            dateiname: String(datei.name.prefix(200)), inhalt: datei.bytes, am: am)
        let wer = context.nachschau
        try await database.write { db in
            try wer.verlange(.kontenVerwalten(organisation: behoerde.id), in: db)
            try EinladungslisteStore.insert(liste, in: db)
        }
        return .weiter(zu: "\(behoerde.personenpfad)/listen/\(liste.id)")
    }

    @Sendable func preview(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (behoerde, person) = try await allowed(context)
        let liste = try await find(context, behoerde, person)
        let bericht = try await run(
            liste, behoerde, context, Importauftrag(probe: true, urheber: context.urheber(now()))
        )
        .bericht
        return try site.render(
            ListenSeite(behoerde: behoerde, liste: liste, bericht: bericht), context,
            status: bericht.fehlerzahl == 0 ? .ok : .unprocessableContent)
    }

    @Sendable func invite(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (behoerde, person) = try await allowed(context)
        let felder = try await Formular.read(request, context).felder
        let liste = try await find(context, behoerde, person)
        try post.verlangeAdresse()
        let auftrag = Importauftrag(
            fehlerhafteUeberspringen: felder["ueberspringen"] == "ja", urheber: context.urheber(now()))
        let ergebnis = try await run(liste, behoerde, context, auftrag)
        guard ergebnis.bericht.geschrieben else {
            return try site.render(
                ListenSeite(behoerde: behoerde, liste: liste, bericht: ergebnis.bericht), context,
                status: .unprocessableContent)
        }
        let wer = context.nachschau
        try await database.write { db in
            try wer.verlange(.kontenVerwalten(organisation: behoerde.id), in: db)
            try EinladungslisteStore.delete(liste.id, in: db)
        }
        return .weiter(zu: "\(behoerde.personenpfad)?ok=liste")
    }

    private func run(
        _ liste: Einladungsliste, _ behoerde: Behoerde, _ context: SiteContext, _ auftrag: Importauftrag
    ) async throws -> Einladungsimport.Ergebnis {
        let source: TextSource
        do { source = try TextSource(bytes: liste.inhalt, name: liste.dateiname) } catch {
            var bericht = Importbericht()
            bericht.refuse(error)
            return .init(bericht: bericht)
        }
        let kennwort = try await anmeldung.neuesKennwort(Geheimnis.neu(bytes: 24))
        return try await Einladungsimport.run(
            source, bei: behoerde, als: context.nachschau, kennwort: kennwort, auftrag, in: database
        ) { [post] made, wer, db in
            guard let link = made.link, post.istAn else { return }
            _ = try post.stelleZu(
                link, an: made.person, von: wer.urheber.person, bei: behoerde.id, zeigbar: made.zeigbar, in: db)
        }
    }

    private func allowed(_ context: SiteContext) async throws -> (Behoerde, Person) {
        let word = try context.parameter("organisation")
        let behoerden = behoerden
        let behoerde = try await database.read { db in try behoerden.behoerde(word, in: db) }
        try context.verlange(.kontenVerwalten(organisation: behoerde.id))
        return (behoerde, try context.verlangePerson())
    }

    private func find(_ context: SiteContext, _ behoerde: Behoerde, _ person: Person) async throws -> Einladungsliste {
        let id = try context.parameter("liste")
        let am = now()
        let found = try await database.read { db in
            try EinladungslisteStore.find(id, organisation: behoerde.id, person: person.id, am: am, in: db)
        }
        guard let found else {
            throw Refusal(.notFound, "Diese Datei liegt nicht mehr bereit. Wählen Sie sie noch einmal aus.")
        }
        return found
    }
}

struct ListenformSeite: Page {
    static let template = "konten/listenform"
    let behoerde: Behoerde
    let an: Bool
    let fehler: FormErrors

    var titel: String { fehler.isEmpty ? "Mehrere einladen" : "Fehler: Mehrere einladen" }
    var brotkrumen: [Krume] {
        behoerde.brotkrumen + [Krume("Mehrere einladen")]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "dateiFehler": fehler["datei"]
        case "organisation": behoerde.name
        case "ziel": behoerde.personenpfad + "/listen"
        case "abbrechen": behoerde.personenpfad
        case "spalten": Einladungsimport.spalten.joined(separator: ", ")
        case "postAus": !an
        default: nil
        }
    }
}

struct ListenSeite: Page {
    /// More faults than a person reads at once are only counted.
    static let gezeigt = 200
    static let template = "konten/liste"
    let behoerde: Behoerde
    let liste: Einladungsliste
    let bericht: Importbericht

    var titel: String { bericht.fehlerzahl == 0 ? "Einladungen prüfen" : "Fehler: Einladungen prüfen" }
    var brotkrumen: [Krume] {
        behoerde.brotkrumen + [Krume("Mehrere einladen", behoerde.personenpfad + "/listen"), Krume("Prüfen")]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": behoerde.name
        case "datei": liste.dateiname
        case "neu": Zahl.deutsch(bericht.neu)
        case "geaendert": Zahl.deutsch(bericht.geaendert)
        case "unveraendert": Zahl.deutsch(bericht.unveraendert)
        case "hinweise": bericht.hinweise
        case "fehlerzahl": bericht.fehlerzahl > 0 ? Zahl.deutsch(bericht.fehlerzahl) : nil
        case "fehlstellen":
            bericht.fehler.prefix(Self.gezeigt).map { fault in
                Werte([
                    ("zeile", fault.zeile > 0 ? fault.zeile : nil), ("spalte", fault.spalte), ("feld", fault.feld),
                    ("grund", fault.grund),
                ])
            }
        case "weitereFehler": bericht.fehlerzahl > Self.gezeigt ? bericht.fehlerzahl - Self.gezeigt : nil
        case "ziel": "\(behoerde.personenpfad)/listen/\(liste.id)/einladung"
        case "zurueck": behoerde.personenpfad + "/listen"
        case "aendertNichts": bericht.fehlerzahl == 0 && !bericht.aendertEtwas
        case "ladbar": bericht.fehlerzahl == 0 && bericht.aendertEtwas
        case "teilweise": bericht.fehlerzahl > 0 && bericht.aendertEtwas
        default: nil
        }
    }
}
