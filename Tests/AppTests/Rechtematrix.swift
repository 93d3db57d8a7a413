/// Who reaches which route: one line for each route of the router.
enum Rechtematrix {
    /// What somebody needs to get in.
    enum Zutritt: Sendable, Equatable {
        case alle, angemeldete
        /// The place in the network counts, never an account.
        case ueberwachung
        /// The form has a secret of its own; signing in needs no right.
        case anmeldeformular
        /// A right of `Rechtetabelle` at the organisation of the record.
        case recht(String)
        /// The same for a program with a Zugangstoken of that person; a browser never gets in.
        case token(String)

        static let duelmen = recht("umsetzung ändern")
        static let duelmenLesend = recht("umsetzung lesen")
        static let dienste = recht("dienst anlegen")
        static let anbieter = recht("dienst ändern")
        static let betrieb = recht("betrieb")
        static let organisation = recht("organisation ändern")
        static let organisationAnlegen = recht("organisation anlegen")
        static let personen = recht("konten verwalten")
        static let personenLesend = recht("organisation lesen")
        static let delegation = recht("delegieren")
        static let webhooks = recht("webhooks verwalten")
        static let verlauf = recht("verlauf dort lesen")
        static let revision = recht("verlauf ganz lesen")
    }

    /// Routes after which the session is over or the account gone; each is asked with a session of its own.
    static let beendende: Set<String> = ["POST /abmelden"]

