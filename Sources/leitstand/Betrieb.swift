import App
import ArgumentParser
import Foundation
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

    func run() async throws {
        try await erklaert {
            let einstellungen = ort.einstellungen(["LEITSTAND_PORT": port.map(String.init), "LEITSTAND_HOST": host])
            let level = Logger.Level(rawValue: einstellungen.protokollstufe) ?? .info
            LoggingSystem.bootstrap { label in JSONLog(label: label, level: level) }
            let port = try einstellungen.port()
            let ressourcen = try Ressourcen(konfiguriert: einstellungen.ressourcen)
            let (views, assets) = (try ressourcen.views(), try ressourcen.assets())
            let suche = Suche(
                alltag: try Suchwoerter.lade(ressourcen, eigene: einstellungen.textordner))
            if !assets.contains("kern/kern.min.css") {
                melde(
                    fehler:
                        "Hinweis: KERN UX fehlt, die Seiten erscheinen ohne Gestaltung. Werkzeuge/assets richtet es ein."
                )
            }
            let database = try await ort.open(einstellungen)
            let anmeldung = try Anmeldung()
            let leitstand = try App.Leitstand(
                database: database, views: views, assets: assets, anmeldung: anmeldung, suche: suche,
                tls: einstellungen.tls,
                texte: Fusstexte(ordner: einstellungen.textordner, vorlagen: ressourcen.texte),
                adresse: einstellungen.adresse(), cache: einstellungen.cache(),
                anfragegrenze: Anfragegrenze(plaetze: einstellungen.anfragen()),
                messnetze: einstellungen.metriken(), datenschutz: Datenschutz.eingestellt(einstellungen))
            try await Server.run(
                leitstand, host: einstellungen.host, port: port,
                grenzen: Netzgrenzen(verbindungen: einstellungen.httpVerbindungen()),
                vorlauf: .seconds(einstellungen.vorlauf()), logger: Logger(label: "leitstand")
            ) { port in
                melde(
                    "Leitstand läuft: http://\(einstellungen.host == "127.0.0.1" ? "localhost" : einstellungen.host):\(port)"
                )
                // Only now: a start that fails before must not use up the one showing of the password.
                do {
                    guard let konto = try await Erstkonto.anlegen(anmeldung, am: .jetzt(), in: database) else { return }
                    melde("Anmeldung (wird nur dieses eine Mal gezeigt):")
                    melde("  E-Mail: \(konto.email)")
                    melde("  Passwort: \(konto.klartext)")
                } catch {
                    melde(fehler: "Das erste Konto ließ sich nicht anlegen: \(error)")
                }
            }
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
            await database.close()
        }
    }
}

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prüft die Einrichtung oder eine Sicherung.")

    @OptionGroup var ort: Ort
    @OptionGroup var schluessel: Geheimschluessel
    @Flag(help: "Zeigt alle Einstellungen mit ihren Werten; Geheimnisse bleiben geheim.") var konfiguration = false
    @Option(
        help: ArgumentHelp("Spielt die Sicherung zur Probe ein und vergleicht alles mit ihr.", valueName: "Datei"))
    var sicherung: String?
    @OptionGroup var aufbewahrung: Aufbewahrungsangaben

    func run() async throws {
        guard [konfiguration, sicherung != nil, aufbewahrung.aufbewahrung].filter(\.self).count == 1 else {
            throw ValidationError(
                "Was soll geprüft werden? Möglich ist: --konfiguration, --aufbewahrung oder --sicherung DATEI")
        }
        if aufbewahrung.aufbewahrung { return try await aufbewahrung.run(ort) }
        if let sicherung {
            return try await ausfuehren { [self] in
                try await Sicherungspruefung(ort: ort, datei: sicherung, schluessel: schluessel.geladen()).run()
            }
        }
        let einstellungen = ort.einstellungen()
        for line in einstellungen.tabelle { melde(line) }
        let hinweise = Fusstexte(ordner: einstellungen.textordner).hinweise()
        if !hinweise.isEmpty { melde("\nTexte, die noch fehlen oder Lücken haben:") }
        for line in hinweise { melde("    \(line)") }
    }
}
