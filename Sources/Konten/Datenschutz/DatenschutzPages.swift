import Kernel
import Web

/// Everything about a person, as the person or the Administration reads it.
struct AuskunftSeite: Page {
    static let template = "konten/auskunft"
    /// Rows of one kind that the page shows; the file has all.
    static let gezeigt = 20

    let teile: [Auskunftsteil]
    /// Where the file is.
    let datei: String
    /// Who reads runs the installation and may look at others.
    var betrieb = false
    /// The person looked at by the Administration; nil for the own account.
    var fremd: (id: String, email: String)?
    var fehler = FormErrors()
    var getippt = ""

    var titel: String { fremd.map { "Konto \($0.email)" } ?? "Auskunft" }
    var brotkrumen: [Krume] {
        fremd == nil
            ? [Krume("Start", "/"), Krume("Mein Konto", "/konto"), Krume("Auskunft")]
            : DatenschutzSeite.weg + [Krume(titel)]
    }
    var bereich: String { fremd == nil ? "/konto" : "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "datei": datei
        case "eigene": fremd == nil
        case "betrieb": betrieb
        case "fremde":
            fremd.map { other in
                Werte([
                    ("ziel", "/betrieb/personen/\(other.id)/loeschung"),
                    (
                        "email",
                        Feld(
                            "email", "E-Mail-Adresse zur Bestätigung", wert: getippt,
                            hinweis: "Tippen Sie die Adresse des Kontos ab.", fehler: fehler["email"], typ: "email",
                            pflicht: true, autocomplete: "off")
                    ),
                ])
            }
        case "fehler": fehler.liste
        case "teile": teile.map(TeilAnsicht.init)
        default: nil
        }
    }
}

/// One kind of record with its first rows.
private struct TeilAnsicht: Ansicht {
    let teil: Auskunftsteil

    func child(named: String) -> Any? {
        switch named {
        case "name": teil.name
        case "ueberschrift": teil.titel
        case "keine": teil.zeilen.isEmpty
        case "anzahl": Zahl.mit(teil.zeilen.count, "Eintrag", "Einträge")
        case "weitere":
            teil.zeilen.count > AuskunftSeite.gezeigt
                ? Zahl.mit(teil.zeilen.count - AuskunftSeite.gezeigt, "weiterer Eintrag", "weitere Einträge") : nil
        case "spalten": teil.zeilen.first?.map(\.titel)
        case "einzeln": teil.zeilen.count == 1 ? reihe(teil.zeilen[0]) : nil
        case "mehrere": teil.zeilen.count > 1
        case "reihen": teil.zeilen.prefix(AuskunftSeite.gezeigt).map(reihe)
        default: nil
        }
    }

    private func reihe(_ zeile: [Auskunftsteil.Feld]) -> Werte {
        Werte([("zellen", zeile.map { feld in Werte([("spalte", feld.titel), ("inhalt", feld.wert.lesbar)]) })])
    }
}

/// Asks whether the own account is to go.
struct LoeschungSeite: Page {
    static let template = "konten/loeschung"
    let fehler: FormErrors
    /// Why the account cannot go now.
    let hindernis: String?
    let hatKennwort: Bool

    var titel: String { fehler.isEmpty ? "Konto löschen" : "Fehler: Konto löschen" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Mein Konto", "/konto"), Krume("Konto löschen")] }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "hindernis": hindernis
        case "email":
            hatKennwort
                ? nil
                : Feld(
                    "email", "E-Mail-Adresse zur Bestätigung", hinweis: "Tippen Sie die Adresse Ihres Kontos ab.",
                    fehler: fehler["email"], typ: "email", pflicht: true, autocomplete: "off")
        case "passwort":
            !hatKennwort
                ? nil
                : Feld(
                    "passwort", "Passwort zur Bestätigung", fehler: fehler["passwort"], typ: "password", pflicht: true,
                    autocomplete: "current-password")
        default: nil
        }
    }
}

/// Where the Administration finds persons, periods and the register.
struct DatenschutzSeite: Page {
    static let template = "konten/betrieb-datenschutz"
    let ergebnisse: [Fristlauf.Ergebnis]
    let fehler: FormErrors
    let getippt: String
    let geloescht: Bool

    var titel: String { fehler.isEmpty ? "Datenschutz" : "Fehler: Datenschutz" }
    static let weg = Krume.administration + [Krume("Datenschutz", "/betrieb/datenschutz")]
    var brotkrumen: [Krume] { Krume.administration + [Krume("Datenschutz")] }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "hinweis": geloescht ? "Das Konto ist gelöscht." : nil
        case "email":
            Feld(
                "email", "E-Mail-Adresse des Kontos", wert: getippt, fehler: fehler["email"], typ: "email",
                pflicht: true,
                autocomplete: "off")
        case "fristen":
            ergebnisse.map { entry in
                Werte([
                    ("was", entry.frist.was), ("art", entry.frist.art),
                    ("dauer", entry.frist.dauer(entry.tage)), ("ende", entry.frist.ende),
                    ("grundlage", entry.frist.grundlage), ("anzahl", Zahl.deutsch(entry.anzahl)),
                ])
            }
        default: nil
        }
    }
}

/// The register of processing activities.
struct VerarbeitungSeite: Page {
    static let template = "konten/verarbeitung"
    let verzeichnis: Verarbeitungsverzeichnis

    var titel: String { "Verzeichnis von Verarbeitungstätigkeiten" }
    var brotkrumen: [Krume] {
        DatenschutzSeite.weg + [Krume("Verarbeitungstätigkeiten")]
    }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "hinweise": Verarbeitungsverzeichnis.hinweise
        case "eintraege":
            verzeichnis.zeilen.map { zeile in
                Werte([
                    ("name", zeile[0]),
                    (
                        "angaben",
                        zip(Verarbeitungsverzeichnis.spalten, zeile).dropFirst().map { spalte, wert in
                            Werte([("begriff", spalte.titel), ("text", wert)])
                        }
                    ),
                ])
            }
        default: nil
        }
    }
}
