import Kernel
import Web

/// A sentence and where to go on.
struct Meldung: Page {
    static let template = "konten/meldung"
    let titel: String
    let text: String
    let weiter: Verweis

    init(_ titel: String, _ text: String, weiter: Verweis) {
        (self.titel, self.text, self.weiter) = (titel, text, weiter)
    }

    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume(titel)] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "text": text
        case "weiter": weiter
        default: nil
        }
    }
}

struct VergessenSeite: Page {
    static let template = "konten/vergessen"
    /// Whether letters can be sent.
    let an: Bool
    var angefordert = false
    var email = ""
    var fehler = FormErrors()

    var titel: String { fehler.isEmpty ? "Passwort vergessen" : "Fehler: Passwort vergessen" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Anmelden", "/anmelden"), Krume("Passwort vergessen")] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "postAus": !an
        case "angefordert": angefordert
        case "formular": an && !angefordert
        case "email":
            Feld(
                "email", "E-Mail-Adresse", wert: email, fehler: fehler["email"], pflicht: true, eingabeart: "email",
                autocomplete: "username")
        default: nil
        }
    }
}

/// Choosing a password by a link: for a new account, or because the old one was forgotten.
struct KennwortSeite: Page {
    static let template = "konten/kennwort"
    let link: Einmallink
    let token: String
    let name: String
    let fehler: FormErrors

    private var wort: String { link.zweck == .einladung ? "Konto einrichten" : "Neues Passwort wählen" }
    var titel: String { fehler.isEmpty ? wort : "Fehler: \(wort)" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume(wort)] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "ueberschrift": wort
        case "ziel": "/anmelden/\(link.zweck.rawValue)/\(token)"
        case "adresse": link.email
        case "eingeladen": link.zweck == .einladung
        case "name":
            link.zweck == .einladung
                ? Feld(
                    "name", "Vor- und Nachname", wert: name, hinweis: "So sehen Sie Ihre Kolleginnen und Kollegen.",
                    fehler: fehler["name"], pflicht: true, autocomplete: "name") : nil
        case "passwort":
            Feld(
                "passwort", "Neues Passwort",
                hinweis: "Mindestens 12 Zeichen. Ein Passwortmanager denkt sich eines aus und merkt es sich.",
                fehler: fehler["passwort"], typ: "password", pflicht: true, autocomplete: "new-password")
        default: nil
        }
    }
}

struct EmailBestaetigung: Page {
    static let template = "konten/email-bestaetigen"
    let token: String
    let neu: String

    var titel: String { "E-Mail-Adresse bestätigen" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume(titel)] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "ziel": "/anmelden/email/\(token)"
        case "adresse": neu
        default: nil
        }
    }
}

struct EmailSeite: Page {
    static let template = "konten/email"
    let bisher: String
    let an: Bool
    var neu = ""
    var fehler = FormErrors()

    var titel: String { fehler.isEmpty ? "E-Mail-Adresse ändern" : "Fehler: E-Mail-Adresse ändern" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Mein Konto", "/konto"), Krume("E-Mail-Adresse ändern")] }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "bisher": bisher
        case "postAus": !an
        case "formular": an
        case "email":
            Feld(
                "email", "Neue E-Mail-Adresse", wert: neu, fehler: fehler["email"], pflicht: true, eingabeart: "email",
                autocomplete: "email")
        case "passwort":
            Feld(
                "passwort", "Ihr Passwort", fehler: fehler["passwort"], typ: "password", pflicht: true,
                autocomplete: "current-password")
        default: nil
        }
    }
}
