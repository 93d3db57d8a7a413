/// Every right of the product. Routes and commands name one of these and ask `Rechte`, nothing else decides.
package enum Recht: Sendable, Hashable {
    /// Public reading: catalogue, places, services, figures and the public columns of the Umsetzungslisten.
    case lesen
    /// Is signed in at all, e.g. to end one's own session.
    case angemeldet
    /// Creates an Onlinedienst.
    case dienstAnlegen
    /// Changes the Steckbrief of an Onlinedienst that this Organisation provides.
    case dienstAendern(anbieter: String)
    /// Sees office, note, priority and due date of an Organisation's Umsetzungsliste.
    case umsetzungIntern(organisation: String)
    /// Changes, loads and takes over rows of an Organisation's Umsetzungsliste.
    case umsetzungAendern(organisation: String)
    /// Sees who works at an Organisation, with contacts and roles.
    case organisationIntern(organisation: String)
    /// Changes offices, contacts, procedures and legal statuses of an Organisation.
    case organisationAendern(organisation: String)
    /// Creates an Organisation that no directory knows, e.g. an IT provider.
    case organisationAnlegen
    /// Invites people to an Organisation and disables their accounts there.
    case kontenVerwalten(organisation: String)
    /// Gives and takes this role at an Organisation; without one, for the whole installation.
    case rolleVergeben(Rolle, organisation: String?)
    /// Has people of another Organisation act for this one.
    case delegieren(organisation: String)
    /// Has changes of an Organisation sent to another program, with what only its people see.
    case webhooksVerwalten(organisation: String)
    /// Reads the Verlauf of an Organisation.
    case verlaufLesen(organisation: String)
    /// Reads the whole Verlauf, as auditors do.
    case verlaufGanzLesen
    /// Runs the installation: all accounts, retention, the register of processing activities.
    case betrieb
}

/// The one place that decides who may do what.
package enum Rechte {
    /// Who has a right: these roles, held at `organisation` (nil: wherever) or for the whole installation.
    struct Regel {
        let rollen: Set<Rolle>
        var organisation: String?
        /// Only a role held for the whole installation counts.
        var nurUeberall = false
    }

    /// Those who keep the Umsetzungsliste of an authority.
    private static let umsetzende: Set<Rolle> = [
        .administration, .projektbuero, .ozgAnsprechperson, .leistungsverantwortung, .umsetzungsverantwortung,
    ]
    private static let anbietende: Set<Rolle> = umsetzende.union([.itDienstleister])
    private static let koordinierende: Set<Rolle> = [.administration, .projektbuero, .ozgAnsprechperson]

    /// Nil where no role is needed.
    private static func regel(_ recht: Recht) -> Regel? {
        switch recht {
        case .lesen, .angemeldet: nil
        case .dienstAnlegen: Regel(rollen: anbietende)
        case .dienstAendern(let anbieter): Regel(rollen: anbietende, organisation: anbieter)
        case .umsetzungIntern(let organisation): Regel(rollen: Set(Rolle.allCases), organisation: organisation)
        case .umsetzungAendern(let organisation): Regel(rollen: umsetzende, organisation: organisation)
        case .organisationIntern(let organisation): Regel(rollen: Set(Rolle.allCases), organisation: organisation)
        case .organisationAendern(let organisation), .kontenVerwalten(let organisation),
            .webhooksVerwalten(let organisation):
            Regel(rollen: koordinierende, organisation: organisation)
        case .organisationAnlegen: Regel(rollen: [.administration, .projektbuero], nurUeberall: true)
        case .rolleVergeben(let rolle, let organisation): vergebende(rolle, organisation)
        case .delegieren(let organisation):
            Regel(rollen: koordinierende.union([.leitung]), organisation: organisation)
        case .verlaufLesen(let organisation):
            Regel(rollen: koordinierende.union([.leitung]), organisation: organisation)
        case .verlaufGanzLesen:
            Regel(rollen: [.administration, .projektbuero, .leserecht], nurUeberall: true)
        case .betrieb: Regel(rollen: [.administration], nurUeberall: true)
        }
    }

    /// Nobody gives a role that reaches further than the own one: what holds everywhere comes from the
    /// Administration, who releases to the public comes from outside the authority's own coordination.
    private static func vergebende(_ rolle: Rolle, _ organisation: String?) -> Regel {
        guard let organisation, !rolle.giltUeberall else {
            return Regel(rollen: [.administration], nurUeberall: true)
        }
        switch rolle {
        case .leitung, .themenfeldkoordination, .gremienmitglied:
            return Regel(rollen: [.administration, .projektbuero], nurUeberall: true)
        default: return Regel(rollen: koordinierende, organisation: organisation)
        }
    }

    package static func darf(_ person: Person?, _ recht: Recht) -> Bool {
        if recht == .lesen { return true }
        guard let person else { return false }
        guard let regel = regel(recht) else { return true }
        return person.aemter.contains { amt in
            guard regel.rollen.contains(amt.rolle), !amt.rolle.giltUeberall || amt.organisation == nil else {
                return false
            }
            if amt.organisation == nil { return true }
            if regel.nurUeberall { return false }
            // Whom an authority lets act for it cannot let others act in turn.
            if amt.delegiertAn != nil, recht.istPersoenlich { return false }
            return regel.organisation == nil || regel.organisation == amt.organisation
        }
    }

    /// - Throws: `Refusal.signInNeeded` for somebody unknown, `Refusal.notAllowed` for somebody without the right.
    package static func verlange(_ recht: Recht, von person: Person?) throws {
        guard !darf(person, recht) else { return }
        throw person == nil
            ? Refusal(.signInNeeded, "Bitte melden Sie sich an, um fortzufahren.")
            : Refusal(
                .notAllowed, "Dafür fehlt Ihnen das Recht. Wenden Sie sich an die Administration dieser Installation.")
    }
}

extension Recht {
    /// Rights over people and their roles, and to what would outlive a delegation; they are never delegated.
    fileprivate var istPersoenlich: Bool {
        switch self {
        case .kontenVerwalten, .rolleVergeben, .delegieren, .webhooksVerwalten: true
        default: false
        }
    }
}
