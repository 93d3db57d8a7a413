import Kernel
import Web

struct AnmeldenSeite: Page {
    static let template = "konten/anmelden"
    var email = ""
    let ziel: String
    var fehler = FormErrors()
    /// What the button to the identity provider is called; nil where there is none.
    var extern: String?

    var titel: String { fehler.isEmpty ? "Anmelden" : "Fehler: Anmelden" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Anmelden")] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "ziel": ziel
        case "extern": extern.map { Verweis($0, Adresse(Anbieterangaben.pfad, [("ziel", ziel)]).text) }
        case "email":
            Feld(
                "email", "E-Mail-Adresse", wert: email, fehler: fehler["email"], pflicht: true, eingabeart: "email",
                autocomplete: "username")
        case "passwort":
            Feld(
                "passwort", "Passwort", fehler: fehler["passwort"], typ: "password", pflicht: true,
                autocomplete: "current-password")
        default: nil
        }
    }
}

/// The second step: the code of the second factor.
struct CodeSeite: Page {
    static let template = "konten/code"
    let ziel: String
    var fehler = FormErrors()

    var titel: String { fehler.isEmpty ? "Code eingeben" : "Fehler: Code eingeben" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Anmelden", "/anmelden?neu=1"), Krume("Code")] }
    var bereich: String { "/anmelden" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "ziel": ziel
        case "anderes": Adresse("/anmelden", [("neu", "1"), ("ziel", ziel)]).text
        case "code":
            CodeSeite.feld(fehler["code"], hinweis: "6 Ziffern aus Ihrer App, oder ein Wiederherstellungscode.")
        default: nil
        }
    }

    /// The one field for codes: browsers and phones offer to fill it in.
    static func feld(_ fehler: String?, hinweis: String) -> Feld {
        Feld(
            "code", "Code", hinweis: hinweis, fehler: fehler, pflicht: true, breite: "mittel", eingabeart: "numeric",
            autocomplete: "one-time-code")
    }
}
