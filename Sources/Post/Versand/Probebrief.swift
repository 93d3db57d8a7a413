/// The letter with which an operator tries the mail server. It is sent at once and waits in no queue.
package enum Probebrief {
    package static let art = Briefart("probe", "Probebrief der Betriebsstelle") { entwurf }

    /// With letters beyond ASCII in its subject, because mail servers stumble over them.
    package static let entwurf = Briefentwurf(
        "Probebrief von Leitstand – äöü",
        Briefinhalt(
            "Probebrief von Leitstand",
            absaetze: ["Guten Tag,", "der Versand von E-Mails ist eingerichtet: Dieser Brief ist angekommen."],
            fuss: "Diese E-Mail hat die Betriebsstelle mit leitstand check --post ausgelöst."))
}
