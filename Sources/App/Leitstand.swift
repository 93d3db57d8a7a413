import Betrieb
import Codelisten
package import Dateien
package import Hummingbird
package import Jobs
import Katalog
package import Kernel
package import Konten
import Logging
import Nachnutzung
package import Post
import Protokoll
package import Storage
package import Suche
import Umsetzung
import Verzeichnis
package import Web
package import Webhooks

/// The whole product as one value: everything a request needs, put together in one place.
package struct Leitstand: Sendable {
    package static let version = "0.2.0"

    package let database: any Database
    package let site: Site
    package let anmeldung: Anmeldung
    package let tls: Bool
    package let suche: Suche
    private let texte: Fusstexte
    /// Finished answers for anonymous readers; nil where the operator wants none.
    package let cache: ResponseCache?
    package let messwerte: Messwerte
    package let bereitschaft: Bereitschaft
    package let anfragegrenze: Anfragegrenze
    package let datenschutz: Datenschutz
    private let messnetze: [Netzbereich]
    private let herkunft: Herkunft
    /// What a token and a client address may ask in a minute.
    private let anfragemass: Anfragemass
    /// Nil where nobody signs in through an identity provider.
    private let anbieter: Identitaetsanbieter?
    package let now: @Sendable () -> Instant
    package let post: Kontopost
    package let dateien: Dateieingang
    private let webhookziele: Webhookziele
    private let mitteilungen: Mitteilungspost

    package init(
        database: any Database, views: Views, assets: Assets, anmeldung: Anmeldung, suche: Suche, tls: Bool = false,
        texte: Fusstexte = Fusstexte(), adresse: String? = nil, cache megabytes: Int = Leitstand.cache,
        anfragegrenze: Anfragegrenze = Anfragegrenze(), messnetze: [Netzbereich] = [], proxys: [Netzbereich] = [],
        postausgang: (any Postausgang)? = nil, linkadresse: String? = nil,
        anbieter: Identitaetsanbieter? = nil,
        datenschutz: Datenschutz = .ueblich, anfragemass: Anfragemass = Anfragemass(), dateien: Dateieingang,
        webhookziele: Webhookziele = Webhookziele(),
        now: @escaping @Sendable () -> Instant = { .jetzt() }
    ) {
        self.database = database
        self.anmeldung = anmeldung
        self.tls = tls
        self.suche = suche
        self.texte = texte
        cache = megabytes == 0 ? nil : ResponseCache(bytes: megabytes << 20, database: database, now: now)
        self.anfragegrenze = anfragegrenze
        self.messnetze = messnetze
        herkunft = Herkunft(proxys: proxys)
        self.anbieter = anbieter
        self.datenschutz = datenschutz
        self.anfragemass = anfragemass
        self.dateien = dateien
        self.webhookziele = webhookziele
        messwerte = Messwerte([
            anfragegrenze, Datenbankwerte(database), Prozesswerte(version: Leitstand.version),
        ])
        if let cache { messwerte.fuege(cache) }
        bereitschaft = Bereitschaft(database)
        self.now = now
        post = Kontopost(
            versand: Briefversand(
                database: database, ausgang: postausgang, adressbuch: Kontenadressbuch(), views: views, now: now),
            adresse: linkadresse ?? adresse, now: now)
        mitteilungen = Mitteilungspost(
            post: post, saetze: SaetzeImVerlauf(konten: Kontonamen(), worte: Leitstand.worte), namen: Kontonamen(),
            now: now)
        site = Site(
            views: views, assets: assets,
            navigation: [
                Verweis("Themenfelder", "/themenfelder"), Verweis("OZG-Leistungen", "/ozg"),
                Verweis("Leistungen", "/leistungen"),
                Verweis("Gebiete", "/gebiete"), Verweis("Onlinedienste", "/dienste"),
                Verweis("Umsetzung", "/umsetzung"), Verweis("Organisationen", "/organisationen"),
            ],
            fussnoten: [
                Verweis("Änderungen am Katalog", "/katalog/aenderungen"), Verweis("Codelisten", "/codelisten"),
            ] + Fusstext.allCases.map { Verweis($0.name, $0.pfad) } + [
                Verweis("Programmierschnittstelle", "/schnittstelle")
            ],
            version: Leitstand.version, suchpfad: Leitstand.suchpfad, grundadresse: Grundadresse(adresse), now: now)
    }

    /// Megabytes of finished answers that are kept unless the operator says otherwise.
    package static let cache = 32

    /// Where the one search lives; the box in the head of every page and the browsers' own lead there.
    static let suchpfad = "/suche"

    /// The Organisation that a rule of the identity provider means; nil when there is none, or several.
    @Sendable private static func organisation(_ word: String, in db: any SQLConnection) throws -> String? {
        do { return try OrganisationStore.named(word, in: db).id.rawValue } catch is Refusal { return nil }
    }

    /// Shapes of the JSON interface, by room.
    static let schemas =
        [
            Leistung.schema, Leistung.einordnungSchema, OZGLeistung.schema, Themenfeld.schema, Gebiet.schema,
            Gebiet.verweisSchema, DienstEintrag.schema, Facette.schema, Katalogaenderung.schema, Katalogstand.schema,
            Codeliste.schema, Codeliste.schemaMitFassungen, Codelistenfassung.schema, Codelistenspalte.schema,
            Codelisteneintrag.schema, Organisation.schema, Organisation.auskunftSchema, Organisation.einheitSchema,
            Umsetzungseintrag.schema, Umsetzungseintrag.listenschema, DelegationAPIRoutes.schema,
        ] + Organisation.angabenschemas + SucheRoutes.schemas

    /// How the rooms say what they wrote into the Verlauf.
    private static let worte: [any Verlaufsworte] = [WorteImVerlauf()]

    /// What the rooms do in the background.
    package var arbeiten: [Jobarbeit] {
        [
            .jobpflege(now: now),
            .loeschfristen(datenschutz, database: database, hinweis: post.loeschhinweis, now: now),
            .verlaufspruefung(database, now: now),
            .dateipflege(dateien, now: now),
        ] + post.arbeiten + mitteilungen.arbeiten
            + Webhookversand(database: database, ziele: webhookziele, adresse: site.adresse, now: now).arbeiten
    }

    /// Every kind of letter, for the preview.
    package static let briefarten = Kontobriefe.arten + [Probebrief.art]

    /// Jobs that read the Verlauf as soon as it is sealed.
    package var verlaufsfolgen: [Jobart] { [.webhooksVerteilen] + (post.istAn ? [.mitteilungen] : []) }

    private var rooms: [any RoomRoutes] {
        let konten = Kontonamen()
        let erzaehlung = VerlaufImDatensatz(konten: konten, worte: Leitstand.worte)
        let schreibweg = Schreibweg(database: database, now: now)
        return [
            StartRoutes(database: database, site: site, bereitschaft: bereitschaft),
            MesswerteRoutes(messwerte: messwerte, netze: messnetze),
            SucheRoutes(database: database, site: site, suche: suche),
            GebietRoutes(database: database, site: site, ergaenzungen: [StandImGebiet(), UmrissImGebiet()]),
            GrenzRoutes(database: database),
            OrganisationRoutes(
                database: database, site: site,
                ergaenzungen: [
                    DelegationAufOrganisation(), WebhooksAufOrganisation(),
                    VerlaufAufOrganisation(erzaehlung: erzaehlung),
                ], now: now),
            EinheitRoutes(database: database, site: site, now: now),
            AngabeRoutes(database: database, site: site, now: now),
            RechtsnachfolgeRoutes(database: database, site: site, teile: Leitstand.nachfolgeteile, now: now),
            DelegationRoutes(database: database, site: site, now: now),
            WebhookRoutes(database: database, site: site, ziele: webhookziele, now: now),
            LeistungRoutes(database: database, site: site, ergaenzungen: [DiensteImKatalog()]),
            ThemenfeldRoutes(database: database, site: site, ergaenzungen: [DiensteImKatalog()]),
            KatalogaenderungRoutes(database: database, site: site),
            DienstRoutes(
                database: database, site: site, erzaehlung: erzaehlung, ergaenzungen: [DateienAmDatensatz()], now: now),
            GebietTabelleRoutes(database: database, now: now), KatalogTabellenRoutes(database: database, now: now),
            DienstTabelleRoutes(database: database, now: now),
            CodelistenRoutes(database: database, site: site, now: now),
            UmsetzungRoutes(
                database: database, site: site, erzaehlung: erzaehlung, ergaenzungen: [DateienAmDatensatz()], now: now),
            DateiRoutes(database: database, site: site, eingang: dateien, now: now),
            VerlaufRoutes(database: database, site: site, konten: konten, worte: Leitstand.worte, now: now),
            LadungRoutes(database: database, site: site, now: now),
            AnmeldungRoutes(
                database: database, site: site, anmeldung: anmeldung, tls: tls, herkunft: herkunft,
                extern: anbieter?.angaben.name, now: now),
            KontoRoutes(database: database, site: site, anmeldung: anmeldung, tls: tls, now: now),
            ZweitfaktorRoutes(database: database, site: site, anmeldung: anmeldung, tls: tls, now: now),
            EinladungRoutes(database: database, site: site, anmeldung: anmeldung, post: post, tls: tls, now: now),
            EmailRoutes(database: database, site: site, anmeldung: anmeldung, post: post, now: now),
            PersonenRoutes(
                database: database, site: site, anmeldung: anmeldung, post: post, behoerden: Behoerden(), now: now),
            EinladungslisteRoutes(
                database: database, site: site, anmeldung: anmeldung, post: post, behoerden: Behoerden(), now: now),
            FremdanmeldungRoutes(
                database: database, site: site, anbieter: anbieter, anmeldung: anmeldung, tls: tls, herkunft: herkunft,
                organisation: Leitstand.organisation, now: now),
            BetriebRoutes(database: database, site: site, arbeiten: arbeiten, now: now),
            JobRoutes(database: database, site: site, arbeiten: arbeiten, now: now),
            ZugangRoutes(database: database, site: site, anmeldung: anmeldung, now: now),
            OrganisationAPIRoutes(weg: schreibweg),
            EinheitAPIRoutes(database: database, weg: schreibweg, now: now),
            AngabeAPIRoutes(database: database, weg: schreibweg, now: now),
            DelegationAPIRoutes(database: database, weg: schreibweg),
            DienstAPIRoutes(weg: schreibweg),
            EintragAPIRoutes(database: database, weg: schreibweg),
            PostRoutes(
                database: database, site: site, arten: Leitstand.briefarten, namen: konten, an: post.istAn, now: now),
            MitteilungRoutes(database: database, now: now),
            DatenschutzRoutes(
                database: database, site: site, anmeldung: anmeldung, datenschutz: datenschutz, tls: tls, now: now),
            FusstextRoutes(texte: texte, site: site),
            SuchbeschreibungRoutes(site: site, suchpfad: Leitstand.suchpfad),
        ]
    }

    /// The way of every request, from its first line in the log to the routes.
    package func responder() -> ResponseChain {
        let (router, routes) = router()
        return ResponseChain(
            routes: router.buildResponder(), cache: cache,
            exceptions: ResponseChain.Exceptions(
                prefixes: ["/assets/", "/favicon.ico", "/healthz", "/readyz", "/metrics", "/anmelden", "/dateien/"],
                // The operator may change these files at any time.
                routes: Set(Fusstext.allCases.map(\.pfad))),
            namesHost: site.grundadresse.konfiguriert == nil,
            log: RequestLog(zaehler: messwerte.anfragezaehler(routes.map(\.path))),
            drosselung: anfragemass.jeAdresse.map { Drosselung(jeMinute: $0, assets: site.assets, herkunft: herkunft) })
    }

    /// All routes with their middleware, and the table of what was registered.
    package func router() -> (router: Router<SiteContext>, routes: [RouteEntry]) {
        let router = Router(context: SiteContext.self, options: [.autoGenerateHeadEndpoints])
        let now = now
        router.add(middleware: SecurityHeaders(tls: tls))
        if let limit = anfragemass.jeAdresse { router.add(middleware: Drosselantwort(site: site, jeMinute: limit)) }
        // Before the place: who sends slowly waits outside.
        router.add(middleware: Vorabkoerper(unter: "/anmelden", site: site))
        // Before everything that asks the database.
        router.add(middleware: Anfragebegrenzung(grenze: anfragegrenze, site: site))
        // Before the error pages, so that these know who is signed in.
        let sessions = DatabaseSessions(database: database)
        router.add(middleware: SessionLookup(sessions: sessions, tls: tls, now: now))
        router.add(
            middleware: BearerLookup(
                sessions: sessions, drossel: anfragemass.jeToken.map { Drossel(jeMinute: $0) }, now: now))
        router.add(middleware: ErrorPages(site: site, newID: { Kennung.neu(now()) }))
        router.add(middleware: BearerGuard())
        router.add(middleware: RequestGuard())
        var routes = Routes(router)
        site.assets.add(to: &routes)
        for room in rooms { room.add(to: &routes) }
        var document = OpenAPIRoute(version: Leitstand.version, schemas: Leitstand.schemas)
        document.add(to: &routes)
        SchnittstelleRoute(
            site: site, schemas: Leitstand.schemas,
            namen: site.navigation + [
                Verweis("Suche", "/suche"), Verweis("Katalogstände und Änderungen", "/katalog"),
                Verweis("Grenzen der Gebiete", "/grenzen"),
                Verweis("Codelisten", "/codelisten"), Verweis("OpenAPI", "/openapi.json"),
            ]
        ).add(to: &routes)
        routes.schliesseAb()
        return (router, routes.table)
    }
}
