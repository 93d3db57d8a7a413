package import Storage

/// One line of the append-only log: who changed what, when, from which value to which.
///
/// A person appears by id only, so that names can be erased without touching the log.
package struct Verlauf: Sendable, Equatable {
    package enum Art: String, CaseIterable, SQLConvertible {
        case datenstandGeladen = "datenstand_geladen"
        case dienstAngelegt = "dienst_angelegt"
        case dienstGeaendert = "dienst_geaendert"
        case eintragAngelegt = "eintrag_angelegt"
        case eintragGeaendert = "eintrag_geaendert"
        case uebernahme
        case leistungVorlaeufig = "leistung_vorlaeufig"
        case kontoAngelegt = "konto_angelegt"
        case kennwortGesetzt = "kennwort_gesetzt"
        case kontoGesperrt = "konto_gesperrt"
        case kontoFreigegeben = "konto_freigegeben"
        case emailGeaendert = "email_geaendert"
        case fremdkontoVerknuepft = "fremdkonto_verknuepft"
        case rolleGegeben = "rolle_gegeben"
        case rolleGenommen = "rolle_genommen"
        case kontoGeaendert = "konto_geaendert"
        case zweiterFaktorGesetzt = "zweiter_faktor_gesetzt"
        case zweiterFaktorEntfernt = "zweiter_faktor_entfernt"
        case codesErneuert = "codes_erneuert"
        case verlaufGekuerzt = "verlauf_gekuerzt"
        case organisationAngelegt = "organisation_angelegt"
        case organisationGeaendert = "organisation_geaendert"
        case einheitAngelegt = "einheit_angelegt"
        case einheitGeaendert = "einheit_geaendert"
        case einheitZusammengelegt = "einheit_zusammengelegt"
        case angabeAngelegt = "angabe_angelegt"
        case angabeGeaendert = "angabe_geaendert"
        case angabeGeloescht = "angabe_geloescht"
        case delegationGegeben = "delegation_gegeben"
        case delegationBeendet = "delegation_beendet"
        case nachfolgeUebertragen = "nachfolge_uebertragen"
        case kontoGeloescht = "konto_geloescht"
        case auskunftErteilt = "auskunft_erteilt"
        case zugangstokenAngelegt = "zugangstoken_angelegt"
        case zugangstokenWiderrufen = "zugangstoken_widerrufen"
        case dateiAngehaengt = "datei_angehaengt"
        case dateiEntfernt = "datei_entfernt"
        case webhookAngelegt = "webhook_angelegt"
        case webhookGeaendert = "webhook_geaendert"
        case webhookAngehalten = "webhook_angehalten"
        case webhookFortgesetzt = "webhook_fortgesetzt"
        case webhookGeheimnisErneuert = "webhook_geheimnis_erneuert"
        case webhookGeloescht = "webhook_geloescht"
    }

    package var art: Art
    package var gebiet: String?
    package var organisation: String?
    package var eintrag: String?
    package var leistung: String?
    package var dienst: String?
    /// The numbered Datenstand of a bulk import, with its kind: "katalog 3".
    package var datenstand: String?
    package var feld: String?
    package var von: String?
    package var nach: String?

    package init(
        _ art: Art, gebiet: String? = nil, organisation: String? = nil, eintrag: String? = nil, leistung: String? = nil,
        dienst: String? = nil, datenstand: String? = nil, feld: String? = nil, von: String? = nil, nach: String? = nil
    ) {
        self.art = art
        self.gebiet = gebiet
        self.organisation = organisation
        self.eintrag = eintrag
        self.leistung = leistung
        self.dienst = dienst
        self.datenstand = datenstand
        self.feld = feld
        self.von = von
        self.nach = nach
    }
}

/// Who acts and when; every change carries it into the Verlauf.
package struct Urheber: Sendable, Equatable {
    package let person: Person.ID?
    package let am: Instant

    package init(person: Person.ID?, am: Instant) { (self.person, self.am) = (person, am) }

    /// A command of the operator, without a person.
    package static func betrieb(_ am: Instant) -> Urheber { Urheber(person: nil, am: am) }
}

/// Every statement that touches the `verlauf` table: it only ever appends and reads.
package enum VerlaufStore {
    package static func append(_ entries: [Verlauf], durch urheber: Urheber, in db: any SQLConnection) throws {
        try db.insert(
            into: "verlauf",
            columns: [
                "id", "am", "person", "art", "gebiet", "organisation", "eintrag", "leistung", "dienst", "datenstand",
                "feld", "von", "nach",
            ],
            rows: entries.map { entry in
                [
                    .text(Kennung.neu(urheber.am)), urheber.am.sqlValue, urheber.person?.sqlValue ?? .null,
                    entry.art.sqlValue, text(entry.gebiet), text(entry.organisation), text(entry.eintrag),
                    text(entry.leistung), text(entry.dienst), text(entry.datenstand), text(entry.feld),
                    text(entry.von), text(entry.nach),
                ]
            })
    }

    private static func text(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }
}
