import Kernel

/// The words of the sentences, by the words that the Verlauf stores.
extension Verlaufssatz {
    /// Sentences by kind of change; a kind that has none is told with its name.
    static let muster: [String: String] = [
        "datenstand_geladen": "{wer} hat {datenstand}{beiOrganisation} geladen.",
        "dienst_angelegt": "{wer} hat den Onlinedienst {dienst} angelegt.",
        "dienst_geaendert": "{wer} hat beim Onlinedienst {dienst} das Feld {feld} {wechsel}.",
        "eintrag_angelegt": "{wer} hat den Eintrag {eintrag} mit dem Stand {nach} angelegt.",
        "eintrag_geaendert": "{wer} hat im Eintrag {eintrag} das Feld {feld} {wechsel}.",
        "uebernahme": "{wer} hat eine Lösung übernommen und im Eintrag {eintrag} das Feld {feld} {wechsel}.",
        "leistung_vorlaeufig": "{wer} hat die Leistung {leistung} vorläufig aufgenommen.",
        "konto_angelegt": "{wer} hat das Konto von {nachPerson} angelegt.",
        "konto_gesperrt": "{wer} hat das Konto von {nachPerson} gesperrt.",
        "konto_freigegeben": "{wer} hat das Konto von {nachPerson} wieder freigegeben.",
        "konto_geaendert": "{wer} hat beim Konto von {nachPerson} das Feld {feld} geändert.",
        "email_geaendert": "{wer} hat die E-Mail-Adresse von {nachPerson} geändert.",
        "fremdkonto_verknuepft": "{wer} hat das Konto von {nachPerson} mit dem Identitätsanbieter verbunden.",
        "zweiter_faktor_gesetzt": "{wer} hat den zweiten Faktor von {nachPerson} eingerichtet.",
        "zweiter_faktor_entfernt": "{wer} hat den zweiten Faktor von {nachPerson} entfernt.",
        "codes_erneuert": "{wer} hat die Wiederherstellungscodes von {nachPerson} erneuert.",
        "konto_geloescht": "{wer} hat ein Konto gelöscht.",
        "kennwort_gesetzt": "{wer} hat das Passwort von {nachPerson} gesetzt.",
        "auskunft_erteilt": "{wer} hat die Daten eines Kontos als Auskunft abgerufen.",
        "zugangstoken_angelegt": "{wer} hat ein Zugangstoken für {nachPerson} gemacht{tokenumfang}.",
        "zugangstoken_widerrufen": "{wer} hat ein Zugangstoken von {nachPerson} widerrufen{tokenumfang}.",
        "rolle_gegeben": "{wer} hat {vonPerson} die Rolle {nachRolle}{alsVertretung}{beiOrganisation} gegeben.",
        "rolle_genommen": "{wer} hat {nachPerson} die Rolle {vonRolle}{beiOrganisation} genommen.",
        "organisation_angelegt": "{wer} hat die Organisation {organisation} angelegt.",
        "organisation_geaendert": "{wer} hat bei {organisation} das Feld {feld} {wechsel}.",
        "einheit_angelegt": "{wer} hat bei {organisation} das Amt {nach} angelegt.",
        "einheit_geaendert": "{wer} hat bei einem Amt von {organisation} das Feld {feld} {wechsel}.",
        "einheit_zusammengelegt": "{wer} hat bei {organisation} Ämter zusammengelegt{rest}.",
        "angabe_angelegt": "{wer} hat bei {organisation} eine Angabe angelegt: {feld} {wechsel}.",
        "angabe_geaendert": "{wer} hat bei {organisation} die Angabe {feld} {wechsel}.",
        "angabe_geloescht": "{wer} hat bei {organisation} eine Angabe gelöscht: {feld} {wechsel}.",
        "delegation_gegeben": "{wer} hat die Rolle {feldRolle} {delegation} delegiert.",
        "delegation_beendet": "{wer} hat die Delegation der Rolle {feldRolle} {delegation} beendet.",
        "nachfolge_uebertragen": "{wer} hat den Bestand{beiOrganisation} auf die Nachfolgerin übertragen{rest}.",
        "datei_angehaengt": "{wer} hat{gegenstand} die Datei {nach} angehängt.",
        "datei_entfernt": "{wer} hat{gegenstand} die Datei {von} entfernt.",
        "webhook_angelegt": "{wer} hat bei {organisation} den Webhook {nach} angelegt.",
        "webhook_geaendert": "{wer} hat bei einem Webhook von {organisation} das Feld {feld} {wechsel}.",
        "webhook_angehalten": "{wer} hat bei {organisation} den Webhook {nach} angehalten.",
        "webhook_fortgesetzt": "{wer} hat bei {organisation} den Webhook {nach} fortgesetzt.",
        "webhook_geheimnis_erneuert": "{wer} hat bei {organisation} das Geheimnis des Webhooks {nach} erneuert.",
        "webhook_geloescht": "{wer} hat bei {organisation} den Webhook {nach} gelöscht.",
        "verlauf_gekuerzt":
            "{wer} hat die Zeilen bis Nummer {nachNummer}{beiOrganisation} nach Ablauf ihrer Aufbewahrung gelöscht.",
    ]

