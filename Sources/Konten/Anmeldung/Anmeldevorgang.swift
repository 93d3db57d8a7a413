package import Kernel
package import Storage

/// Signing in step by step: password, then a code where a second factor is set up, then a session.
package struct Anmeldevorgang: Sendable {
    /// What is known about the browser that asks.
    package struct Browser: Sendable {
        /// The place in the network that it comes from.
        package let stelle: String
        /// What kind of device it is, for people.
        package let text: String
        /// The mark it got when it signed in before.
        package let marke: String?

        package init(stelle: String, text: String, marke: String? = nil) {
            (self.stelle, self.text, self.marke) = (stelle, text, marke)
        }
    }

    /// A session that has begun; all three go to the browser.
    package struct Beginn: Sendable {
        package let token: String
        package let csrf: String
        /// The mark by which the browser is known from now on.
        package let marke: String
        /// Roles do not count until a second factor is set up.
        package let faktorFehlt: Bool
    }

    package enum Ergebnis: Sendable {
        case stimmtNicht
        case gebremst(Anmeldebremse.Gebremst)
        /// The password was right; this token goes with the code.
        case code(halb: String)
        /// The half session is over; the password is to be typed again.
        case abgelaufen
        case angemeldet(Beginn)
    }

    let database: any Database
    let anmeldung: Anmeldung
    let now: @Sendable () -> Instant

    package init(database: any Database, anmeldung: Anmeldung, now: @escaping @Sendable () -> Instant) {
        (self.database, self.anmeldung, self.now) = (database, anmeldung, now)
    }

    /// The first step. Unknown, disabled and invited accounts get the answer of a wrong password, after the same work.
    func passwort(email: String, klartext: String, _ browser: Browser) async throws -> Ergebnis {
        let am = now()
        let (konto, isKnown) = try await database.read { db -> ((id: Person.ID, kennwort: Kennwort)?, Bool) in
            guard let konto = try KontoStore.konto(email: email, in: db) else { return (nil, false) }
            guard let marke = browser.marke else { return (konto, false) }
            return (konto, try SitzungStore.kennt(marke, person: konto.id, am: am, in: db))
        }
        let stellen = Anmeldebremse.passwort(
            email: email, adresse: browser.stelle, geraet: isKnown ? browser.marke : nil)
        let versuch: Anmeldebremse.Versuch
        do {
            versuch = try await database.write { db in try Anmeldebremse.beginne(stellen, am: am, in: db) }
        } catch let wait as Anmeldebremse.Gebremst { return .gebremst(wait) }
        guard await anmeldung.passt(klartext, konto?.kennwort), let konto else { return .stimmtNicht }
        let stronger = anmeldung.istVeraltet(konto.kennwort) ? try await anmeldung.neuesKennwort(klartext) : nil
        let (half, beginn) = (Geheimnis.neu(bytes: 32), neuerBeginn())
        let then = now()
        return try await database.write { db in
            // Between reading and now the password may have changed or the account may have been disabled.
            guard try KontoStore.gilt(konto.kennwort, of: konto.id, in: db) else { return .stimmtNicht }
            try Anmeldebremse.gelungen(versuch, in: db)
            if let stronger { try KontoStore.ersetze(konto.kennwort, durch: stronger, of: konto.id, in: db) }
            if try ZweitfaktorStore.istEingerichtet(konto.id, in: db) {
                try SitzungStore.beginneHalb(half, person: konto.id, am: then, in: db)
                return .code(halb: half)
            }
            return .angemeldet(
                try beginne(beginn, konto.id, zweiterFaktor: false, browser, am: then, in: db))
        }
    }

    /// The second step, in the browser whose password was right.
    func code(_ code: String, halb: String, _ browser: Browser) async throws -> Ergebnis {
        let am = now()
        let found = try await database.read { db -> (Person.ID, Bool)? in
            guard let person = try SitzungStore.halb(halb, am: am, in: db) else { return nil }
            guard let marke = browser.marke else { return (person, false) }
            return (person, try SitzungStore.kennt(marke, person: person, am: am, in: db))
        }
        guard let (person, isKnown) = found else { return .abgelaufen }
        let stellen = Anmeldebremse.code(
            person: person, adresse: browser.stelle, geraet: isKnown ? browser.marke : nil)
        let versuch: Anmeldebremse.Versuch
        do {
            versuch = try await database.write { db in try Anmeldebremse.beginne(stellen, am: am, in: db) }
        } catch let wait as Anmeldebremse.Gebremst { return .gebremst(wait) }
        let beginn = neuerBeginn()
        return try await database.write { db in
            guard try SitzungStore.halb(halb, am: am, in: db) != nil else { return .abgelaufen }
            guard try ZweitfaktorStore.loeseEin(code, of: person, am: am, in: db) else { return .stimmtNicht }
            guard try SitzungStore.beendeHalb(halb, in: db) else { return .abgelaufen }
            try Anmeldebremse.gelungen(versuch, in: db)
            return .angemeldet(try beginne(beginn, person, zweiterFaktor: true, browser, am: am, in: db))
        }
    }

    /// For somebody who proved elsewhere who they are: a session, or first the code where a second factor is set up
    /// here and there was none there.
    ///
    /// - Throws: `Refusal.notAllowed` for a disabled account.
    package func beginne(person: Person.ID, zweiterFaktor: Bool, _ browser: Browser) async throws -> Ergebnis {
        let (half, beginn, am) = (Geheimnis.neu(bytes: 32), neuerBeginn(), now())
        return try await database.write { db in
            if try !zweiterFaktor && ZweitfaktorStore.istEingerichtet(person, in: db) {
                try SitzungStore.beginneHalb(half, person: person, am: am, in: db)
                return .code(halb: half)
            }
            return .angemeldet(
                try beginne(beginn, person, zweiterFaktor: zweiterFaktor, browser, am: am, in: db))
        }
    }

    private typealias Geheimnisse = (token: String, csrf: String, marke: String)

    /// Made outside of the transaction, which may run twice.
    private func neuerBeginn() -> Geheimnisse {
        (Geheimnis.neu(bytes: 32), Geheimnis.neu(bytes: 32), Geheimnis.neu(bytes: 32))
    }

    private func beginne(
        _ geheimnisse: Geheimnisse, _ person: Person.ID, zweiterFaktor: Bool, _ browser: Browser, am: Instant,
        in db: any SQLConnection
    ) throws -> Beginn {
        guard let (_, missing) = try KontoStore.person(person, zweiterFaktor: zweiterFaktor, am: am, in: db) else {
            throw Refusal(.notAllowed, "Dieses Konto ist gesperrt. Wenden Sie sich an die Administration.")
        }
        try KontoStore.beginne(
            person: person, token: geheimnisse.token, csrf: geheimnisse.csrf, am: am, geraet: browser.text,
            zweiterFaktor: zweiterFaktor, in: db)
        try SitzungStore.merkeGeraet(
            geheimnisse.marke, statt: browser.marke, person: person, am: am, in: db)
        return Beginn(
            token: geheimnisse.token, csrf: geheimnisse.csrf, marke: geheimnisse.marke, faktorFehlt: missing)
    }
}
