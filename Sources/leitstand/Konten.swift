import App
import ArgumentParser
import Kernel
import Konten
import Storage
import Verzeichnis

struct User: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verwaltet Konten.", subcommands: [UserAdd.self, UserReset.self])
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
            guard let role = Rolle(rawValue: rolle) else {
                throw Refusal(
                    .badRequest,
                    "„\(rolle)“ ist keine Rolle. Bekannt sind: \(Rolle.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            let address = email.lowercased()
            guard address.utf8.count <= 320, address.split(separator: "@").count == 2,
                !address.contains(where: \.isWhitespace)
            else { throw Refusal(.badRequest, "„\(email)“ ist keine E-Mail-Adresse.") }
            guard role.giltUeberall || organisation != nil else {
                throw Refusal(.badRequest, "Die Rolle \(rolle) gilt bei einer Verwaltung: geben Sie --organisation an.")
            }
            let database = try await ort.open()
            let klartext = try passwort(passwortStdin)
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

/// A password from standard input or a fresh one.
private func passwort(_ fromInput: Bool) throws -> String {
    let klartext = fromInput ? readLine(strippingNewline: true) ?? "" : Kennwort.vorschlag()
    guard (12...1_000).contains(klartext.utf8.count) else {
        throw Refusal(.unprocessable, "Das Passwort braucht 12 bis 1.000 Zeichen.")
    }
    return klartext
}

struct UserReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Setzt ein neues Passwort und beendet alle Sitzungen des Kontos.")

    @OptionGroup var ort: Ort
    @Argument(help: ArgumentHelp("E-Mail-Adresse des Kontos.", valueName: "E-Mail")) var email: String
    @Flag(help: "Das Passwort aus der Standardeingabe lesen statt eines vorzuschlagen.") var passwortStdin = false
    @Flag(help: "Auch den zweiten Faktor entfernen, etwa wenn das Gerät verloren ist.") var zweitenFaktorEntfernen =
        false

    func run() async throws {
        try await erklaert {
            let database = try await ort.open()
            let address = email.lowercased()
            guard let konto = try await database.read({ db in try KontoStore.konto(email: address, in: db) }) else {
                throw Refusal(.notFound, "Zu \(email) gibt es kein Konto.")
            }
            let klartext = try passwort(passwortStdin)
            let kennwort = try await Anmeldung().neuesKennwort(klartext)
            let zweitenFaktorEntfernen = zweitenFaktorEntfernen
            try await database.write { db in
                try KontoStore.setzeKennwort(kennwort, of: konto.id, durch: .betrieb(.jetzt()), in: db)
                if zweitenFaktorEntfernen {
                    try ZweitfaktorStore.entferne(of: konto.id, durch: .betrieb(.jetzt()), in: db)
                }
            }
            if !passwortStdin { melde("Neues Passwort für \(address): \(klartext)") }
            await database.close()
        }
    }
}