    /// What a kind of change is called in filters and files.
    static func name(_ art: String) -> String { arten[art] ?? lesbar(art) }

    private static let arten: [String: String] = [
        "datenstand_geladen": "Daten geladen", "dienst_angelegt": "Onlinedienst angelegt",
        "dienst_geaendert": "Onlinedienst geändert", "eintrag_angelegt": "Eintrag angelegt",
        "eintrag_geaendert": "Eintrag geändert", "uebernahme": "Lösung übernommen",
        "leistung_vorlaeufig": "Leistung vorläufig aufgenommen", "konto_angelegt": "Konto angelegt",
        "konto_geloescht": "Konto gelöscht", "konto_gesperrt": "Konto gesperrt",
        "konto_freigegeben": "Konto freigegeben", "konto_geaendert": "Konto geändert",
        "email_geaendert": "E-Mail-Adresse geändert", "fremdkonto_verknuepft": "Mit Identitätsanbieter verbunden",
        "zweiter_faktor_gesetzt": "Zweiter Faktor eingerichtet", "zweiter_faktor_entfernt": "Zweiter Faktor entfernt",
        "codes_erneuert": "Wiederherstellungscodes erneuert", "kennwort_gesetzt": "Passwort gesetzt",
        "auskunft_erteilt": "Auskunft erteilt", "rolle_gegeben": "Rolle gegeben", "rolle_genommen": "Rolle genommen",
        "organisation_angelegt": "Organisation angelegt", "organisation_geaendert": "Organisation geändert",
        "einheit_angelegt": "Amt angelegt", "einheit_geaendert": "Amt geändert",
        "einheit_zusammengelegt": "Ämter zusammengelegt", "angabe_angelegt": "Angabe angelegt",
        "angabe_geaendert": "Angabe geändert", "angabe_geloescht": "Angabe gelöscht",
        "delegation_gegeben": "Aufgabe delegiert", "delegation_beendet": "Delegation beendet",
        "zugangstoken_angelegt": "Zugangstoken gemacht", "zugangstoken_widerrufen": "Zugangstoken widerrufen",
        "nachfolge_uebertragen": "Nachfolge übertragen", "verlauf_gekuerzt": "Verlauf gekürzt",
        "datei_angehaengt": "Datei angehängt", "datei_entfernt": "Datei entfernt",
        "webhook_angelegt": "Webhook angelegt", "webhook_geaendert": "Webhook geändert",
        "webhook_angehalten": "Webhook angehalten", "webhook_fortgesetzt": "Webhook fortgesetzt",
        "webhook_geheimnis_erneuert": "Geheimnis eines Webhooks erneuert", "webhook_geloescht": "Webhook gelöscht",
    ]

    /// `konto_geaendert` as „Konto geändert“.
    private static func lesbar(_ art: String) -> String {
        let words = art.replacing("_", with: " ").replacing("ae", with: "ä").replacing("oe", with: "ö")
            .replacing("ue", with: "ü")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    static func feld(_ feld: String?) -> String {
        guard let feld else { return "ohne Namen" }
        let parts = feld.split(separator: ".", maxSplits: 1).map(String.init)
        // `ansprechpartner.email`: a field of a statement of that kind.
        if parts.count == 2 { return "\(Self.feld(parts[1])) (\(Self.feld(parts[0])))" }
        return felder[feld] ?? lesbar(feld)
    }

    private static let felder: [String: String] = [
        "titel": "Titel", "leistungen": "Leistungen", "ozg": "OZG-ID", "amt": "Amt", "stand": "Stand",
        "variante": "Variante", "onlinedienst": "Onlinedienst", "onlinedienst_text": "Onlinedienst (als Text)",
        "url": "Adresse im Netz", "reifegrad": "Reifegrad", "prioritaet": "Priorität", "frist": "Frist",
        "rolle": "Rolle", "notiz": "Notiz", "schlagworte": "Schlagworte", "begruendung": "Begründung", "name": "Name",
        "anbieter": "Anbieter", "hersteller": "Hersteller", "formularsystem": "Formularsystem",
        "beschreibung": "Beschreibung", "email": "E-Mail-Adresse", "telefon": "Telefon", "funktion": "Funktion",
        "it-dienstleister": "IT-Dienstleister", "webadresse": "Adresse im Netz", "ereignisse": "Ereignisse",
    ]

    static let staende: [String: String] = [
        "katalog": "den Katalogstand", "gemeindeverzeichnis": "das Gemeindeverzeichnis",
        "gebietsaenderungen": "die Liste der Gebietsänderungen", "dienste": "die Liste der Onlinedienste",
        "umsetzung": "die Umsetzungsliste", "grenzen": "die Grenzen", "codelisten": "Codelisten",
    ]
}
