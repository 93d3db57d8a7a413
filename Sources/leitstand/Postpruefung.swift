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
        let (entwurf, am) = (Probebrief.entwurf, Instant.jetzt())
        let brief = try entwurf.inhalt.brief(
            an: an, name: nil, betreff: entwurf.betreff, kennung: "probe-" + Kennung.neu(am), am: am, views)
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
