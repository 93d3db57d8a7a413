import Kernel
import TestKit
import Testing

/// Who may do what, as rules over all roles.
@Suite struct RechtTests {
    private static let hier = "hier"
    private static let dort = "dort"

    private func person(_ aemter: Person.Amt...) -> Person {
        Person(id: .init(rawValue: "p"), email: "p@leitstand.localhost", aemter: aemter)
    }

    private static func rechte(an organisation: String) -> [Recht] {
        [
            .dienstAendern(anbieter: organisation), .umsetzungIntern(organisation: organisation),
            .umsetzungAendern(organisation: organisation), .organisationIntern(organisation: organisation),
            .organisationAendern(organisation: organisation), .kontenVerwalten(organisation: organisation),
            .delegieren(organisation: organisation), .verlaufLesen(organisation: organisation),
        ] + Rolle.allCases.map { .rolleVergeben($0, organisation: organisation) }
    }

    @Test(arguments: Rolle.allCases)
    func `a role at one Organisation gives no right at another`(rolle: Rolle) {
        let person = person(.init(rolle, an: Self.dort))
        for recht in Self.rechte(an: Self.hier) { #expect(!Rechte.darf(person, recht), "\(recht)") }
    }

    @Test(arguments: Rolle.allCases)
    func `nobody gives a role with rights that the giver does not have`(rolle: Rolle) {
        let giver = person(.init(rolle, an: rolle.giltUeberall ? nil : Self.hier))
        for given in Rolle.allCases where Rechte.darf(giver, .rolleVergeben(given, organisation: Self.hier)) {
            let receiver = person(.init(given, an: Self.hier))
            for recht in Self.rechte(an: Self.hier) + [.betrieb, .verlaufGanzLesen, .dienstAnlegen] {
                let reachesFurther = Rechte.darf(receiver, recht) && !Rechte.darf(giver, recht)
                #expect(!reachesFurther, "\(rolle) gives \(given) and with it \(recht)")
            }
        }
    }

    @Test(arguments: Rolle.allCases)
    func `a Vertretung may do what the holder of the role may`(rolle: Rolle) {
        let organisation = rolle.giltUeberall ? nil : Self.hier
        let holder = person(.init(rolle, an: organisation))
        let deputy = person(.init(rolle, an: organisation, vertretung: true))
        for recht in Self.rechte(an: Self.hier) + [.betrieb, .verlaufGanzLesen, .dienstAnlegen] {
            #expect(Rechte.darf(holder, recht) == Rechte.darf(deputy, recht), "\(recht)")
        }
    }

    @Test(arguments: Rolle.allCases.filter(\.istDelegierbar))
    func `a delegated role acts like the held one, but never over people and their roles`(rolle: Rolle) {
        let held = person(.init(rolle, an: Self.hier))
        let delegated = person(.init(rolle, an: Self.dort), .init(rolle, an: Self.hier, delegiertAn: Self.dort))
        for recht in Self.rechte(an: Self.hier) {
            switch recht {
            case .kontenVerwalten, .rolleVergeben, .delegieren: #expect(!Rechte.darf(delegated, recht), "\(recht)")
            default: #expect(Rechte.darf(delegated, recht) == Rechte.darf(held, recht), "\(recht)")
            }
        }
    }

    @Test func `a role that holds everywhere counts nothing when it stands at one Organisation`() {
        for rolle in Rolle.allCases where rolle.giltUeberall {
            let person = person(.init(rolle, an: Self.hier))
            for recht in Self.rechte(an: Self.hier) + [.betrieb, .dienstAnlegen] {
                #expect(!Rechte.darf(person, recht), "\(rolle): \(recht)")
            }
        }
    }

    @Test func `who is not signed in only reads`() {
        #expect(Rechte.darf(nil, .lesen))
        for recht in Self.rechte(an: Self.hier) + [.angemeldet, .dienstAnlegen, .betrieb, .verlaufGanzLesen] {
            #expect(!Rechte.darf(nil, recht), "\(recht)")
            #expect(throws: Refusal.self) { try Rechte.verlange(recht, von: nil) }
        }
    }
}
