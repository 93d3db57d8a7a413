import Kernel
import Storage
import Web

/// Somebody as the provider describes them, after everything was checked.
struct Fremdperson: Sendable {
    let aussteller: String
    let subjekt: String
    /// In lower case; nil when it is missing or no address.
    let email: String?
    let emailBestaetigt: Bool
    /// The provider says that nobody confirmed it; some providers say nothing at all.
    let emailBestritten: Bool
    let name: String?
    let zweiterFaktor: Bool
    let treffer: [Rollenregeln.Regel]

    init(_ ansprueche: JSONWert, _ angaben: Anbieterangaben) {
        aussteller = angaben.aussteller
        subjekt = ansprueche["sub"]?.text ?? ""
        email = ansprueche["email"]?.text.flatMap(Self.adresse)
        // Some providers send the word instead of the value.
        emailBestaetigt = ansprueche["email_verified"]?.worte == ["true"]
        emailBestritten = ansprueche["email_verified"] != nil && !emailBestaetigt
        name = ansprueche["name"]?.text.flatMap { text in
            let trimmed = text.getrimmt
            return !trimmed.isEmpty && Personenname.fehler(trimmed) == nil ? trimmed : nil
        }
        let faktoren = Set(["mfa", "otp", "hwk"])
        let genannt = (ansprueche["amr"]?.worte ?? []) + (ansprueche["acr"]?.worte ?? [])
        zweiterFaktor = angaben.zweiterFaktor && !faktoren.isDisjoint(with: genannt)
        treffer = angaben.regeln.treffer(ansprueche)
    }

    private static func adresse(_ text: String) -> String? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 320, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            !text.contains(where: { $0.isWhitespace || $0.isNewline || "<>\",;".contains($0) }),
            !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else { return nil }
        return text.lowercased()
    }
}

/// Every statement that touches accounts elsewhere and what their rules gave.
enum FremdkontoStore {
    enum Ergebnis: Sendable {
        case angemeldet(Person.ID, ohneVerwaltung: [Int])
        case abgelehnt(Ablehnung)
    }

    /// Seconds for which a sign-in that is over is remembered.
    static let merkdauer = 6 * Fremdvorgang.dauer

    /// Marks a sign-in as over.
    ///
    /// - Returns: false when it was before.
    static func verbrauche(_ zustand: String, am: Instant, in db: any SQLConnection) throws -> Bool {
        let grenze = am.plus(sekunden: -merkdauer)
        try db.execute("DELETE FROM fremdanmeldung WHERE am < \(grenze)")
        return try db.execute(
            "INSERT INTO fremdanmeldung (zustand, am) VALUES (\(zustand), \(am)) ON CONFLICT DO NOTHING") == 1
    }

    /// Finds, links or makes the account, and gives and takes the roles of the rules.
    ///
    /// A refusal is a result and no error, so that roles taken stay taken.
    static func melde(
        _ fremd: Fremdperson, verknuepft: Bool, organisation: (String, any SQLConnection) throws -> String?,
        am: Instant,
        in db: any SQLConnection
    ) throws -> Ergebnis {
        // Two windows of one new person make one account.
        try db.lock("fremdkonto")
        var ohneVerwaltung: [Int] = []
        let aemter: [Person.Amt] = try fremd.treffer.compactMap { regel in
            guard let word = regel.organisation else { return Person.Amt(regel.rolle, vertretung: regel.vertretung) }
            guard let id = try organisation(word, db) else {
                ohneVerwaltung.append(regel.zeile)
                return nil
            }
            return Person.Amt(regel.rolle, an: id, vertretung: regel.vertretung)
        }
        let person: Person.ID
        switch try konto(fremd, verknuepft: verknuepft, hatRolle: !aemter.isEmpty, am: am, in: db) {
        case .success(let id): person = id
        case .failure(let ablehnung): return .abgelehnt(ablehnung)
        }
        let disabled: Instant? = try db.value(
            "SELECT gesperrt_am FROM person WHERE id = \(person) AND gesperrt_am IS NOT NULL")
        guard disabled == nil else {
            return .abgelehnt(
                Ablehnung("gesperrt", .notAllowed, "Ihr Konto ist gesperrt. Wenden Sie sich an Ihre Administration."))
        }
        try gleicheRollenAb(aemter, person, am: am, in: db)
        guard try !AmtStore.geltende(person, am: am, in: db).isEmpty else { return .abgelehnt(ohneRolle) }
        return .angemeldet(person, ohneVerwaltung: ohneVerwaltung)
    }

    private static let ohneRolle = Ablehnung(
        "keine rolle", .notAllowed,
        "Für Sie ist hier noch keine Rolle vorgesehen. Lassen Sie sich von Ihrer Verwaltung einladen.")

