import App
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Verzeichnis
import Web

/// Who reaches which route: every route of the router has a row.
@Suite struct RechteMatrixTests {
    /// What a member of the cast gets.
    private enum Zutritt: Sendable {
        case alle, angemeldete, duelmen, betrieb, duelmenLesend, dienste, anbieter, ueberwachung, revision, ueberall
    }

    private static let matrix: [String: Zutritt] = [
        "GET /metrics": .ueberwachung,
        "GET /verlauf": .revision, "GET /verlauf.csv": .revision, "GET /verlauf.xlsx": .revision,
        "GET /verlauf.jsonl": .revision, "GET /organisationen/{organisation}/verlauf": .duelmen,
        "GET /organisationen/{organisation}/verlauf.csv": .duelmen,
        "GET /organisationen/{organisation}/verlauf.xlsx": .duelmen,
        "GET /organisationen/{organisation}/verlauf.jsonl": .duelmen,
        "GET /": .alle, "GET /healthz": .alle, "GET /readyz": .alle, "GET /favicon.ico": .alle,
        "GET /assets/{version}/**": .alle, "GET /impressum": .alle, "GET /datenschutz": .alle,
        "GET /barrierefreiheit": .alle, "GET /schnittstelle": .alle, "GET /opensearch.xml": .alle,
        "GET /suche": .alle, "GET /api/v1/suche": .alle, "GET /api/v1/suche/vorschlaege": .alle,
        "GET /gebiete": .alle, "GET /gebiete/{ars}": .alle, "GET /leistungen": .alle, "GET /leistungen/{id}": .alle,
        "GET /ozg": .alle, "GET /ozg/{ozgId}": .alle, "GET /themenfelder": .alle, "GET /themenfelder/{slug}": .alle,
        "GET /katalog/aenderungen": .alle, "GET /katalog/aenderungen.csv": .alle,
        "GET /katalog/aenderungen.xlsx": .alle,
        "GET /katalog/aenderungen.atom": .alle,
        "GET /api/v1/katalog/aenderungen": .alle, "GET /api/v1/katalog/staende": .alle,
        "GET /dienste": .alle, "GET /dienste/{slug}": .alle, "GET /dienste/neu": .dienste, "POST /dienste": .dienste,
        "GET /dienste/{slug}/bearbeiten": .anbieter, "POST /dienste/{slug}": .anbieter,
        "GET /umsetzung": .alle, "GET /umsetzung/{organisation}": .alle,
        "GET /umsetzung/{organisation}/{eintrag}": .alle,
        "GET /umsetzung/{organisation}/neu": .duelmen, "POST /umsetzung/{organisation}": .duelmen,
        "GET /umsetzung/{organisation}/liste.csv": .duelmenLesend,
        "GET /umsetzung/{organisation}/liste.xlsx": .duelmenLesend,
        "GET /leistungen.csv": .alle, "GET /leistungen.xlsx": .alle, "GET /ozg.csv": .alle, "GET /ozg.xlsx": .alle,
        "GET /gebiete.csv": .alle, "GET /gebiete.xlsx": .alle, "GET /dienste.csv": .alle, "GET /dienste.xlsx": .alle,
        "GET /umsetzung/{organisation}/{eintrag}/bearbeiten": .duelmen,
        "POST /umsetzung/{organisation}/{eintrag}": .duelmen,
        "POST /umsetzung/{organisation}/{eintrag}/uebernahme": .duelmen,
        "GET /umsetzung/{organisation}/ladungen": .duelmen, "POST /umsetzung/{organisation}/ladungen": .duelmen,
        "GET /umsetzung/{organisation}/ladungen/{ladung}": .duelmen,
        "POST /umsetzung/{organisation}/ladungen/{ladung}/uebernahme": .duelmen,
        "GET /organisationen": .alle, "GET /organisationen.csv": .alle, "GET /organisationen.xlsx": .alle,
        "GET /organisationen/{organisation}": .alle, "GET /organisationen/{organisation}/einheiten/{einheit}": .alle,
        "GET /api/v1/organisationen": .alle, "GET /api/v1/organisationen/{ars}": .alle,
        "GET /organisationen/neu": .ueberall, "POST /organisationen/neu": .ueberall,
        "GET /organisationen/vorschlaege": .ueberall,
        "GET /organisationen/{organisation}/bearbeiten": .duelmen,
        "POST /organisationen/{organisation}/bearbeiten": .duelmen,
        "GET /organisationen/{organisation}/einheiten/neu": .duelmen,
        "POST /organisationen/{organisation}/einheiten/neu": .duelmen,
        "GET /organisationen/{organisation}/einheiten/{einheit}/bearbeiten": .duelmen,
        "POST /organisationen/{organisation}/einheiten/{einheit}/bearbeiten": .duelmen,
        "POST /organisationen/{organisation}/einheiten/{einheit}/reihenfolge": .duelmen,
        "POST /organisationen/{organisation}/einheiten/{einheit}/zusammenlegung": .duelmen,
        "POST /organisationen/{organisation}/einheiten/{einheit}/schliessung": .duelmen,
        "GET /organisationen/{organisation}/ansprechpartner/neu": .duelmen,
        "POST /organisationen/{organisation}/ansprechpartner/neu": .duelmen,
        "GET /organisationen/{organisation}/ansprechpartner/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/ansprechpartner/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/ansprechpartner/{angabe}/loeschung": .duelmen,
        "GET /organisationen/{organisation}/fachverfahren/neu": .duelmen,
        "POST /organisationen/{organisation}/fachverfahren/neu": .duelmen,
        "GET /organisationen/{organisation}/fachverfahren/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/fachverfahren/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/fachverfahren/{angabe}/loeschung": .duelmen,
        "GET /organisationen/{organisation}/it-dienstleister/neu": .duelmen,
        "POST /organisationen/{organisation}/it-dienstleister/neu": .duelmen,
        "GET /organisationen/{organisation}/it-dienstleister/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/it-dienstleister/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/it-dienstleister/{angabe}/loeschung": .duelmen,
        "GET /organisationen/{organisation}/rechtsstatus/neu": .duelmen,
        "POST /organisationen/{organisation}/rechtsstatus/neu": .duelmen,
        "GET /organisationen/{organisation}/rechtsstatus/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/rechtsstatus/{angabe}": .duelmen,
        "POST /organisationen/{organisation}/rechtsstatus/{angabe}/loeschung": .duelmen,
        "GET /organisationen/{organisation}/nachfolge": .duelmen,
        "POST /organisationen/{organisation}/nachfolge": .duelmen,
        "GET /organisationen/{organisation}/delegation": .duelmen,
        "POST /organisationen/{organisation}/delegation": .duelmen,
        "POST /organisationen/{organisation}/delegation/ende": .duelmen,
        "GET /codelisten": .alle, "GET /codelisten/{id}": .alle, "GET /codelisten/{id}/eintraege.csv": .alle,
        "GET /api/v1/codelisten": .alle, "GET /api/v1/codelisten/{id}": .alle,
        "GET /api/v1/codelisten/{id}/eintraege": .alle, "GET /api/v1/codelisten/{id}/eintraege/{code}": .alle,
        "GET /anmelden/extern": .alle, "GET /anmelden/extern/rueckruf": .alle,
        "GET /anmelden": .alle, "POST /anmelden": .alle, "POST /abmelden": .angemeldete,
        "GET /konto": .angemeldete, "POST /konto": .angemeldete, "POST /konto/passwort": .angemeldete,
        "POST /konto/sitzungen/ende": .angemeldete, "POST /konto/sitzungen/{sitzung}/ende": .angemeldete,
        "GET /konto/zweiter-faktor": .angemeldete, "POST /konto/zweiter-faktor": .angemeldete,
        "POST /konto/zweiter-faktor/codes": .angemeldete, "POST /konto/zweiter-faktor/aus": .angemeldete,
        "GET /anmelden/vergessen": .alle, "POST /anmelden/vergessen": .alle, "GET /anmelden/gesetzt": .alle,
        "GET /anmelden/einladung/{link}": .alle, "POST /anmelden/einladung/{link}": .alle,
        "GET /anmelden/passwort/{link}": .alle, "POST /anmelden/passwort/{link}": .alle,
        "GET /anmelden/email/{link}": .alle, "POST /anmelden/email/{link}": .alle,
        "GET /konto/email": .angemeldete, "POST /konto/email": .angemeldete,
        "GET /organisationen/{organisation}/personen": .duelmenLesend,
        "POST /organisationen/{organisation}/personen": .duelmen,
        "GET /organisationen/{organisation}/personen/einladen": .duelmen,
        "GET /organisationen/{organisation}/personen/{person}": .duelmenLesend,
        "POST /organisationen/{organisation}/personen/{person}/rollen": .duelmen,
        "POST /organisationen/{organisation}/personen/{person}/rollen/entzug": .duelmen,
        "POST /organisationen/{organisation}/personen/{person}/sperre": .duelmen,
        "POST /organisationen/{organisation}/personen/{person}/einladung": .duelmen,
        "GET /organisationen/{organisation}/personen/listen": .duelmen,
        "POST /organisationen/{organisation}/personen/listen": .duelmen,
        "GET /organisationen/{organisation}/personen/listen/{liste}": .duelmen,
        "POST /organisationen/{organisation}/personen/listen/{liste}/einladung": .duelmen,
        "GET /betrieb/personen": .betrieb, "POST /betrieb/personen": .betrieb,
        "GET /betrieb/personen/einladen": .betrieb, "GET /betrieb/personen/{person}": .betrieb,
        "POST /betrieb/personen/{person}/rollen": .betrieb,
        "POST /betrieb/personen/{person}/rollen/entzug": .betrieb,
        "POST /betrieb/personen/{person}/sperre": .betrieb, "POST /betrieb/personen/{person}/einladung": .betrieb,
        "POST /betrieb/personen/{person}/passwort": .betrieb,
        "GET /api/v1/gebiete": .alle, "GET /api/v1/gebiete/{ars}": .alle, "GET /api/v1/leistungen": .alle,
        "GET /api/v1/leistungen/{id}": .alle, "GET /api/v1/ozg": .alle, "GET /api/v1/ozg/{ozgId}": .alle,
        "GET /api/v1/themenfelder": .alle, "GET /api/v1/themenfelder/{slug}": .alle, "GET /api/v1/dienste": .alle,
        "GET /api/v1/dienste/{slug}": .alle, "GET /api/v1/openapi.json": .alle,
        "GET /api/v1/grenzen/{ebene}": .alle,
    ]

