import Storage

/// What somebody does in the shared work; a role is held at an Organisation, or for the whole installation.
package enum Rolle: String, CaseIterable, Sendable, SQLConvertible {
    case administration
    case projektbuero
    case themenfeldkoordination
    case ozgAnsprechperson = "ozg_ansprechperson"
    case leitung
    case leistungsverantwortung
    case umsetzungsverantwortung
    case redaktion
    case sachbearbeitung
    case formularentwicklung
    case patenschaft
    case gremienmitglied
    case itDienstleister = "it_dienstleister"
    case leserecht

    /// As people say it.
    package var name: String {
        switch self {
        case .administration: "Administration"
        case .projektbuero: "Projektbüro"
        case .themenfeldkoordination: "Themenfeldkoordination"
        case .ozgAnsprechperson: "OZG-Ansprechperson"
        case .leitung: "Leitung"
        case .leistungsverantwortung: "Leistungsverantwortung"
        case .umsetzungsverantwortung: "Umsetzungsverantwortung"
        case .redaktion: "Redaktion"
        case .sachbearbeitung: "Sachbearbeitung"
        case .formularentwicklung: "Formularentwicklung"
        case .patenschaft: "Patenschaft"
        case .gremienmitglied: "Gremienmitglied"
        case .itDienstleister: "IT-Dienstleister"
        case .leserecht: "Leserecht"
        }
    }

    /// What the role is for, in one sentence beside the place where it is given.
    package var satz: String {
        switch self {
        case .administration: "Betreibt diese Installation: Konten, Betrieb, Protokolle."
        case .projektbuero: "Begleitet alle Verwaltungen eines Landes und pflegt gemeinsame Angaben."
        case .themenfeldkoordination: "Stimmt ein Themenfeld über alle Verwaltungen hinweg ab."
        case .ozgAnsprechperson:
            "Führt die Umsetzungsliste ihrer Verwaltung und lädt dort Kolleginnen und Kollegen ein."
        case .leitung: "Gibt frei, was öffentlich wird, und delegiert Aufgaben der Verwaltung."
        case .leistungsverantwortung: "Verantwortet Leistungen fachlich und pflegt ihre Einträge."
        case .umsetzungsverantwortung: "Bringt Leistungen online und pflegt Stand und Lösung."
        case .redaktion: "Schreibt die Texte zu Leistungen und Diensten."
        case .sachbearbeitung: "Bearbeitet, was bei der Verwaltung eingeht."
        case .formularentwicklung: "Baut Formulare und Abläufe."
        case .patenschaft: "Hilft anderen Verwaltungen bei einem Onlinedienst."
        case .gremienmitglied: "Berät und entscheidet in einem Gremium."
        case .itDienstleister: "Betreibt Dienste für Verwaltungen und pflegt ihre Steckbriefe."
        case .leserecht: "Liest auch die inneren Angaben, ändert nichts."
        }
    }

    /// Whether the role concerns the whole installation and is never held at one Organisation alone.
    package var giltUeberall: Bool { self == .administration || self == .projektbuero }

    /// Whether somebody with this role must sign in with a second factor.
    package var verlangtZweitenFaktor: Bool { giltUeberall }

    /// Whether an authority may have people of another Organisation act in this role for it.
    ///
    /// What is released to the public, and who may act for whom, the authority decides itself.
    package var istDelegierbar: Bool {
        switch self {
        case .ozgAnsprechperson, .leistungsverantwortung, .umsetzungsverantwortung, .redaktion, .sachbearbeitung,
            .formularentwicklung, .leserecht:
            true
        case .administration, .projektbuero, .themenfeldkoordination, .leitung, .patenschaft, .gremienmitglied,
            .itDienstleister:
            false
        }
    }
}
