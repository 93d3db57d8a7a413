import Kernel
import Web

struct KontoSeite: Page {
    /// What a form of the page has done.
    enum Erledigt: String {
        case name, passwort, geraete, faktor, mitteilungen

        var satz: String {
            switch self {
            case .name: "Ihr Name ist gespeichert."
            case .passwort: "Ihr Passwort ist geändert. Auf allen anderen Geräten sind Sie abgemeldet."
            case .geraete: "Die Anmeldung ist beendet."
            case .mitteilungen: "Gespeichert."
            case .faktor: "Der zweite Faktor ist abgeschaltet."
            }
        }
    }

    static let template = "konten/konto"
    let person: Person
    let stand: Kontostand
    let sitzung: Sitzung?
    let name: String
    let fehler: FormErrors
    let erledigt: Erledigt?

    var titel: String { fehler.isEmpty ? "Mein Konto" : "Fehler: Mein Konto" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Mein Konto")] }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "hinweis": erledigt?.satz
        case "fehler": fehler.liste
        case "email": person.email
        case "markierung": stand.markierung
        case "mitteilungsfeld":
            Feld.auswahl(
                "mitteilungen", "E-Mails darüber", leer: nil,
                Mitteilungswunsch.allCases.map { ($0.rawValue, $0.name) }, gewaehlt: stand.mitteilungen.rawValue,
                hinweis: "Gebündelt kommen sie an Arbeitstagen um 7 Uhr.", pflicht: true)
        case "rollen": stand.rollen.map(rolle)
        case "hatRollen": !stand.rollen.isEmpty
        case "nameFeld": Feld("name", "Name", wert: name, fehler: fehler["name"], autocomplete: "name")
        case "hatKennwort": stand.hatKennwort
        case "aktuell":
            Feld(
                "aktuell", "Jetziges Passwort", fehler: fehler["aktuell"], typ: "password", pflicht: true,
                autocomplete: "current-password")
        case "neu":
            Feld(
                "neu", "Neues Passwort", hinweis: Kennwortregel.hinweis, fehler: fehler["neu"], typ: "password",
                pflicht: true, autocomplete: "new-password")
        case "faktorFehlt": sitzung?.faktorFehlt == true && !stand.hatFaktor
        case "faktorsatz": faktorsatz
        case "faktorknopf": stand.hatFaktor ? "Zweiten Faktor verwalten" : "Zweiten Faktor einrichten"
        case "sitzungen": stand.sitzungen.map(zeile)
        case "betrieb": Rechte.darf(person, .betrieb)
        case "mehrere": stand.sitzungen.count > 1
        default: nil
        }
    }

    private var faktorsatz: String {
        guard stand.hatFaktor else {
            return
                "Ohne zweiten Faktor genügt Ihr Passwort. Mit ihm fragt die Anmeldung auch nach einem Code aus einer App."
        }
        let left = stand.codesUebrig
        return "Eingerichtet. Noch \(left) \(left == 1 ? "Wiederherstellungscode" : "Wiederherstellungscodes")."
    }

    private func rolle(_ zeile: Kontostand.Rollenzeile) -> Werte {
        let rests = zeile.rolle.verlangtZweitenFaktor && sitzung?.zweiterFaktor != true
        let remarks = [
            zeile.vertretung ? "in Vertretung" : nil, zeile.delegiertAn.map { "übertragen an \($0)" },
            rests ? "gilt erst mit zweitem Faktor" : nil,
        ].compactMap(\.self)
        return Werte([
            ("rolle", zeile.rolle.name), ("ort", zeile.organisation ?? "ganze Installation"),
            ("pfad", zeile.pfad),
            ("zusatz", remarks.isEmpty ? nil : remarks.joined(separator: ", ")),
        ])
    }

    private func zeile(_ zeile: SitzungStore.Zeile) -> Werte {
        Werte([
            ("geraet", zeile.geraet ?? "Unbekanntes Gerät"), ("seit", zeile.seit.berlin),
            ("zuletzt", zeile.istDiese ? "gerade" : zeile.zuletzt.berlin), ("diese", zeile.istDiese ? true : nil),
            ("ende", zeile.istDiese ? nil : zeile.id.map { "/konto/sitzungen/\($0)/ende" }),
        ])
    }
}
