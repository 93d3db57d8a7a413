import App
import Kernel
import Post
import Web

/// `check --post`: one letter through the configured mail server.
enum Postpruefung {
    static func run(an text: String, _ einstellungen: Einstellungen) async throws {
        guard let ausgang = try einstellungen.postausgang() else {
            throw Refusal(.unprocessable, "LEITSTAND_SMTP ist nicht gesetzt: Leitstand verschickt keine E-Mails.")
        }
        let an = try Postadresse(text)
        let views = try Ressourcen(konfiguriert: einstellungen.ressourcen).views()
        let inhalt = Briefinhalt(
            "Probebrief von Leitstand",
            absaetze: ["Guten Tag,", "der Versand von E-Mails ist eingerichtet: Dieser Brief ist angekommen."],
            fuss: "Diese E-Mail hat die Betriebsstelle mit leitstand check --post ausgelöst.")
        let am = Instant.jetzt()
        let brief = try inhalt.brief(
            an: an, name: nil, betreff: "Probebrief von Leitstand – äöü", kennung: "probe-" + Kennung.neu(am), am: am,
            views)
        try await ausgang.sende(brief)
        melde("Der Mailserver hat den Brief an \(an) angenommen.")
        if try einstellungen.linkadresse() == nil {
            melde(
                fehler:
                    "Hinweis: Einladungen lassen sich noch nicht verschicken, weil LEITSTAND_ADRESSE fehlt und der Server nicht nur auf dem eigenen Rechner erreichbar ist."
            )
        }
    }
}
