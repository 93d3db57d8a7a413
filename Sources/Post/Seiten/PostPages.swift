import Jobs
import Kernel
import Web

/// The log of letters.
struct PostSeite: Page {
    static let template = "post/protokoll"
    static let weg = [Krume("Start", "/"), Krume("Administration", "/betrieb")]

    let an: Bool
    let zustand: Briefvermerk.Zustand?
    let briefe: [Briefvermerk]
    let blaettern: Blaettern
    let titelJeArt: [String: String]
    let namen: [Person.ID: String]
    /// The jobs of those that did not leave.
    let jobs: [String: Job.Zustand]
    let hinweis: String?
    let fehler: FormErrors

    var titel: String { fehler.isEmpty ? "E-Mails" : "Fehler: E-Mails" }
    var brotkrumen: [Krume] { PostSeite.weg + [Krume("E-Mails")] }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "hinweis": hinweis
        case "fehler": fehler.liste
        case "postAus": !an
        case "zustand":
            Feld.auswahl(
                "zustand", "Zustand", leer: "alle", Briefvermerk.Zustand.allCases.map { ($0.rawValue, $0.name) },
                gewaehlt: zustand?.rawValue, pflicht: true)
        case "gefiltert": zustand != nil
        case "leer": briefe.isEmpty
        case "gesamt": Zahl.mit(blaettern.gesamt, "E-Mail", "E-Mails")
        case "seiten": blaettern
        case "zeilen": briefe.map(zeile)
        default: nil
        }
    }

    private func zeile(_ brief: Briefvermerk) -> Werte {
        // A letter whose work broke off in the middle could not note that itself.
        let job = jobs[brief.id.rawValue]
        let zustand: String =
            switch (brief.zustand, job) {
            case (.wartet, .gescheitert?): Job.Zustand.gescheitert.name
            case (.wartet, .abgebrochen?), (.wartet, nil): Job.Zustand.abgebrochen.name
            default: brief.zustand.name
            }
        let isStanding = job == .gescheitert || job == .abgebrochen
        return Werte([
            ("art", titelJeArt[brief.art] ?? brief.art), ("am", brief.angelegtAm.berlin),
            ("person", brief.person.map { namen[$0] ?? "gelöschtes Konto" }),
            ("personpfad", brief.person.map { "/betrieb/personen/\($0.rawValue)" }), ("zustand", zustand),
            ("warnend", brief.zustand == .gescheitert || job == .gescheitert || brief.ruecklauf != nil ? true : nil),
            ("verschickt", brief.verschicktAm?.berlin), ("grund", brief.grund),
            ("versuche", brief.versuche > 1 ? brief.versuche : nil),
            ("erneut", isStanding ? "/betrieb/post/\(brief.id.rawValue)/erneut" : nil),
        ])
    }
}

/// All kinds of letters.
struct VorschauenSeite: Page {
    static let template = "post/vorschauen"
    let arten: [Briefart]

    var titel: String { "Vorschau der E-Mails" }
    var brotkrumen: [Krume] { PostSeite.weg + [Krume("E-Mails", "/betrieb/post"), Krume("Vorschau")] }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "arten":
            arten.map { art in
                Werte([
                    ("name", art.titel), ("pfad", "/betrieb/post/vorschau/\(art.name)"),
                    ("betreff", art.muster().betreff),
                ])
            }
        default: nil
        }
    }
}

/// One kind of letter with example values.
struct VorschauSeite: Page {
    static let template = "post/vorschau"
    let art: Briefart
    let betreff: String
    let text: String

    var titel: String { "Vorschau: \(art.titel)" }
    var brotkrumen: [Krume] {
        PostSeite.weg + [
            Krume("E-Mails", "/betrieb/post"), Krume("Vorschau", "/betrieb/post/vorschau"), Krume(art.titel),
        ]
    }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "name": art.titel
        case "betreff": betreff
        case "text": text
        case "html": "/betrieb/post/vorschau/\(art.name)/html"
        default: nil
        }
    }
}
