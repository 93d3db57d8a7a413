import App
import ArgumentParser
import CMalloc
import Foundation
import Jobs
import Kernel
import Konten
import Logging
import Storage
import Suche
import Web

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Startet den Webserver.")

    @OptionGroup var ort: Ort
    @Option(help: ArgumentHelp("Port (sonst LEITSTAND_PORT, sonst 8080).", valueName: "Zahl")) var port: Int?
    @Option(help: ArgumentHelp("Adresse, auf der Anfragen angenommen werden (sonst 127.0.0.1).", valueName: "Adresse"))
    var host: String?
    @Flag(
        help:
            "Beim ersten Start auch Konten zum Ausprobieren anlegen; nur mit den Beispieldaten und nur auf dem eigenen Rechner."
    )
    var beispielkonten = false

    func run() async throws {
        // Otherwise each thread gets an arena, and what one frees the others cannot use: memory grows for hours.
        mallopt(Int32(M_ARENA_MAX), 2)
        try await erklaert {
            let einstellungen = ort.einstellungen(["LEITSTAND_PORT": port.map(String.init), "LEITSTAND_HOST": host])
            let level = Logger.Level(rawValue: einstellungen.protokollstufe) ?? .info
            LoggingSystem.bootstrap { label in JSONLog(label: label, level: level) }
            let port = try einstellungen.port()
            let ressourcen = try Ressourcen(konfiguriert: einstellungen.ressourcen)
            if let warnung = try einstellungen.proxywarnung() { Logger(label: "leitstand").warning("\(warnung)") }
            let leitstand = try await App.Leitstand.eingerichtet(einstellungen, ressourcen)
            if !leitstand.site.assets.contains("kern/kern.min.css") {
                melde(
                    fehler:
                        "Hinweis: KERN UX fehlt, die Seiten erscheinen ohne Gestaltung. Werkzeuge/assets richtet es ein."
                )
            }
            let (database, anmeldung) = (leitstand.database, leitstand.anmeldung)
            try await Server.run(
                leitstand, host: einstellungen.host, port: port,
                grenzen: Netzgrenzen(verbindungen: einstellungen.httpVerbindungen()),
                vorlauf: .seconds(einstellungen.vorlauf()), jobs: einstellungen.jobs(),
                logger: Logger(label: "leitstand")
            ) { port in
                melde(
                    "Leitstand läuft: http://\(einstellungen.host == "127.0.0.1" ? "localhost" : einstellungen.host):\(port)"
                )
                // Only now: a start that fails before must not use up the one showing.
                do {
                    let istBeispiel = try await database.read { db in try Beispieldaten.istGeladen(in: db) }
                    let probiert = try istBeispiel && beispielkonten && einstellungen.istEigenerRechner
                    if probiert {
                        try await meldeBeispielkonten(anmeldung, in: database)
                    } else if let link = try await Erstkonto.lade(anmeldung, am: .jetzt(), in: database) {
                        let basis = try einstellungen.linkadresse() ?? "http://localhost:\(port)"
                        melde("Noch hat niemand ein Konto. Dieser Link richtet das erste ein, für die Administration:")
                        melde("  E-Mail: \(Erstkonto.email)")
                        melde("  Link: \(basis)\(link.pfad)")
                        melde("Er gilt 24 Stunden und einmal; bis er benutzt ist, gibt jeder Start einen neuen.")
                    }
                } catch {
                    melde(fehler: "Das erste Konto ließ sich nicht anlegen: \(error)")
                }
            }
        }
    }
}