    static let zeilen: [String: Zutritt] = [
        "GET /metrics": .ueberwachung,
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
        "GET /umsetzung/{organisation}/{eintrag}/dateien": .duelmen,
        "POST /umsetzung/{organisation}/{eintrag}/dateien": .duelmen,
        "GET /dienste/{slug}/dateien": .anbieter, "POST /dienste/{slug}/dateien": .anbieter,
        // What the record of a file asks for is checked in DateienTests.
        "GET /dateien/{id}": .alle, "POST /dateien/{id}/loeschung": .angemeldete,
        "GET /codelisten": .alle, "GET /codelisten/{id}": .alle, "GET /codelisten/{id}/eintraege.csv": .alle,
        "GET /api/v1/codelisten": .alle, "GET /api/v1/codelisten/{id}": .alle,
        "GET /api/v1/codelisten/{id}/eintraege": .alle, "GET /api/v1/codelisten/{id}/eintraege/{code}": .alle,
        "GET /anmelden": .alle, "POST /anmelden": .anmeldeformular, "POST /abmelden": .angemeldete,
        "GET /api/v1/gebiete": .alle, "GET /api/v1/gebiete/{ars}": .alle, "GET /api/v1/leistungen": .alle,
        "GET /api/v1/leistungen/{id}": .alle, "GET /api/v1/ozg": .alle, "GET /api/v1/ozg/{ozgId}": .alle,
        "GET /api/v1/themenfelder": .alle, "GET /api/v1/themenfelder/{slug}": .alle, "GET /api/v1/dienste": .alle,
        "GET /api/v1/dienste/{slug}": .alle, "GET /api/v1/openapi.json": .alle,
        "GET /api/v1/grenzen/{ebene}": .alle,
        "GET /konto/auskunft": .angemeldete, "GET /konto/auskunft.json": .angemeldete,
        "GET /konto/loeschung": .angemeldete, "POST /konto/loeschung": .angemeldete,
        "POST /betrieb/plaene/{art}/lauf": .betrieb, "GET /betrieb/jobs": .betrieb,
        "GET /betrieb/jobs/{job}": .betrieb, "POST /betrieb/jobs/versuche": .betrieb,
        "POST /betrieb/jobs/{job}/versuch": .betrieb, "POST /betrieb/jobs/{job}/abbruch": .betrieb,
        "GET /betrieb": .betrieb, "GET /betrieb/datenschutz": .betrieb, "POST /betrieb/datenschutz": .betrieb,
        "GET /betrieb/personen/{person}/auskunft.json": .betrieb,
        "POST /betrieb/personen/{person}/loeschung": .betrieb, "GET /betrieb/verarbeitung": .betrieb,
        "GET /betrieb/verarbeitung.md": .betrieb, "GET /betrieb/verarbeitung.csv": .betrieb,
        "GET /betrieb/verarbeitung.xlsx": .betrieb,
        "GET /anmelden/einladung/{link}": .alle,
        "POST /anmelden/einladung/{link}": .anmeldeformular,
        "GET /anmelden/email/{link}": .alle,
        "POST /anmelden/email/{link}": .anmeldeformular,
        "GET /anmelden/extern": .alle,
        "GET /anmelden/extern/rueckruf": .alle,
        "GET /anmelden/gesetzt": .alle,
        "GET /anmelden/passwort/{link}": .alle,
        "POST /anmelden/passwort/{link}": .anmeldeformular,
        "GET /anmelden/vergessen": .alle,
        "POST /anmelden/vergessen": .anmeldeformular,
        "GET /api/v1/organisationen": .alle,
        "GET /api/v1/organisationen/{ars}": .alle,
        "GET /betrieb/personen": .betrieb,
        "POST /betrieb/personen": .betrieb,
        "GET /betrieb/personen/einladen": .betrieb,
        "GET /betrieb/personen/{person}": .betrieb, "GET /betrieb/personen/{person}/auskunft": .betrieb,
        "POST /betrieb/personen/{person}/einladung": .betrieb,
        "POST /betrieb/personen/{person}/passwort": .betrieb,
        "POST /betrieb/personen/{person}/rollen": .betrieb,
        "POST /betrieb/personen/{person}/rollen/entzug": .betrieb,
        "POST /betrieb/personen/{person}/sperre": .betrieb,
        "GET /betrieb/post": .betrieb, "POST /betrieb/post/{brief}/erneut": .betrieb,
        "GET /betrieb/post/vorschau": .betrieb, "GET /betrieb/post/vorschau/{art}": .betrieb,
        "GET /betrieb/post/vorschau/{art}/html": .betrieb,
        "GET /konto/mitteilungen": .angemeldete, "POST /konto/mitteilungen": .angemeldete,
        "GET /konto": .angemeldete,
        "POST /konto": .angemeldete,
        "GET /konto/email": .angemeldete,
        "POST /konto/email": .angemeldete,
        "POST /konto/passwort": .angemeldete,
        "POST /konto/sitzungen/ende": .angemeldete,
        "POST /konto/sitzungen/{sitzung}/ende": .angemeldete,
        "GET /konto/zweiter-faktor": .angemeldete,
        "POST /konto/zweiter-faktor": .angemeldete,
        "POST /konto/zweiter-faktor/aus": .angemeldete,
        "POST /konto/zweiter-faktor/codes": .angemeldete,
        "GET /organisationen": .alle,
        "GET /organisationen.csv": .alle,
        "GET /organisationen.xlsx": .alle,
        "GET /organisationen/neu": .organisationAnlegen,
        "POST /organisationen/neu": .organisationAnlegen,
        "GET /organisationen/vorschlaege": .organisationAnlegen,
        "GET /organisationen/{organisation}": .alle,
        "GET /organisationen/{organisation}/ansprechpartner/neu": .organisation,
        "POST /organisationen/{organisation}/ansprechpartner/neu": .organisation,
        "GET /organisationen/{organisation}/ansprechpartner/{angabe}": .organisation,
        "POST /organisationen/{organisation}/ansprechpartner/{angabe}": .organisation,
        "POST /organisationen/{organisation}/ansprechpartner/{angabe}/loeschung": .organisation,
        "GET /organisationen/{organisation}/bearbeiten": .organisation,
        "POST /organisationen/{organisation}/bearbeiten": .organisation,
        "GET /organisationen/{organisation}/delegation": .delegation,
        "POST /organisationen/{organisation}/delegation": .delegation,
        "POST /organisationen/{organisation}/delegation/ende": .delegation,
        "GET /organisationen/{organisation}/einheiten/neu": .organisation,
        "POST /organisationen/{organisation}/einheiten/neu": .organisation,
        "GET /organisationen/{organisation}/einheiten/{einheit}": .alle,
        "GET /organisationen/{organisation}/einheiten/{einheit}/bearbeiten": .organisation,
        "POST /organisationen/{organisation}/einheiten/{einheit}/bearbeiten": .organisation,
        "POST /organisationen/{organisation}/einheiten/{einheit}/reihenfolge": .organisation,
        "POST /organisationen/{organisation}/einheiten/{einheit}/schliessung": .organisation,
        "POST /organisationen/{organisation}/einheiten/{einheit}/zusammenlegung": .organisation,
        "GET /organisationen/{organisation}/fachverfahren/neu": .organisation,
        "POST /organisationen/{organisation}/fachverfahren/neu": .organisation,
        "GET /organisationen/{organisation}/fachverfahren/{angabe}": .organisation,
        "POST /organisationen/{organisation}/fachverfahren/{angabe}": .organisation,
        "POST /organisationen/{organisation}/fachverfahren/{angabe}/loeschung": .organisation,
        "GET /organisationen/{organisation}/it-dienstleister/neu": .organisation,
        "POST /organisationen/{organisation}/it-dienstleister/neu": .organisation,
        "GET /organisationen/{organisation}/it-dienstleister/{angabe}": .organisation,
        "POST /organisationen/{organisation}/it-dienstleister/{angabe}": .organisation,
        "POST /organisationen/{organisation}/it-dienstleister/{angabe}/loeschung": .organisation,
        "GET /organisationen/{organisation}/nachfolge": .personen,
        "POST /organisationen/{organisation}/nachfolge": .personen,
        "GET /organisationen/{organisation}/personen": .personenLesend,
        "POST /organisationen/{organisation}/personen": .personen,
        "GET /organisationen/{organisation}/personen/einladen": .personen,
        "GET /organisationen/{organisation}/personen/listen": .personen,
        "POST /organisationen/{organisation}/personen/listen": .personen,
        "GET /organisationen/{organisation}/personen/listen/{liste}": .personen,
        "POST /organisationen/{organisation}/personen/listen/{liste}/einladung": .personen,
        "GET /organisationen/{organisation}/personen/{person}": .personenLesend,
        "POST /organisationen/{organisation}/personen/{person}/einladung": .personen,
        "POST /organisationen/{organisation}/personen/{person}/rollen": .personen,
        "POST /organisationen/{organisation}/personen/{person}/rollen/entzug": .personen,
        "POST /organisationen/{organisation}/personen/{person}/sperre": .personen,
        "GET /organisationen/{organisation}/rechtsstatus/neu": .organisation,
        "POST /organisationen/{organisation}/rechtsstatus/neu": .organisation,
        "GET /organisationen/{organisation}/rechtsstatus/{angabe}": .organisation,
        "POST /organisationen/{organisation}/rechtsstatus/{angabe}": .organisation,
        "POST /organisationen/{organisation}/rechtsstatus/{angabe}/loeschung": .organisation,
        "GET /organisationen/{organisation}/verlauf": .verlauf,
        "GET /organisationen/{organisation}/verlauf.csv": .verlauf,
        "GET /organisationen/{organisation}/verlauf.jsonl": .verlauf,
        "GET /organisationen/{organisation}/verlauf.xlsx": .verlauf,
        "GET /organisationen/{organisation}/webhooks": .webhooks,
        "GET /organisationen/{organisation}/webhooks/neu": .webhooks,
        "POST /organisationen/{organisation}/webhooks/neu": .webhooks,
        "GET /organisationen/{organisation}/webhooks/{webhook}": .webhooks,
        "GET /organisationen/{organisation}/webhooks/{webhook}/bearbeiten": .webhooks,
        "POST /organisationen/{organisation}/webhooks/{webhook}/bearbeiten": .webhooks,
        "POST /organisationen/{organisation}/webhooks/{webhook}/geheimnis": .webhooks,
        "POST /organisationen/{organisation}/webhooks/{webhook}/loeschung": .webhooks,
        "POST /organisationen/{organisation}/webhooks/{webhook}/probe": .webhooks,
        "POST /organisationen/{organisation}/webhooks/{webhook}/sendungen": .webhooks,
        "POST /organisationen/{organisation}/webhooks/{webhook}/sendungen/{sendung}": .webhooks,
        "POST /organisationen/{organisation}/webhooks/{webhook}/zustand": .webhooks,
        "GET /verlauf": .revision,
        "GET /verlauf.csv": .revision,
        "GET /verlauf.jsonl": .revision,
        "GET /verlauf.xlsx": .revision,
        "GET /konto/zugaenge": .angemeldete, "POST /konto/zugaenge": .angemeldete,
        "POST /konto/zugaenge/{zugang}/widerruf": .angemeldete,
        "POST /betrieb/personen/{person}/zugaenge/{zugang}/widerruf": .betrieb,
    ].merging(schnittstelle) { first, _ in first }

