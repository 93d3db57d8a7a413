import Kernel
import Storage
import Web

/// How far a person's second factor is.
struct Faktorstand: Sendable {
    let hatFaktor: Bool
    let codesUebrig: Int
    /// A role of the person demands it.
    let verlangtFaktor: Bool
    let nachweis: Nachweis

    /// What whoever sets one up has to prove besides having the device: a stolen session must not tie the account to it.
    enum Nachweis {
        /// Signed in a moment ago.
        case keiner
        case passwort
        /// There is no password here, so the way is to sign in again.
        case neueAnmeldung
    }

    /// Seconds for which signing in is proof enough.
    static let frisch = 10 * 60

    /// `token` is that of the session.
    init(_ person: Person.ID, token: String, am: Instant, in db: any SQLConnection) throws {
        hatFaktor = try ZweitfaktorStore.istEingerichtet(person, in: db)
        let since = try SitzungStore.beginn(token, in: db)
        if !hatFaktor, let since, since >= am.plus(sekunden: -Faktorstand.frisch) {
            nachweis = .keiner
        } else {
            nachweis = try hatFaktor || KontoStore.hatKennwort(person, in: db) ? .passwort : .neueAnmeldung
        }
        codesUebrig = try ZweitfaktorStore.codesUebrig(person, in: db)
        verlangtFaktor = try AmtStore.geltende(person, am: am, in: db).contains(where: \.rolle.verlangtZweitenFaktor)
    }
}

private let weg = [Krume("Start", "/"), Krume("Mein Konto", "/konto"), Krume("Zweiter Faktor")]

/// The secret as a picture and as text, and a field for the first code.
struct EinrichtenSeite: Page {
    static let template = "konten/zweiter-faktor"
    private let totp: TOTP
    private let person: Person
    private let stand: Faktorstand
    private let ziel: String?
    private let fehler: FormErrors

    init(_ totp: TOTP, _ person: Person, _ stand: Faktorstand, ziel: String?, fehler: FormErrors = FormErrors()) {
        (self.totp, self.person, self.stand, self.ziel, self.fehler) = (totp, person, stand, ziel, fehler)
    }

    var titel: String { (fehler.isEmpty ? "" : "Fehler: ") + "Zweiten Faktor einrichten" }
    var brotkrumen: [Krume] { weg }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "verlangt": stand.verlangtFaktor && !stand.hatFaktor
        case "ersetzt": stand.hatFaktor
        case "ziel": ziel
        case "qr": QRCode(totp.adresse(email: person.email))
        // In groups of four, as people type it.
        case "geheimnis":
            totp.base32.enumerated().map { $0.offset % 4 == 0 && $0.offset > 0 ? " \($0.element)" : "\($0.element)" }
                .joined()
        case "code": CodeSeite.feld(fehler["code"], hinweis: "6 Ziffern, wie die App sie gerade zeigt.")
        case "passwort":
            stand.nachweis == .passwort
                ? Feld(
                    "passwort", "Passwort", fehler: fehler["passwort"], typ: "password", pflicht: true,
                    breite: "mittel", autocomplete: "current-password") : nil
        default: nil
        }
    }
}

/// The recovery codes, shown this once.
struct CodesSeite: Page {
    static let template = "konten/codes"
    let codes: [String]
    let ziel: String?
    /// The factor itself is new, not its codes alone.
    let istNeu: Bool

    var titel: String { "Wiederherstellungscodes" }
    var brotkrumen: [Krume] { weg }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "hinweis":
            istNeu
                ? "Der zweite Faktor gilt. Auf allen anderen Geräten sind Sie abgemeldet."
                : "Die neuen Codes gelten, die alten nicht mehr."
        case "codes": codes
        case "weiter": ziel ?? "/konto"
        default: nil
        }
    }
}

/// What can be done with a second factor that is set up.
struct VerwaltenSeite: Page {
    static let template = "konten/faktor-verwalten"
    let stand: Faktorstand
    var fehler = FormErrors()

    var titel: String { (fehler.isEmpty ? "" : "Fehler: ") + "Zweiter Faktor" }
    var brotkrumen: [Krume] { weg }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "uebrig": stand.codesUebrig
        case "einer": stand.codesUebrig == 1
        case "wenige": stand.codesUebrig < 3
        case "darfAus": !stand.verlangtFaktor
        case "passwort":
            Feld(
                "passwort", "Passwort", fehler: fehler["passwort"], typ: "password", pflicht: true, breite: "mittel",
                autocomplete: "current-password")
        default: nil
        }
    }
}