    private static func konto(
        _ fremd: Fremdperson, verknuepft: Bool, hatRolle: Bool, am: Instant, in db: any SQLConnection
    ) throws -> Result<Person.ID, Ablehnung> {
        let known: Person.ID? = try db.value(
            """
            SELECT person FROM fremdkonto WHERE aussteller = \(fremd.aussteller) AND subjekt = \(fremd.subjekt)
            """)
        if let known { return .success(known) }
        guard let email = fremd.email else {
            return .failure(
                Ablehnung(
                    "keine e-mail-adresse", .notAllowed,
                    "Der Identitätsanbieter nennt keine E-Mail-Adresse zu Ihnen. Sagen Sie es Ihrer Betriebsstelle."))
        }
        let id: Person.ID
        if let konto = try KontoStore.konto(email: email, in: db) {
            guard fremd.emailBestaetigt, try verknuepft || istEingeladen(konto.id, am: am, in: db) else {
                return .failure(
                    Ablehnung(
                        "konto besteht", .notAllowed,
                        """
                        Ihre E-Mail-Adresse hat hier schon ein Konto, das nicht mit dem Identitätsanbieter verbunden ist. \
                        Melden Sie sich mit Ihrem Passwort an oder lassen Sie sich neu einladen.
                        """))
            }
            id = konto.id
            // The invitation has done its work: nobody waits for a password that nobody knows.
            try db.execute(
                "UPDATE person SET kennwort = '', eingeladen_am = NULL WHERE id = \(id) AND eingeladen_am IS NOT NULL")
            try db.execute(
                """
                UPDATE einmallink SET benutzt_am = \(am)
                WHERE person = \(id) AND zweck = 'einladung' AND benutzt_am IS NULL
                """)
        } else {
            guard hatRolle else { return .failure(ohneRolle) }
            // Whoever is invited to that address later must not find somebody else in it.
            guard !fremd.emailBestritten else {
                return .failure(
                    Ablehnung(
                        "e-mail-adresse unbestätigt", .notAllowed,
                        """
                        Ihre E-Mail-Adresse ist beim Identitätsanbieter noch nicht bestätigt. Bestätigen Sie sie dort und \
                        beginnen Sie die Anmeldung noch einmal.
                        """))
            }
            // No password fits an empty one.
            id = try KontoStore.insert(
                email: email, kennwort: Kennwort(gespeichert: ""), aemter: [], durch: .betrieb(am), in: db)
        }
        if let name = fremd.name {
            try db.execute("UPDATE person SET name = \(name) WHERE id = \(id) AND name IS NULL")
        }
        try db.execute(
            """
            INSERT INTO fremdkonto (aussteller, subjekt, person)
            VALUES (\(fremd.aussteller), \(fremd.subjekt), \(id))
            """)
        try VerlaufStore.append(
            [Verlauf(.fremdkontoVerknuepft, nach: id.rawValue)], durch: Urheber(person: id, am: am), in: db)
        return .success(id)
    }

    private static func istEingeladen(_ person: Person.ID, am: Instant, in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value(
            """
            SELECT 1 FROM einmallink
            WHERE person = \(person) AND zweck = 'einladung' AND benutzt_am IS NULL AND bis >= \(am) LIMIT 1
            """)
        return one != nil
    }

    /// Roles that the rules give come and go with them; what somebody gave by hand stays.
    private static func gleicheRollenAb(
        _ aemter: [Person.Amt], _ person: Person.ID, am: Instant, in db: any SQLConnection
    ) throws {
        let given: [(rolle: Rolle, organisation: String)] = try db.rows(
            "SELECT rolle, organisation FROM fremdamt WHERE person = \(person) ORDER BY rolle, organisation"
        ).map { row in (rolle: try row["rolle"], organisation: try row["organisation"]) }
        let held: [(rolle: Rolle, organisation: String)] = try db.rows(
            "SELECT rolle, organisation FROM amt WHERE person = \(person)"
        ).map { row in (rolle: try row["rolle"], organisation: try row["organisation"]) }
        let urheber = Urheber.betrieb(am)
        for old in given
        where !aemter.contains(where: { $0.rolle == old.rolle && ($0.organisation ?? "") == old.organisation }) {
            try AmtStore.nimm(
                old.rolle, organisation: old.organisation.isEmpty ? nil : old.organisation, von: person, durch: urheber,
                in: db)
            try db.execute(
                """
                DELETE FROM fremdamt
                WHERE person = \(person) AND rolle = \(old.rolle) AND organisation = \(old.organisation)
                """)
        }
        for amt in aemter {
            let place = amt.organisation ?? ""
            guard !held.contains(where: { $0.rolle == amt.rolle && $0.organisation == place }) else { continue }
            try AmtStore.gib(amt, an: person, durch: urheber, in: db)
            try db.execute(
                """
                INSERT INTO fremdamt (person, rolle, organisation) VALUES (\(person), \(amt.rolle), \(place))
                ON CONFLICT DO NOTHING
                """)
        }
    }
}
