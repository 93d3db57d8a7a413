import Jobs
import Kernel
package import Post
import Web

/// The kinds of letters about accounts, each with example values.
extension Kontobriefe {
    private static let beispiel = "https://leitstand.stadt.example"
    private static let link = "\(beispiel)/anmelden/einladung/beispiel"

    static let einladungen = Briefart("einladung", "Einladung", rang: .eilig) {
        einladung(link, von: "Frau Muster", bei: "Stadt Musterstadt")
    }
    static let passwoerter = Briefart("passwort", "Link für ein neues Passwort", rang: .eilig, istErbeten: true) {
        passwort(link)
    }
    static let neueAdressen = Briefart("adresse", "Bestätigung einer E-Mail-Adresse", rang: .eilig, istErbeten: true) {
        neueAdresse(link)
    }
    static let alteAdressen = Briefart("adresswechsel", "Hinweis an die bisherige Adresse") { alteAdresse() }
    static let neueRollen = Briefart("rolle", "Hinweis auf eine neue Rolle") {
        neueRolle(bei: "Stadt Musterstadt", adresse: beispiel)
    }
    static let loeschhinweise = Briefart("loeschhinweis", "Hinweis auf die Löschung eines Kontos") {
        loeschhinweis(Tag(iso: "2027-01-31") ?? Tag.heute(.jetzt()), adresse: beispiel)
    }
    static let mitteilungen = Briefart("mitteilung", "Einzelne Mitteilung") {
        mitteilung([beispielgruppe], adresse: beispiel, faden: nil)
    }
    static let tagesposten = Briefart("tagespost", "Mitteilungen, täglich gebündelt") {
        tagespost(
            [
                beispielgruppe,
                .init("Kreis Musterland", [.init("Herr Beispiel hat 143 Einträge angelegt.", beispiel)]),
            ], anzahl: 145, adresse: beispiel)
    }

    private static let beispielgruppe = Briefinhalt.Gruppe(
        "Stadt Musterstadt",
        [
            .init("Frau Muster hat den Eintrag „Hund anmelden“ mit dem Stand „in Umsetzung“ angelegt.", beispiel),
            .init("Herr Beispiel hat im Eintrag „Wohnsitz ummelden“ das Feld Notiz geändert.", beispiel),
        ])

    /// In the order in which people meet them.
    package static let arten = [
        einladungen, passwoerter, neueAdressen, alteAdressen, neueRollen, tagesposten, mitteilungen, loeschhinweise,
    ]

    static func tagespost(_ gruppen: [Briefinhalt.Gruppe], anzahl: Int, adresse: String) -> Briefentwurf {
        Briefentwurf(
            "Leitstand: \(Zahl.mit(anzahl, "Änderung", "Änderungen"))",
            Briefinhalt(
                "Was sich geändert hat", absaetze: ["Guten Tag,", "das haben andere bei Ihren Verwaltungen geändert:"],
                gruppen: gruppen, fuss: mitteilungsfuss(adresse)),
            abmelden: adresse + MitteilungRoutes.pfad)
    }

    static func mitteilung(_ gruppen: [Briefinhalt.Gruppe], adresse: String, faden: String?) -> Briefentwurf {
        Briefentwurf(
            "Leitstand: \(gruppen.first?.titel ?? "Ihr Konto")",
            Briefinhalt(
                "Was sich geändert hat", absaetze: ["Guten Tag,", "das hat gerade jemand geändert:"],
                gruppen: gruppen, fuss: mitteilungsfuss(adresse)),
            faden: faden, abmelden: adresse + MitteilungRoutes.pfad)
    }

    private static func mitteilungsfuss(_ adresse: String) -> String {
        "Wie oft Sie solche E-Mails bekommen, wählen Sie hier: \(adresse)\(MitteilungRoutes.pfad). \(automatisch)"
    }
}
