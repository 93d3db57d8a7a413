import Kernel
import Mustache

/// What every page shows around its own content.
struct Frame: Ansicht {
    let assets: String
    let version: String
    let navigation: [Verweis]
    let fussnoten: [Verweis]
    let titel: String
    let brotkrumen: [Krume]
    let person: Person?
    let csrf: String?
    /// Sign-in that comes back to this page.
    let anmelden: String
    /// Where the one search lives; without it there is no box for it.
    let suchpfad: String?
    /// For the last line of a printed page: its address and the day it was fetched. No clock, so that a page stays the
    /// same for a day.
    let druckadresse: String?
    let abgerufen: String

    func child(named: String) -> Any? {
        switch named {
        case "assets": assets
        // Not "version": forms call the count of changes so, and a page is asked first.
        case "programmversion": version
        case "navigation": navigation
        case "fussnoten": fussnoten
        case "titel": titel
        case "brotkrumen": brotkrumen
        case "hatBrotkrumen": brotkrumen.count > 1
        case "angemeldet": person != nil
        // The part before the @ tells people apart in one installation and leaves room for the navigation.
        case "kopfverweise": kopfverweise
        case "person": person?.email.split(separator: "@").first.map(String.init)
        case "anmelden": anmelden
        case "csrf": csrf
        case "suchpfad": suchpfad
        case "druckadresse": druckadresse
        case "abgerufen": abgerufen
        default: nil
        }
    }

    /// The place of work of somebody signed in: the own authority, or the whole installation.
    private var kopfverweise: [Verweis] {
        guard let person else { return [] }
        if Rechte.darf(person, .betrieb) { return [Verweis("Administration", "/betrieb")] }
        let places = person.organisationen
        return switch places.count {
        case 0: []
        case 1: [Verweis("Meine Verwaltung", "/organisationen/\(places[0])")]
        default: [Verweis("Meine Verwaltungen", "/#verwaltung")]
        }
    }
}

/// The page on top of its frame: a name is looked up in the page first.
struct FramedPage: Ansicht {
    let page: any Page
    let frame: Frame

    func child(named: String) -> Any? { page.child(named: named) ?? frame.child(named: named) }
}
