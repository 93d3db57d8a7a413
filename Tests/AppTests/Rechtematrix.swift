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

        static let duelmen = recht("umsetzung ändern")
        static let duelmenLesend = recht("umsetzung lesen")
        static let dienste = recht("dienst anlegen")
        static let anbieter = recht("dienst ändern")
        static let betrieb = recht("betrieb")
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
        "GET /betrieb/datenschutz": .betrieb, "POST /betrieb/datenschutz": .betrieb,
        "GET /betrieb/personen/{person}": .betrieb, "GET /betrieb/personen/{person}/auskunft.json": .betrieb,
        "POST /betrieb/personen/{person}/loeschung": .betrieb, "GET /betrieb/verarbeitung": .betrieb,
        "GET /betrieb/verarbeitung.md": .betrieb, "GET /betrieb/verarbeitung.csv": .betrieb,
        "GET /betrieb/verarbeitung.xlsx": .betrieb,
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
