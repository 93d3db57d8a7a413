import Kernel
import Post
import Web

/// What the letters about accounts say.
package enum Kontobriefe {
    static let automatisch =
        "Diese E-Mail hat Leitstand von selbst verschickt. Antworten liest niemand; wenden Sie sich an die Person, die Sie kennen."
    private static let frist = "Der Link gilt 24 Stunden lang und nur einmal."

    static func einladung(_ link: String, von: String?, bei: String?) -> Briefentwurf {
        let wer = von.map { "\($0) hat Sie eingeladen" } ?? "Sie sind eingeladen"
        return Briefentwurf(
            "Ihre Einladung zu Leitstand",
            Briefinhalt(
                "Ihre Einladung zu Leitstand",
                absaetze: [
                    "Guten Tag,",
                    "\(wer), \(bei.map { "für \($0) " } ?? "")in Leitstand mitzuarbeiten.",
                    "Öffnen Sie den Link und wählen Sie ein Passwort. \(frist)",
                ],
                knopf: Verweis("Konto einrichten", link),
                fuss: "Wenn Sie damit nichts anfangen können, löschen Sie diese E-Mail. \(automatisch)")
        )
    }

    static func passwort(_ link: String) -> Briefentwurf {
        Briefentwurf(
            "Neues Passwort für Leitstand",
            Briefinhalt(
                "Neues Passwort wählen",
                absaetze: ["Guten Tag,", "für Ihr Konto wurde ein neues Passwort angefordert.", frist],
                knopf: Verweis("Neues Passwort wählen", link),
                fuss:
                    "Wenn Sie das nicht waren, löschen Sie diese E-Mail: Ihr Passwort bleibt, wie es ist. \(automatisch)"
            )
        )
    }

    static func neueAdresse(_ link: String) -> Briefentwurf {
        Briefentwurf(
            "Bitte bestätigen Sie Ihre E-Mail-Adresse",
            Briefinhalt(
                "E-Mail-Adresse bestätigen",
                absaetze: ["Guten Tag,", "mit dieser Adresse wollen Sie sich künftig bei Leitstand anmelden.", frist],
                knopf: Verweis("Adresse bestätigen", link),
                fuss: "Wenn Sie das nicht waren, löschen Sie diese E-Mail. \(automatisch)")
        )
    }

    static func alteAdresse() -> Briefentwurf {
        Briefentwurf(
            "Ihre E-Mail-Adresse bei Leitstand soll sich ändern",
            Briefinhalt(
                "Ihre E-Mail-Adresse soll sich ändern",
                absaetze: [
                    "Guten Tag,",
                    "für Ihr Konto wurde eine andere E-Mail-Adresse angegeben. Sie gilt, sobald sie dort bestätigt ist.",
                    "Wenn Sie das nicht waren, ändern Sie sofort Ihr Passwort und sagen Sie der Administration Bescheid.",
                ], fuss: automatisch)
        )
    }

    static func loeschhinweis(_ tag: Tag, adresse: String) -> Briefentwurf {
        Briefentwurf(
            "Ihr Konto bei Leitstand wird bald gelöscht",
            Briefinhalt(
                "Ihr Konto wird bald gelöscht",
                absaetze: [
                    "Guten Tag,",
                    "Sie haben sich lange nicht angemeldet. Am \(tag.deutsch) wird Ihr Konto mit allen Rollen gelöscht.",
                    "Wenn Sie es behalten wollen, melden Sie sich vorher einmal an.",
                ], knopf: Verweis("Anmelden", "\(adresse)/anmelden"), fuss: automatisch)
        )
    }

    static func neueRolle(bei: String?, adresse: String) -> Briefentwurf {
        Briefentwurf(
            "Neue Rolle in Leitstand",
            Briefinhalt(
                "Sie haben eine neue Rolle",
                absaetze: [
                    "Guten Tag,",
                    "Ihr Konto hat \(bei.map { "für \($0) " } ?? "")eine neue Rolle bekommen. Melden Sie sich an wie bisher.",
                ], knopf: Verweis("Anmelden", "\(adresse)/anmelden"), fuss: automatisch)
        )
    }
}