    /// The JSON interface beyond the catalogue.
    private static let schnittstelle: [String: Zutritt] = [
        "GET /api/v1/umsetzung": .alle,
        "GET /api/v1/umsetzung/{organisation}": .alle,
        "GET /api/v1/umsetzung/{organisation}/{id}": .alle,
        "POST /api/v1/umsetzung/{organisation}": .token("umsetzung ändern"),
        "PATCH /api/v1/umsetzung/{organisation}/{id}": .token("umsetzung ändern"),
        "POST /api/v1/umsetzung/{organisation}/{id}/uebernahme": .token("umsetzung ändern"),
        "POST /api/v1/dienste": .token("dienst anlegen"),
        "PATCH /api/v1/dienste/{slug}": .token("dienst ändern"),
        "POST /api/v1/organisationen": .token("organisation anlegen"),
        "PATCH /api/v1/organisationen/{ars}": .token("organisation ändern"),
        "GET /api/v1/organisationen/{ars}/einheiten": .alle,
        "GET /api/v1/organisationen/{ars}/einheiten/{id}": .alle,
        "POST /api/v1/organisationen/{ars}/einheiten": .token("organisation ändern"),
        "PATCH /api/v1/organisationen/{ars}/einheiten/{id}": .token("organisation ändern"),
        "POST /api/v1/organisationen/{ars}/einheiten/{id}/zusammenlegung": .token("organisation ändern"),
        "POST /api/v1/organisationen/{ars}/einheiten/{id}/reihenfolge": .token("organisation ändern"),
        "GET /api/v1/organisationen/{ars}/ansprechpartner": .alle,
        "GET /api/v1/organisationen/{ars}/ansprechpartner/{id}": .alle,
        "POST /api/v1/organisationen/{ars}/ansprechpartner": .token("organisation ändern"),
        "PATCH /api/v1/organisationen/{ars}/ansprechpartner/{id}": .token("organisation ändern"),
        "DELETE /api/v1/organisationen/{ars}/ansprechpartner/{id}": .token("organisation ändern"),
        "GET /api/v1/organisationen/{ars}/fachverfahren": .alle,
        "GET /api/v1/organisationen/{ars}/fachverfahren/{id}": .alle,
        "POST /api/v1/organisationen/{ars}/fachverfahren": .token("organisation ändern"),
        "PATCH /api/v1/organisationen/{ars}/fachverfahren/{id}": .token("organisation ändern"),
        "DELETE /api/v1/organisationen/{ars}/fachverfahren/{id}": .token("organisation ändern"),
        "GET /api/v1/organisationen/{ars}/it-dienstleister": .alle,
        "GET /api/v1/organisationen/{ars}/it-dienstleister/{id}": .alle,
        "POST /api/v1/organisationen/{ars}/it-dienstleister": .token("organisation ändern"),
        "PATCH /api/v1/organisationen/{ars}/it-dienstleister/{id}": .token("organisation ändern"),
        "DELETE /api/v1/organisationen/{ars}/it-dienstleister/{id}": .token("organisation ändern"),
        "GET /api/v1/organisationen/{ars}/rechtsstatus": .alle,
        "GET /api/v1/organisationen/{ars}/rechtsstatus/{id}": .alle,
        "POST /api/v1/organisationen/{ars}/rechtsstatus": .token("organisation ändern"),
        "PATCH /api/v1/organisationen/{ars}/rechtsstatus/{id}": .token("organisation ändern"),
        "DELETE /api/v1/organisationen/{ars}/rechtsstatus/{id}": .token("organisation ändern"),
        "GET /api/v1/organisationen/{ars}/delegationen": .token("organisation lesen"),
        "GET /api/v1/organisationen/{ars}/delegationen/{an}/{rolle}": .token("organisation lesen"),
        "POST /api/v1/organisationen/{ars}/delegationen": .token("delegieren"),
        "DELETE /api/v1/organisationen/{ars}/delegationen/{an}/{rolle}": .token("delegieren"),
    ]

    /// What stands for a parameter, where it is the same on every record; `duelmen`, `hamm` and the Kreis have each
    /// their own `{organisation}`, `{eintrag}` and, below `/dienste`, `{slug}`.
    static func wert(_ parameter: String, _ route: String) -> String {
        switch parameter {
        case "ars": "05558"
        case "id": route.contains("/codelisten") ? "beispiel-antragsweg" : "99110009104000"
        case "ozgId": "10160"
        case "slug": "umwelt"
        case "code": "online"
        case "ebene": "laender"
        case "version}/**": "x/favicon.svg"
        default: "gibtesnicht"
        }
    }
}
