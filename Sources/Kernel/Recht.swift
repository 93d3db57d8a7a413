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
}

/// The one place that decides who may do what.
package enum Rechte {
    package static func darf(_ person: Person?, _ recht: Recht) -> Bool {
        if case .lesen = recht { return true }
        guard let person else { return false }
        return switch recht {
        case .lesen, .angemeldet: true
        case .dienstAnlegen: person.hat([.administration, .ozgAnsprechperson])
        case .dienstAendern(let anbieter): person.hat([.administration, .ozgAnsprechperson], an: anbieter)
        case .umsetzungIntern(let organisation): person.hat(Rolle.allCases, an: organisation)
        case .umsetzungAendern(let organisation): person.hat([.administration, .ozgAnsprechperson], an: organisation)
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

extension Person {
    fileprivate func hat(_ rollen: [Rolle], an organisation: String) -> Bool {
        aemter.contains { rollen.contains($0.rolle) && ($0.organisation == nil || $0.organisation == organisation) }
    }

    fileprivate func hat(_ rollen: [Rolle]) -> Bool { aemter.contains { rollen.contains($0.rolle) } }
}