    private func darf(_ rolle: Rollenspiel, _ zutritt: Zutritt) -> Bool {
        switch zutritt {
        case .alle: true
        // Nobody by an account: the place in the network counts.
        case .ueberwachung: false
        case .revision: rolle == .administration
        case .angemeldete: rolle != .besuch
        case .betrieb: rolle == .administration
        case .ueberall: rolle == .administration
        // The service of the sample request is provided by Dülmen.
        case .duelmen, .anbieter: rolle == .administration || rolle == .koordination
        case .duelmenLesend: rolle == .administration || rolle == .koordination || rolle == .leserecht
        case .dienste: rolle == .administration || rolle == .koordination || rolle == .nachbarschaft
        }
    }

    @Test func `every route of the router has a row, and every row a route`() async throws {
        let site = try TestSite(try await Welt.leer(.sqliteMemory))
        let routes = Set(site.leitstand.router().routes.map { "\($0.method.rawValue) \($0.path)" })
        #expect(routes.subtracting(Self.matrix.keys) == [])
        #expect(Set(Self.matrix.keys).subtracting(routes) == [])
    }

    @Test(arguments: Rollenspiel.allCases)
    func `who has the right comes in, and nobody else`(rolle: Rollenspiel) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let site = try TestSite(database)
        let (eintrag, dienst) = try await database.read { db in
            let organisation = try OrganisationStore.named(Rollenspiel.duelmen, in: db).id
            let eintrag: String? = try db.value(
                "SELECT id FROM umsetzungseintrag WHERE organisation = \(organisation) LIMIT 1")
            let dienst: String? = try db.value("SELECT slug FROM onlinedienst WHERE anbieter = \(organisation) LIMIT 1")
            return (try #require(eintrag), try #require(dienst))
        }
        try await site.run { anyone in
            let client = try await anyone.als(rolle)
            for (key, zutritt) in Self.matrix where key != "POST /abmelden" {
                let parts = key.split(separator: " ")
                let path = String(parts[1]).replacing("{organisation}", with: Rollenspiel.duelmen)
                    .replacing("{eintrag}", with: eintrag).replacing("{ars}", with: "05558").replacing(
                        "{id}", with: key.contains("/codelisten") ? "beispiel-antragsweg" : "99110009104000"
                    )
                    .replacing("{ozgId}", with: "10160").replacing(
                        "{slug}", with: key.contains("/dienste") ? dienst : "umwelt"
                    )
                    .replacing("{einheit}", with: "gibtesnicht").replacing("{angabe}", with: "gibtesnicht")
                    .replacing("{code}", with: "online").replacing("{ladung}", with: "gibtesnicht")
                    .replacing("{sitzung}", with: "gibtesnicht").replacing("{person}", with: "gibtesnicht")
                    .replacing("{liste}", with: "gibtesnicht").replacing("{link}", with: "gibtesnicht").replacing(
                        "{version}/**", with: "x/favicon.svg")
                let antwort = parts[0] == "GET" ? try await client.get(path) : try await client.post(path)
                #expect(antwort.status.code < 500, "\(rolle): \(key)")
                let refused =
                    antwort.status == .unauthorized
                    || (antwort.status == .forbidden && !key.hasPrefix("POST /anmelden"))
                    || (antwort.headers[.location]?.hasPrefix("/anmelden") ?? false)
                #expect(refused == !darf(rolle, zutritt), "\(rolle): \(key) antwortet \(antwort.status)")
            }
        }
    }
}
