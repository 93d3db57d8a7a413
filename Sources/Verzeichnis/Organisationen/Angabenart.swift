import Kernel
import Storage

/// The kinds of statements that an authority keeps about itself; each is a table, a form and a part of its page.
package enum Angabenart: String, CaseIterable, Sendable {
    case ansprechpartner, fachverfahren
    case dienstleister = "it-dienstleister"
    case rechtsstatus

    var tabelle: SQL {
        switch self {
        case .ansprechpartner: "ansprechpartner"
        case .fachverfahren: "fachverfahren"
        case .dienstleister: "it_dienstleister"
        case .rechtsstatus: "rechtsstatus"
        }
    }

    /// As people head the part of the page.
    var mehrzahl: String {
        switch self {
        case .ansprechpartner: "Ansprechpartner"
        case .fachverfahren: "Verfahren, Formularsysteme und Portale"
        case .dienstleister: "IT-Dienstleister"
        case .rechtsstatus: "Rechtlicher Status"
        }
    }

    var einzahl: String {
        switch self {
        case .ansprechpartner: "Ansprechpartner"
        case .fachverfahren: "Verfahren"
        case .dienstleister: "IT-Dienstleister"
        case .rechtsstatus: "Rechtlichen Status"
        }
    }

    /// What the form says first.
    var hinweis: String {
        switch self {
        case .ansprechpartner:
            "Am besten eine Funktion mit eigener Adresse, ohne Namen: sie bleibt richtig, wenn die Person wechselt. Nennen Sie eine Person nur, wenn es ohne sie nicht geht."
        case .fachverfahren: "Was bei Ihnen läuft: Fachverfahren, Formularsysteme und Portale."
        case .dienstleister:
            "Wer für Ihre Verwaltung IT betreibt. Fehlt der Dienstleister im Verzeichnis, schlägt ihn Ihre Angabe dem Projektbüro vor."
        case .rechtsstatus:
            "Was das Gemeindeverzeichnis nicht sagt, z. B. „Große kreisangehörige Stadt“ oder ein eigenes Jugendamt. Jeder Status braucht eine Fundstelle."
        }
    }

    /// Anybody may read it.
    var istOeffentlich: Bool { self == .rechtsstatus }

    /// The field that names the statement.
    var titelfeld: String {
        switch self {
        case .ansprechpartner: "funktion"
        case .fachverfahren: "produkt"
        case .dienstleister: "name"
        case .rechtsstatus: "status"
        }
    }

    var felder: [Angabenfeld] {
        switch self {
        case .ansprechpartner: Self.kontaktfelder
        case .fachverfahren: Self.verfahrensfelder
        case .dienstleister: Self.dienstleisterfelder
        case .rechtsstatus: Self.statusfelder
        }
    }

    /// Why personal data may be kept; the General Data Protection Regulation in the words of its article 6.
    static let rechtsgrundlagen = [
        (wert: "ohne", text: "Keine personenbezogenen Angaben (reine Funktionsadresse)"),
        (wert: "art6_1_e", text: "Art. 6 Abs. 1 lit. e DSGVO (Aufgabe im öffentlichen Interesse)"),
        (wert: "art6_1_c", text: "Art. 6 Abs. 1 lit. c DSGVO (rechtliche Verpflichtung)"),
        (wert: "art6_1_b", text: "Art. 6 Abs. 1 lit. b DSGVO (Vertrag)"),
        (wert: "art6_1_a", text: "Art. 6 Abs. 1 lit. a DSGVO (Einwilligung)"),
    ]

    /// Functions that the form suggests.
    static let funktionen = [
        "OZG-Koordination", "Datenschutz", "IT", "Informationssicherheit", "Digitalisierung", "Organisation",
        "Bürgerservice", "Pressestelle",
    ]

    static let status = [
        (wert: "grosse_kreisangehoerige_stadt", text: "Große kreisangehörige Stadt"),
        (wert: "mittlere_kreisangehoerige_stadt", text: "Mittlere kreisangehörige Stadt"),
        (wert: "grosse_kreisstadt", text: "Große Kreisstadt"),
        (wert: "grosse_selbstaendige_stadt", text: "Große selbständige Stadt"),
        (wert: "selbstaendige_gemeinde", text: "Selbständige Gemeinde"),
        (wert: "sonderstatusstadt", text: "Sonderstatusstadt"),
        (wert: "eigenes_jugendamt", text: "Eigenes Jugendamt"),
        (wert: "eigene_bauaufsicht", text: "Eigene untere Bauaufsicht"),
        (wert: "eigene_auslaenderbehoerde", text: "Eigene Ausländerbehörde"),
        (wert: "eigene_fahrerlaubnisbehoerde", text: "Eigene Fahrerlaubnisbehörde"),
        (wert: "optionskommune", text: "Optionskommune (SGB II)"),
        (wert: "sonstiges", text: "Anderer Status"),
    ]

    private static let kontaktfelder = [
        Angabenfeld(
            "funktion", spalte: "funktion", "Funktion", .text(100), hinweis: "z. B. OZG-Koordination, Datenschutz, IT",
            pflicht: true, liste: "vorschlaege"),
        Angabenfeld("einheit", spalte: "einheit", "Amt", .einheit),
        Angabenfeld(
            "name", spalte: "name", "Name der Person", .text(200),
            hinweis: "Besser leer lassen: eine Funktion ohne Namen genügt meist.", persoenlich: true,
            autocomplete: "off"),
        Angabenfeld(
            "email", spalte: "email", "E-Mail-Adresse", .email, hinweis: "Möglichst eine Sammeladresse der Funktion",
            persoenlich: true, autocomplete: "off"),
        Angabenfeld("telefon", spalte: "telefon", "Telefon", .telefon, persoenlich: true, autocomplete: "off"),
        Angabenfeld(
            "zweck", spalte: "zweck", "Zweck", .text(300),
            hinweis: "Wozu der Kontakt dient, z. B. „Rückfragen anderer Verwaltungen zur OZG-Umsetzung“", pflicht: true),
        Angabenfeld(
            "rechtsgrundlage", spalte: "rechtsgrundlage", "Rechtsgrundlage", .auswahl(rechtsgrundlagen), pflicht: true),
        Angabenfeld("oeffentlich", spalte: "oeffentlich", "Öffentlich zeigen", .haken),
        Angabenfeld(
            "gilt_bis", spalte: "gilt_bis", "Prüfen bis", .tag,
            hinweis: "TT.MM.JJJJ, höchstens in drei Jahren. Danach ist der Kontakt nicht mehr öffentlich.",
            pflicht: true),
    ]

    private static let verfahrensfelder = [
        Angabenfeld(
            "art", spalte: "art", "Art",
            .auswahl([
                (wert: "fachverfahren", text: "Fachverfahren"), (wert: "formularsystem", text: "Formularsystem"),
                (wert: "portal", text: "Portal"),
            ]), pflicht: true),
        Angabenfeld("produkt", spalte: "produkt", "Produkt", .text(200), pflicht: true),
        Angabenfeld("hersteller", spalte: "hersteller", "Hersteller", .text(200)),
        Angabenfeld("fassung", spalte: "fassung", "Version", .text(60)),
        Angabenfeld(
            "schnittstellen", spalte: "schnittstellen", "Schnittstellen", .text(500),
            hinweis: "z. B. XTA, FIT-Connect, XMeld, REST"),
        Angabenfeld("einheit", spalte: "einheit", "Amt", .einheit),
        Angabenfeld("gilt_von", spalte: "gilt_von", "Im Einsatz ab", .tag, hinweis: "TT.MM.JJJJ"),
        Angabenfeld("gilt_bis", spalte: "gilt_bis", "Im Einsatz bis", .tag, hinweis: "TT.MM.JJJJ"),
    ]

    private static let dienstleisterfelder = [
        Angabenfeld(
            "name", spalte: "name", "IT-Dienstleister", .text(200), hinweis: "Voller Name", pflicht: true,
            liste: "vorschlaege"),
        Angabenfeld("suchname", spalte: "suchname", "", .verborgen),
        Angabenfeld("dienstleister", spalte: "dienstleister", "", .verborgen),
        Angabenfeld(
            "aufgabe", spalte: "aufgabe", "Aufgabe", .text(300), hinweis: "z. B. Rechenzentrum, Formularserver"),
        Angabenfeld("gilt_von", spalte: "gilt_von", "Gilt ab", .tag, hinweis: "TT.MM.JJJJ"),
        Angabenfeld("gilt_bis", spalte: "gilt_bis", "Gilt bis", .tag, hinweis: "TT.MM.JJJJ"),
    ]

    private static let statusfelder = [
        Angabenfeld("status", spalte: "status", "Status", .auswahl(status), pflicht: true),
        Angabenfeld(
            "zusatz", spalte: "zusatz", "Genauer", .text(200), hinweis: "Nötig bei „Anderer Status“"),
        Angabenfeld("gilt_von", spalte: "gilt_von", "Gilt ab", .tag, hinweis: "TT.MM.JJJJ"),
        Angabenfeld("gilt_bis", spalte: "gilt_bis", "Gilt bis", .tag, hinweis: "TT.MM.JJJJ"),
        Angabenfeld(
            "quelle", spalte: "quelle", "Fundstelle", .text(300), hinweis: "Verordnung, Satzung oder Erlass mit Datum",
            pflicht: true),
    ]
}