/// Makes the accounts to try the product with and shows their passwords this one time.
private func meldeBeispielkonten(_ anmeldung: Anmeldung, in database: any Database) async throws {
    guard let erstes = try await Erstkonto.anlegen(anmeldung, am: .jetzt(), in: database) else { return }
    melde("Anmeldung (wird nur dieses eine Mal gezeigt):")
    melde("  E-Mail: \(erstes.email)")
    melde("  Passwort: \(erstes.klartext)")
    let konten = try await Beispielkonten.anlegen(anmeldung, am: .jetzt(), in: database)
    if !konten.isEmpty { melde("Konten zum Ausprobieren:") }
    for konto in konten { melde("  \(konto.email)  \(konto.klartext)  \(konto.rolle.name)") }
}

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Arbeitet Jobs ab, ohne Webserver: E-Mails, Benachrichtigungen, Aufräumen.")

    @OptionGroup var ort: Ort
    @Flag(help: "Endet, sobald nichts mehr fällig ist, statt auf weitere Jobs zu warten.") var einmal = false

    func run() async throws {
        mallopt(Int32(M_ARENA_MAX), 2)
        try await erklaert {
            let einstellungen = ort.einstellungen()
            let level = Logger.Level(rawValue: einstellungen.protokollstufe) ?? .info
            LoggingSystem.bootstrap { label in JSONLog(label: label, level: level) }
            let leitstand = try await App.Leitstand.eingerichtet(
                einstellungen, Ressourcen(konfiguriert: einstellungen.ressourcen))
            let logger = Logger(label: "leitstand")
            guard einmal else {
                melde("Leitstand arbeitet Jobs ab.")
                return try await Server.arbeite(leitstand, jobs: einstellungen.arbeitsplaetze(), logger: logger)
            }
            let count = try await JobRunner(
                leitstand.arbeiten, database: leitstand.database, plaetze: einstellungen.arbeitsplaetze(),
                logger: logger
            ).leere()
            melde("Abgearbeitet: \(Zahl.mit(count, "Job", "Jobs"))")
            await leitstand.database.close()
            JSONLog.flush()
        }
    }
}

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Legt die Datenbank an oder bringt sie auf den neuesten Stand.")

    @OptionGroup var ort: Ort

    func run() async throws {
        try await erklaert {
            let (database, applied) = try await Datenbank.open(ort.einstellungen())
            melde(
                applied.isEmpty
                    ? "Die Datenbank ist auf dem neuesten Stand." : "Angewandt: \(applied.joined(separator: ", "))")
            // Said by a person: so somebody who went back to this version gets its index back, too.
            try await suchindexNachfuehren(database, auchNeueren: true)
            try await verlaufVersiegeln(database)
            await database.close()
        }
    }
}

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lädt die Beispieldaten in eine leere Datenbank.")

    @OptionGroup var ort: Ort
    @Flag(help: "Nichts tun und nichts melden, wenn die Datenbank schon Daten enthält.") var wennLeer = false

    func run() async throws {
        try await erklaert {
            let einstellungen = ort.einstellungen()
            let database = try await ort.open(einstellungen)
            if wennLeer, try await !Beispieldaten.istLeer(database) { return }
            let folder = try Ressourcen(konfiguriert: einstellungen.ressourcen).beispieldaten
            try await Beispieldaten.load(from: folder, am: .jetzt(), in: database) { melde($0) }
            try await verlaufVersiegeln(database)
            await database.close()
        }
    }
}

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prüft die Einrichtung, eine Sicherung oder den Verlauf.")

    @OptionGroup var ort: Ort
    @OptionGroup var schluessel: Geheimschluessel
    @Flag(help: "Zeigt alle Einstellungen mit ihren Werten; Geheimnisse bleiben geheim.") var konfiguration = false
    @Option(
        help: ArgumentHelp("Spielt die Sicherung zur Probe ein und vergleicht alles mit ihr.", valueName: "Datei"))
    var sicherung: String?
    @Flag(help: "Rechnet alle Siegel des Verlaufs nach und nennt, was entfernt, verändert oder eingefügt wurde.")
    var verlauf = false
    @Option(
        help: ArgumentHelp("Vergleicht den Verlauf mit Ankern, die außerhalb aufbewahrt wurden.", valueName: "Datei"))
    var anker: String?
    @Option(
        help: ArgumentHelp(
            "Schreibt die Enden aller Ketten als Anker, wenn der Verlauf stimmt.", valueName: "Datei"))
    var ankerSchreiben: String?

    @Option(
        help: ArgumentHelp(
            "Schickt einen Probebrief an diese Adresse und sagt, was der Mailserver davon hält.", valueName: "E-Mail"))
    var post: String?
    @OptionGroup var aufbewahrung: Aufbewahrungsangaben

    func run() async throws {
        guard
            [konfiguration, sicherung != nil, verlauf, post != nil, aufbewahrung.aufbewahrung].count(where: { $0 }) == 1
        else {
            throw ValidationError(
                """
                Was soll geprüft werden? Möglich ist eines: --konfiguration, --sicherung DATEI, --verlauf, --aufbewahrung \
                oder --post E-MAIL
                """
            )
        }
        if let post { return try await erklaert { try await Postpruefung.run(an: post, ort.einstellungen()) } }
        guard verlauf || (anker == nil && ankerSchreiben == nil) else {
            throw ValidationError("--anker und --anker-schreiben gehören zu --verlauf.")
        }
        if verlauf {
            return try await ausfuehren { [self] in
                try await Verlaufskontrolle(ort: ort, anker: anker, ankerSchreiben: ankerSchreiben).run()
            }
        }
        if aufbewahrung.aufbewahrung { return try await aufbewahrung.run(ort) }
        if let sicherung {
            return try await ausfuehren { [self] in
                try await Sicherungspruefung(ort: ort, datei: sicherung, schluessel: schluessel.geladen()).run()
            }
        }
        let einstellungen = ort.einstellungen()
        for line in einstellungen.tabelle { melde(line) }
        try await erklaert { for line in try einstellungen.anbieterbericht() { melde(line) } }
        let hinweise = Fusstexte(ordner: einstellungen.textordner).hinweise()
        if !hinweise.isEmpty { melde("\nTexte, die noch fehlen oder Lücken haben:") }
        for line in hinweise { melde("    \(line)") }
        // Where there are no resources at all, `serve` says so.
        if let line = (try? Ressourcen(konfiguriert: einstellungen.ressourcen))?.kennworthinweis { melde("\n\(line)") }
    }
}
