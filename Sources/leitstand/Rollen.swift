import App
import ArgumentParser
import Kernel
import Konten
import Post
import Storage
import Verzeichnis
import Web

struct UserRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Gibt einem Konto eine Rolle oder nimmt sie.")

    @OptionGroup var ort: Ort
    @Argument(help: ArgumentHelp("E-Mail-Adresse des Kontos.", valueName: "E-Mail")) var email: String
    @Option(
        help: ArgumentHelp(
            "Rolle: \(Rolle.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "Rolle")) var rolle: String
    @Option(
        help: ArgumentHelp(
            "Kennung, ARS oder Name der Verwaltung; ohne sie gilt die Rolle in der ganzen Installation.",
            valueName: "Organisation"))
    var organisation: String?
    @Flag(help: "Als Vertretung.") var vertretung = false
    @Flag(help: "Die Rolle nehmen statt geben.") var entziehen = false

    func run() async throws {
        try await erklaert {
            let role = try bekannteRolle(rolle)
            let database = try await ort.open()
            let (typed, word, remove, deputy) = (email, organisation, entziehen, vertretung)
            let wer = Handelnder.betrieb(.jetzt())
            let changed = try await database.write { db -> Bool in
                let place = try word.map { try OrganisationStore.named($0, in: db).id.rawValue }
                let found = try konto(typed, in: db)
                guard remove else {
                    return try Personenverwaltung.gib(
                        .init(Person.Amt(role, an: place, vertretung: deputy)), an: found.id, durch: wer, in: db)
                }
                let held = try PersonStore.aemter([found.id], in: db)
                guard held.contains(where: { $0.rolle == role && $0.organisation == place }) else { return false }
                try Personenverwaltung.nimm(role, organisation: place, von: found.id, durch: wer, in: db)
                return true
            }
            melde(
                !changed
                    ? "Nichts zu ändern: so ist es schon."
                    : remove ? "Rolle \(role.rawValue) entzogen." : "Rolle \(role.rawValue) vergeben.")
            await database.close()
        }
    }
}

struct UserDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Sperrt ein Konto und beendet alle seine Sitzungen.")

    @OptionGroup var ort: Ort
    @Argument(help: ArgumentHelp("E-Mail-Adresse des Kontos.", valueName: "E-Mail")) var email: String
    @Flag(help: "Das Konto wieder freigeben.") var freigeben = false

    func run() async throws {
        try await erklaert {
            let database = try await ort.open()
            let (typed, free) = (email, freigeben)
            try await database.write { db in
                let found = try konto(typed, in: db)
                try Personenverwaltung.sperre(
                    found.id, !free, organisation: nil, durch: .betrieb(.jetzt()), in: db)
            }
            melde(free ? "Freigegeben: \(typed)" : "Gesperrt: \(typed)")
            await database.close()
        }
    }
}

struct UserInvite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Lädt jemanden ein und gibt den Link aus, mit dem die Person ihr Passwort wählt.")

    @OptionGroup var ort: Ort
    @Argument(help: ArgumentHelp("E-Mail-Adresse der Person.", valueName: "E-Mail")) var email: String
    @Option(
        help: ArgumentHelp(
            "Rolle: \(Rolle.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "Rolle")) var rolle: String
    @Option(
        help: ArgumentHelp(
            "Kennung, ARS oder Name der Verwaltung; ohne sie gilt die Rolle in der ganzen Installation.",
            valueName: "Organisation"))
    var organisation: String?
    @Option(help: ArgumentHelp("Name der Person.", valueName: "Name")) var name: String?
    @Flag(help: "Als Vertretung.") var vertretung = false

    func run() async throws {
        try await erklaert {
            let role = try bekannteRolle(rolle)
            let address = try Postadresse(email)
            if let name, let fault = Personenname.fehler(name) { throw Refusal(.unprocessable, fault) }
            let einstellungen = ort.einstellungen()
            let basis = try linkbasis(einstellungen)
            let database = try await ort.open(einstellungen)
            let kennwort = try await Anmeldung().neuesKennwort(Geheimnis.neu(bytes: 24))
            let (word, name, deputy) = (organisation, name, vertretung)
            let made = try await database.write { db in
                let place = try word.map { try OrganisationStore.named($0, in: db).id.rawValue }
                return try Personenverwaltung.lade(
                    address, name: name, [.init(Person.Amt(role, an: place, vertretung: deputy))], kennwort: kennwort,
                    durch: .betrieb(.jetzt()), in: db)
            }
            if let link = made.link {
                melde("Link für \(address), 24 Stunden gültig: \(basis)\(link.pfad)")
            } else {
                melde("Zu \(address) gibt es schon ein Konto. Es hat die Rolle \(role.rawValue).")
            }
            await database.close()
        }
    }
}

struct UserImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Lädt Personen aus einer CSV-Datei ein (E-Mail, Name, Amt, Rolle, Vertretung) und gibt ihre Links aus.")

    @OptionGroup var optionen: Importoptionen
    @Option(help: ArgumentHelp("Kennung, Regionalschlüssel (ARS) oder Name der Verwaltung.", valueName: "Organisation"))
    var organisation: String
    @Argument(help: ArgumentHelp("CSV-Datei.", valueName: "Datei")) var datei: String

    func run() async throws {
        try await optionen.run { database, auftrag in
            let word = organisation
            let basis = try linkbasis(optionen.ort.einstellungen())
            let found = try await database.read { db in try Behoerden().behoerde(word, in: db) }
            let kennwort = try await Anmeldung().neuesKennwort(Geheimnis.neu(bytes: 24))
            let ergebnis = try await Einladungsimport.run(
                quelle(datei), bei: found, als: nil, kennwort: kennwort, auftrag, in: database)
            for einladung in ergebnis.einladungen {
                if let link = einladung.link { melde("\(einladung.person.email): \(basis)\(link.pfad)") }
            }
            return ergebnis.bericht
        }
    }
}
