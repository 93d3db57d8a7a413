package import Kernel
package import Post
package import Storage
package import Web

/// Who changes accounts: a person with the rights of this moment, or the operator at the machine.
package struct Handelnder: Sendable {
    package let urheber: Urheber
    /// Nil for the operator, who may do everything.
    let person: Person?

    package static func betrieb(_ am: Instant) -> Handelnder { Handelnder(urheber: .betrieb(am), person: nil) }

    /// The person with the roles that count in the session at this moment: neither what was held a moment ago nor what
    /// waits for a second factor.
    ///
    /// - Throws: `Refusal.signInNeeded` when the session ended meanwhile.
    package static func jetzt(_ wer: Nachschau, am: Instant, in db: any SQLConnection) throws -> Handelnder {
        guard let person = try wer.person(in: db) else {
            throw Refusal(.signInNeeded, "Ihre Anmeldung ist inzwischen beendet. Bitte melden Sie sich neu an.")
        }
        return Handelnder(urheber: Urheber(person: person.id, am: am), person: person)
    }

    package func darf(_ recht: Recht) -> Bool { person == nil || Rechte.darf(person, recht) }

    package func verlange(_ recht: Recht) throws {
        if let person { try Rechte.verlange(recht, von: person) }
    }
}

/// Everything that changes whose account there is and which roles it holds: pages, sheets and commands come here.
package enum Personenverwaltung {
    /// A role as somebody wants to give it.
    package struct Vergabe: Sendable, Equatable {
        package let amt: Person.Amt
        /// The office in the words of the house.
        package let stelle: String?

        package init(_ amt: Person.Amt, stelle: String? = nil) { (self.amt, self.stelle) = (amt, stelle) }
    }

    package struct Einladung: Sendable {
        package let person: Personeneintrag
        /// Nil for an account that was taken already: it has the role, and nothing is to be done.
        package let link: NeuerLink?
        package let hatGeaendert: Bool
        /// Whether the one who invites may see the link.
        package let zeigbar: Bool
    }

    /// Roles that make sense for the whole installation; the others belong to an authority.
    package static let ueberall: [Rolle] = [
        .administration, .projektbuero, .themenfeldkoordination, .gremienmitglied, .leserecht,
    ]

    /// - Throws: `Refusal.unprocessable` for a role that is not held where it is to be given.
    package static func verlangeOrt(_ rolle: Rolle, _ organisation: String?) throws {
        if rolle.giltUeberall, organisation != nil {
            throw Refusal(
                .unprocessable,
                "Die Rolle \(rolle.name) gilt in der ganzen Installation und nicht bei einer Verwaltung.")
        }
        if organisation == nil, !ueberall.contains(rolle) {
            throw Refusal(.unprocessable, "Die Rolle \(rolle.name) gilt bei einer Verwaltung. Nennen Sie diese.")
        }
    }

    /// Gives a role, also in another form than before; true when something changed.
    @discardableResult
    package static func gib(
        _ vergabe: Vergabe, an id: Person.ID, durch wer: Handelnder, in db: any SQLConnection
    ) throws -> Bool {
        let amt = vergabe.amt
        try wer.verlange(.rolleVergeben(amt.rolle, organisation: amt.organisation))
        try verlangeOrt(amt.rolle, amt.organisation)
        let held = try PersonStore.aemter([id], in: db).first {
            $0.rolle == amt.rolle && $0.organisation == amt.organisation
        }
        if let held, held.vertretung == amt.vertretung, held.stelle == vergabe.stelle { return false }
        if held?.vertretung != amt.vertretung { try AmtStore.gib(amt, an: id, durch: wer.urheber, in: db) }
        // Whoever was shown the link could have given all roles of before, but perhaps not this one.
        if held == nil { try EinmallinkStore.beendeGezeigte(of: id, in: db) }
        guard held?.stelle != vergabe.stelle else { return true }
        try PersonStore.setze(stelle: vergabe.stelle, amt, of: id, durch: wer.urheber, in: db)
        return true
    }

    package static func nimm(
        _ rolle: Rolle, organisation: String?, von id: Person.ID, durch wer: Handelnder, in db: any SQLConnection
    ) throws {
        try wer.verlange(.rolleVergeben(rolle, organisation: organisation))
        if rolle == .administration { try PersonStore.verlangeWeitereAdministration(ausser: id, in: db) }
        try AmtStore.nimm(rolle, organisation: organisation, von: id, durch: wer.urheber, in: db)
    }

    /// Invites an address with a role; one that has an account gets the role, and a fresh link while it is not taken.
    package static func lade(
        _ email: Postadresse, name: String?, _ vergaben: [Vergabe], kennwort: Kennwort, durch wer: Handelnder,
        in db: any SQLConnection
    ) throws -> Einladung {
        for vergabe in vergaben {
            try wer.verlange(.rolleVergeben(vergabe.amt.rolle, organisation: vergabe.amt.organisation))
        }
        // Two who invite the same address at once make one account.
        try db.lock("einladung \(email.text)")
        let old = try PersonStore.finde(email: email.text, in: db)
        let id =
            try old?.id ?? PersonStore.lade(email.text, name: name, kennwort: kennwort, durch: wer.urheber, in: db)
        var hatGeaendert = old == nil
        for vergabe in vergaben where try gib(vergabe, an: id, durch: wer, in: db) { hatGeaendert = true }
        return try einladung(id, hatGeaendert: hatGeaendert, durch: wer, in: db)
    }

    /// A fresh link for somebody who has not taken the invitation yet.
    package static func ladeNeu(_ id: Person.ID, durch wer: Handelnder, in db: any SQLConnection) throws -> Einladung {
        let found = try einladung(id, hatGeaendert: false, durch: wer, in: db)
        guard found.link != nil else {
            throw Refusal(.conflict, "Die Einladung ist schon angenommen, oder das Konto ist gesperrt.")
        }
        return found
    }

    /// Invitations of one person within an hour; a sheet may name somebody once for each role.
    static let jeStunde = 20

    private static func einladung(
        _ id: Person.ID, hatGeaendert: Bool, durch wer: Handelnder, in db: any SQLConnection
    ) throws -> Einladung {
        guard let person = try PersonStore.finde(id, in: db) else { throw unbekannt }
        var link: NeuerLink?
        if person.zustand == .eingeladen {
            let am = wer.urheber.am
            // No mailbox is filled through us; the operator needs no account to do that.
            guard
                try wer.person == nil
                    || Linkbremse.zaehle("einladung", id.rawValue, hoechstens: jeStunde, am: am, in: db)
            else {
                throw Refusal(
                    .conflict,
                    "Diese Person wurde eben schon oft eingeladen. Versuchen Sie es in einer Stunde noch einmal.")
            }
            link = try EinmallinkStore.neu(.einladung, fuer: id, am: am, in: db)
        }
        return Einladung(
            person: person, link: link, hatGeaendert: hatGeaendert,
            zeigbar: person.aemter.allSatisfy { wer.darf($0.recht) })
    }

    /// A link for a new password, for the Administration to hand over.
    package static func setzeZurueck(_ id: Person.ID, durch wer: Handelnder, in db: any SQLConnection) throws
        -> Einladung
    {
        try wer.verlange(.betrieb)
        guard let person = try PersonStore.finde(id, in: db) else { throw unbekannt }
        guard person.zustand == .aktiv else {
            throw Refusal(.conflict, "Ein neues Passwort bekommt nur ein Konto, das angenommen und nicht gesperrt ist.")
        }
        let link = try EinmallinkStore.neu(.passwort, fuer: id, am: wer.urheber.am, in: db)
        return Einladung(person: person, link: link, hatGeaendert: false, zeigbar: true)
    }

    /// Whether this account may be disabled or enabled from there: it works nowhere else, and nothing is held that the
    /// one who acts could not have given.
    package static func darfSperren(_ person: Personeneintrag, organisation: String?, _ wer: Handelnder) -> Bool {
        guard person.id != wer.urheber.person else { return false }
        guard let organisation else { return wer.darf(.betrieb) }
        return wer.darf(.kontenVerwalten(organisation: organisation)) && !person.aemter.isEmpty
            && person.aemter.allSatisfy { $0.organisation == organisation && wer.darf($0.recht) }
    }

    package static func sperre(
        _ id: Person.ID, _ sperren: Bool, organisation: String?, durch wer: Handelnder, in db: any SQLConnection
    ) throws {
        guard let person = try PersonStore.finde(id, in: db) else { throw unbekannt }
        guard darfSperren(person, organisation: organisation, wer) else {
            throw Refusal(
                .notAllowed,
                person.id == wer.urheber.person
                    ? "Ihr eigenes Konto können Sie nicht sperren."
                    : "Dieses Konto arbeitet auch anderswo oder hat Rollen, die Sie nicht vergeben. Wenden Sie sich an die Administration."
            )
        }
        if sperren { try PersonStore.verlangeWeitereAdministration(ausser: id, in: db) }
        try PersonStore.sperre(id, sperren, organisation: organisation, durch: wer.urheber, in: db)
    }

    static let unbekannt = Refusal(.notFound, "Diese Person gibt es hier nicht.")
}
