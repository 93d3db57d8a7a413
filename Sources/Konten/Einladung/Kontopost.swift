import Crypto
package import Kernel
import Logging
package import Post
package import Storage
package import Web

/// Sends the letters about accounts, and says what to do where that is not possible.
package struct Kontopost: Sendable {
    let database: any Database
    /// Nil where the operator configured no mail server.
    let ausgang: (any Postausgang)?
    /// Scheme and host for links: what the operator says, never what a request claims.
    let adresse: String?
    let views: Views
    package let hintergrund: Hintergrund
    let now: @Sendable () -> Instant

    package init(
        database: any Database, ausgang: (any Postausgang)?, adresse: String?, views: Views,
        hintergrund: Hintergrund = Hintergrund(), now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.ausgang, self.adresse, self.views) = (database, ausgang, adresse, views)
        (self.hintergrund, self.now) = (hintergrund, now)
    }

    /// Whether letters can be sent at all.
    var istAn: Bool { ausgang != nil && adresse != nil }

    static let ohneAdresse = Refusal(
        .unavailable,
        "Links lassen sich nicht bilden, weil die öffentliche Adresse dieser Installation fehlt. Die Betreiberin setzt LEITSTAND_ADRESSE."
    )

    /// - Throws: `Refusal.unavailable` where nobody told the public address.
    package func verlangeAdresse() throws(Refusal) -> String {
        guard let adresse else { throw Kontopost.ohneAdresse }
        return adresse
    }

    /// The whole address of a link.
    package func adresse(of link: NeuerLink) throws(Refusal) -> String {
        try verlangeAdresse() + link.pfad
    }

    /// What became of a link that somebody is to get.
    enum Zustellung: Sendable, Equatable {
        case verschickt
        /// To be handed over in person, with the reason.
        case perHand(link: String, grund: String)
        /// Nobody may see it, and it could not be sent.
        case gescheitert(grund: String)
    }

    /// Sends an invitation, or gives its link to the one who invites.
    ///
    /// `zeigbar`: the one who invites could have given all roles of this account, so the link gives nothing away.
    func stelleZu(
        _ link: NeuerLink, an: Postadresse, name: String?, von: String?, bei: String?, zeigbar: Bool
    ) async throws -> Zustellung {
        let text = try adresse(of: link)
        let letter =
            link.zweck == .einladung
            ? Kontobriefe.einladung(text, von: von, bei: bei) : Kontobriefe.passwort(text)
        let grund: String
        do throws(Postfehler) {
            try await sende(letter, an: an, name: name, kennung: kennung(link), link: link)
            return .verschickt
        } catch { grund = error.satz }
        return zeigbar ? .perHand(link: text, grund: grund) : .gescheitert(grund: grund)
    }

    /// Sends a letter and notes at its link what became of it.
    func sende(
        _ letter: (betreff: String, inhalt: Briefinhalt), an: Postadresse, name: String?, kennung: String,
        link: NeuerLink? = nil
    ) async throws(Postfehler) {
        guard let ausgang else {
            let fault = Postfehler(
                .nichtErreichbar, "Diese Installation verschickt keine E-Mails.")
            await vermerke(link, fault)
            throw fault
        }
        let fault: Postfehler?
        do {
            let brief = try letter.inhalt.brief(
                an: an, name: name, betreff: letter.betreff, kennung: kennung, am: now(), views)
            try await ausgang.sende(brief)
            fault = nil
        } catch let error as Postfehler { fault = error } catch {
            fault = Postfehler(.abgelehnt, "Der Brief ließ sich nicht schreiben.", istDauerhaft: true)
        }
        await vermerke(link, fault)
        guard let fault else { return }
        // Neither the address nor what the server said about it.
        Logger(label: "leitstand.post").warning(
            "brief nicht zugestellt",
            metadata: ["art": "\(fault.art.rawValue)", "person": "\(link?.person.rawValue ?? "-")"])
        throw fault
    }

    private func vermerke(_ link: NeuerLink?, _ fault: Postfehler?) async {
        guard let link else { return }
        let am = now()
        // The letter is on its way, or not, whether or not the note can be kept.
        try? await database.write { db in try EinmallinkStore.melde(link, fehler: fault?.satz, am: am, in: db) }
    }

    /// Sends a letter that nobody waits for.
    func sendeNebenbei(
        _ letter: (betreff: String, inhalt: Briefinhalt), an: Postadresse, name: String?, kennung: String,
        link: NeuerLink? = nil
    ) {
        guard istAn else { return }
        hintergrund.starte {
            // It is logged and noted at its link, and nobody is there to be told.
            try? await sende(letter, an: an, name: name, kennung: kennung, link: link)
        }
    }

    /// Tells somebody that an account goes for want of use; nil where no letters are sent, so that none goes untold.
    package var loeschhinweis: Fristlauf.Hinweis? {
        guard istAn, let adresse else { return nil }
        return { email, name, tag in
            try await sende(
                Kontobriefe.loeschhinweis(tag, adresse: adresse), an: Postadresse(email), name: name,
                kennung: Kontopost.kennung("loeschhinweis-\(email)-\(tag.iso)"))
        }
    }

    /// Sends one invitation after the other.
    func sendeEinladungen(_ list: [(link: NeuerLink, an: Postadresse, name: String?)], von: String?, bei: String?) {
        guard istAn, !list.isEmpty else { return }
        hintergrund.starte {
            for one in list {
                // Without the public address nothing is sent at all.
                guard let text = try? adresse(of: one.link) else { return }
                // As above; the page of people shows which ones did not arrive.
                try? await sende(
                    Kontobriefe.einladung(text, von: von, bei: bei), an: one.an, name: one.name,
                    kennung: kennung(one.link), link: one.link)
            }
        }
    }

    /// The same for the same link: a mail program shows a letter that comes twice once.
    func kennung(_ link: NeuerLink) -> String { Kontopost.kennung("\(link.zweck.rawValue)-\(link.hash)") }

    static func kennung(_ text: String) -> String { SHA256.hash(data: Array(text.utf8)).prefix(16).hex }
}
