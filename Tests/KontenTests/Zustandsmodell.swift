import Kernel
import TestKit

/// What the program should know about accounts and sessions, written down as simply as possible.
enum Zustand {
    /// The rules that sessions follow; a new limit of the program gets its line here.
    enum Regel {
        static let absolut = 12 * 60 * 60
        /// Seconds without use after which a session is over.
        static let leerlauf = 2 * 60 * 60
        /// Seconds after which a use is noted again.
        static let takt = 5 * 60
    }

    struct Sitzung {
        let client: SiteClient
        let person: Int
        let seit: Instant
        var zuletzt: Instant
        /// Signed in with a second factor.
        var faktor = false
    }

    struct Konto {
        var kennwort = "geheim"
        var gesperrt = false
        /// Role and organisation; an empty one stands for the whole installation.
        var aemter: Set<[String]> = []
    }

    struct Delegation: Hashable {
        let von: Int
        let an: Int
        let rolle: Rolle
        let bis: Kernel.Tag?
    }

    /// What the program should know, written down as simply as possible.
    struct Modell {
        var jetzt = Welt.jetzt
        var konten: [Konto?] = []
        var sitzungen: [Sitzung] = []
        var delegationen: [Delegation] = []
        let orte: [String]

        func lebt(_ sitzung: Sitzung) -> Bool {
            guard let konto = konten[sitzung.person], !konto.gesperrt else { return false }
            guard jetzt <= sitzung.seit.plus(sekunden: Regel.absolut) else { return false }
            return jetzt <= sitzung.zuletzt.plus(sekunden: Regel.leerlauf)
        }

        private static let pflegende = ["ozg_ansprechperson", "leistungsverantwortung", "umsetzungsverantwortung"]

        /// Whether the person may change the list of an authority in this session.
        func darfAendern(_ sitzung: Sitzung, _ ort: Int) -> Bool {
            guard let aemter = konten[sitzung.person]?.aemter else { return false }
            // These two demand a second factor.
            if sitzung.faktor, aemter.contains(["administration", ""]) || aemter.contains(["projektbuero", ""]) {
                return true
            }
            for rolle in Modell.pflegende {
                if aemter.contains([rolle, orte[ort]]) { return true }
                for delegation in delegationen where delegation.von == ort && delegation.rolle.rawValue == rolle {
                    let gilt = delegation.bis.map { jetzt.tag <= $0 } ?? true
                    if gilt, aemter.contains([rolle, orte[delegation.an]]) { return true }
                }
            }
            return false
        }
    }
}

extension Zustand.Modell {
    mutating func beende(alle person: Int) {
        sitzungen = sitzungen.map { old in
            old.person == person
                ? Zustand.Sitzung(
                    client: old.client, person: person, seit: .init(rawValue: 0), zuletzt: old.zuletzt)
                : old
        }
    }
}
