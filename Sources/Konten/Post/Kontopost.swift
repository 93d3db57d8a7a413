import Jobs
package import Kernel
package import Post
import Storage
import Web

/// Asks for the letters about accounts, and says what to do where none can be sent.
package struct Kontopost: Sendable {
    let versand: Briefversand
    /// Scheme and host for links: what the operator says, never what a request claims.
    let adresse: String?
    let now: @Sendable () -> Instant

    package init(versand: Briefversand, adresse: String?, now: @escaping @Sendable () -> Instant) {
        (self.versand, self.adresse, self.now) = (versand, adresse, now)
    }

    /// Whether letters can be sent at all.
    package var istAn: Bool { versand.hatAusgang && adresse != nil }

    static let ohneAdresse = Refusal(
        .unavailable,
        "Links lassen sich nicht bilden, weil die öffentliche Adresse dieser Installation fehlt. Die Betreiberin setzt LEITSTAND_ADRESSE."
    )

    /// - Throws: `Refusal.unavailable` where nobody told the public address.
    @discardableResult
    package func verlangeAdresse() throws(Refusal) -> String {
        guard let adresse else { throw Kontopost.ohneAdresse }
        return adresse
    }

    /// The whole address of a link.
    package func adresse(of link: NeuerLink) throws(Refusal) -> String {
        try verlangeAdresse() + link.pfad
    }

    /// What becomes of a link that somebody is to get.
    enum Zustellung: Sendable, Equatable {
        case unterwegs
        /// To be handed over in person, with the reason.
        case perHand(link: String, grund: String)
        /// Nobody may see it, and it cannot be sent.
        case gescheitert(grund: String)
    }

    /// Asks for the letter with an invitation, or gives its link to the one who invites; in the transaction that made it.
    ///
    /// `zeigbar`: the one who invites could have given all roles of this account, so the link gives nothing away.
    /// `selbst`: the one who invites wants to hand it over.
    func stelleZu(
        _ link: NeuerLink, an person: Personeneintrag, von: Person.ID?, bei organisation: String?, zeigbar: Bool,
        selbst: Bool = false, in db: any SQLConnection
    ) throws -> Zustellung {
        let text = try adresse(of: link)
        guard let grund = hindernis(link, person, selbst: selbst && zeigbar) else {
            try schreibe(
                link.zweck == .einladung ? Kontobriefe.einladungen : Kontobriefe.passwoerter, an: person.id, von: von,
                organisation: organisation, link: link, am: link.am, in: db)
            return .unterwegs
        }
        try EinmallinkStore.melde(link, fehler: grund, am: link.am, in: db)
        return zeigbar ? .perHand(link: text, grund: grund) : .gescheitert(grund: grund)
    }

    /// Why no letter with the link can be sent; nil where it can.
    private func hindernis(_ link: NeuerLink, _ person: Personeneintrag, selbst: Bool) -> String? {
        if selbst { return "Sie wollen den Link selbst weitergeben." }
        if !istAn { return "Diese Installation verschickt keine E-Mails." }
        // An account of before may have an address that no letter reaches.
        do { _ = try Postadresse(person.email) } catch { return error.message }
        if link.zweck == .einladung, person.markierung != nil { return "E-Mails an diese Adresse kommen zurück." }
        return nil
    }

    /// Asks for a letter; with a link it is minted once more when the letter is written, and this one is forgotten.
    func schreibe(
        _ art: Briefart, an person: Person.ID, von: Person.ID? = nil, organisation: String? = nil,
        link: NeuerLink? = nil, adresse: Postadresse? = nil, schluessel: String? = nil, erbeten: Bool = false,
        am: Instant, in db: any SQLConnection
    ) throws {
        guard istAn else { return }
        let auftrag = Briefauftrag(an: person, von: von, organisation: organisation, erbeten: erbeten)
        guard let id = try BriefStore.stelle(art, auftrag, an: adresse, schluessel: schluessel, am: am, in: db),
            let link
        else { return }
        try EinmallinkStore.binde(link, an: id, in: db)
    }

    /// Tells somebody that an account goes for want of use; nil where no letters are sent, so that none goes untold.
    package var loeschhinweis: Fristlauf.Hinweis? {
        guard istAn else { return nil }
        return { person, am, db in
            // Asked for every night until it was sent; one at a time.
            try schreibe(Kontobriefe.loeschhinweise, an: person, schluessel: person.rawValue, am: am, in: db)
        }
    }
}
