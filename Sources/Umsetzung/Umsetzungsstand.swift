import Kernel
import Storage

/// How far an entry of an Umsetzungsliste is.
package enum Umsetzungsstand: String, CaseIterable, SQLConvertible {
    case zustaendigkeitUngeklaert = "zustaendigkeit_ungeklaert"
    case offen
    case inPruefung = "in_pruefung"
    case geplant
    case inUmsetzung = "in_umsetzung"
    case pilot
    case online
    case abgeschaltet
    case wartet
    case zurueckgestellt
    case nichtZustaendig = "nicht_zustaendig"

    package var wort: String {
        switch self {
        case .zustaendigkeitUngeklaert: "Zuständigkeit ungeklärt"
        case .offen: "offen"
        case .inPruefung: "in Prüfung"
        case .geplant: "geplant"
        case .inUmsetzung: "in Umsetzung"
        case .pilot: "Pilot"
        case .online: "online"
        case .abgeschaltet: "abgeschaltet"
        case .wartet: "wartet"
        case .zurueckgestellt: "zurückgestellt"
        case .nichtZustaendig: "nicht zuständig"
        }
    }

    /// Reads the word or the machine name, in any spelling of umlauts, case and blanks.
    package init?(getippt text: String) {
        let folded = Faltung.suche(text)
        guard
            let found = Umsetzungsstand.allCases.first(where: {
                folded == Faltung.suche($0.wort) || folded == Faltung.suche($0.rawValue)
            })
        else { return nil }
        self = found
    }

    /// Nobody has chosen a solution yet: proposals help here.
    package var suchtLoesung: Bool { self == .offen || self == .zustaendigkeitUngeklaert || self == .inPruefung }

    /// A reason, or what is waited for, belongs to it.
    package var brauchtBegruendung: Bool { self == .wartet || self == .zurueckgestellt || self == .nichtZustaendig }

    /// A due date still matters: neither done nor set aside.
    package var istUnterwegs: Bool {
        switch self {
        case .zustaendigkeitUngeklaert, .offen, .inPruefung, .geplant, .inUmsetzung, .pilot, .wartet: true
        case .online, .abgeschaltet, .zurueckgestellt, .nichtZustaendig: false
        }
    }

    /// Not the authority's task, so it is no part of "how far": left out of every share.
    package var zaehltNicht: Bool { self == .nichtZustaendig }
}
