import App
import ArgumentParser
import Kernel
import Konten
import Post
import Storage
import Verzeichnis

struct User: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verwaltet Konten.",
        subcommands: [
            UserAdd.self, UserRole.self, UserInvite.self, UserImport.self, UserDisable.self, UserReset.self,
        ])
}

struct UserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Legt ein Konto mit einer Rolle an.")

    @OptionGroup var ort: Ort
    @Argument(help: ArgumentHelp("E-Mail-Adresse des Kontos.", valueName: "E-Mail")) var email: String
    @Option(
        help: ArgumentHelp(
            "Rolle: \(Rolle.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "Rolle")) var rolle: String
    @Option(
        help: ArgumentHelp("Kennung, ARS oder Name der Verwaltung, bei der die Rolle gilt.", valueName: "Organisation"))
    var organisation: String?
    @Flag(help: "Das Passwort aus der Standardeingabe lesen statt eines vorzuschlagen.") var passwortStdin = false

    func run() async throws {
        try await erklaert {
            let role = try bekannteRolle(rolle)
            let address = try Postadresse(email).text
            guard role.giltUeberall || organisation != nil else {
                throw Refusal(.badRequest, "Die Rolle \(rolle) gilt bei einer Verwaltung: geben Sie --organisation an.")
            }
            let einstellungen = ort.einstellungen()
            let database = try await ort.open(einstellungen)
            let klartext = try passwort(passwortStdin, email: address, einstellungen)
            let kennwort = try await Anmeldung().neuesKennwort(klartext)
            let word = organisation
            try await database.write { db in
                let organisation = try word.map { try OrganisationStore.named($0, in: db).id.rawValue }
                _ = try KontoStore.insert(
                    email: address, kennwort: kennwort, aemter: [.init(role, an: organisation)],
                    durch: .betrieb(.jetzt()), in: db)
            }
            melde(passwortStdin ? "Konto angelegt: \(address)" : "Konto angelegt: \(address), Passwort: \(klartext)")
            await database.close()
        }
    }
}

/// - Throws: `Refusal` that lists the known ones.
func bekannteRolle(_ wort: String) throws -> Rolle {
    if let role = Rolle(rawValue: wort) { return role }
    throw Refusal(
        .badRequest,
        "„\(wort)“ ist keine Rolle. Bekannt sind: \(Rolle.allCases.map(\.rawValue).joined(separator: ", ")).")
}

/// The account of an address.
func konto(_ email: String, in db: any SQLConnection) throws -> Personeneintrag {
    guard let found = try PersonStore.finde(email: email.lowercased(), in: db) else {
        throw Refusal(.notFound, "Zu \(email) gibt es kein Konto.")
    }
    return found
}

/// A password from standard input or a fresh one.
private func passwort(_ fromInput: Bool, email: String, _ einstellungen: Einstellungen) throws -> String {
    let klartext = fromInput ? readLine(strippingNewline: true) ?? "" : Kennwort.vorschlag()
    if let fault = try Ressourcen(konfiguriert: einstellungen.ressourcen).kennwortregel.einwand(klartext, email: email)
    {
        throw Refusal(.unprocessable, fault)
    }
    return klartext
}

struct UserReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Setzt ein neues Passwort und beendet alle Sitzungen des Kontos.")

    @OptionGroup var ort: Ort
    @Argument(help: ArgumentHelp("E-Mail-Adresse des Kontos.", valueName: "E-Mail")) var email: String
    @Flag(help: "Das Passwort aus der Standardeingabe lesen statt eines vorzuschlagen.") var passwortStdin = false
    @Flag(help: "Nur den zweiten Faktor entfernen, wenn er verloren ging; das Passwort bleibt.") var zweiterFaktor =
        false
    @Flag(help: "Das Passwort lassen und einen Link ausgeben, mit dem die Person selbst eines wählt.") var link = false

    func run() async throws {
        guard [passwortStdin, zweiterFaktor, link].count(where: { $0 }) <= 1 else {
            throw ValidationError("Möglich ist nur eines: --passwort-stdin, --zweiter-faktor oder --link.")
        }
        try await erklaert {
            let einstellungen = ort.einstellungen()
            let basis = link ? try linkbasis(einstellungen) : ""
            let database = try await ort.open(einstellungen)
            let (typed, wer) = (email, Handelnder.betrieb(.jetzt()))
            let found = try await database.read { db in try konto(typed, in: db) }
            let address = found.email
            if zweiterFaktor {
                try await database.write { db in
                    try ZweitfaktorStore.entferne(of: found.id, durch: wer.urheber, in: db)
                }
                melde("Der zweite Faktor von \(address) ist entfernt; die nächste Anmeldung richtet einen neuen ein.")
            } else if link {
                let made = try await database.write { db in
                    try Personenverwaltung.setzeZurueck(found.id, durch: wer, in: db)
                }
                if let link = made.link { melde("Link für \(address), 24 Stunden gültig: \(basis)\(link.pfad)") }
            } else {
                let klartext = try passwort(passwortStdin, email: address, einstellungen)
                let kennwort = try await Anmeldung().neuesKennwort(klartext)
                try await database.write { db in
                    try KontoStore.setzeKennwort(kennwort, of: found.id, durch: wer.urheber, in: db)
                    try PersonStore.nimmAn(found.id, in: db)
                }
                if !passwortStdin { melde("Neues Passwort für \(address): \(klartext)") }
            }
            await database.close()
        }
    }
}

/// Scheme and host for a link that a command prints.
func linkbasis(_ einstellungen: Einstellungen) throws -> String {
    guard let basis = try einstellungen.linkadresse() else {
        throw Refusal(
            .unprocessable, "Setzen Sie LEITSTAND_ADRESSE: Ohne die öffentliche Adresse lässt sich kein Link bilden.")
    }
    return basis
}
