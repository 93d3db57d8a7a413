import Foundation
import Kernel
package import Web
package import Webhooks

/// One setting: declared once, read from the environment, described for operators.
package struct Einstellung: Sendable {
    package let name: String
    /// What stands for the value in the table: "Zahl", "Ordner".
    package let art: String
    package let vorgabe: String?
    package let beschreibung: String
    /// Never printed.
    package let geheim: Bool

    static let datenordner = Einstellung(
        name: "LEITSTAND_DATA", art: "Ordner", vorgabe: "daten",
        beschreibung: "Hier liegt die SQLite-Datenbank, wenn kein PostgreSQL angegeben ist.", geheim: false)
    static let postgres = Einstellung(
        name: "LEITSTAND_POSTGRES", art: "Adresse", vorgabe: nil,
        beschreibung: "PostgreSQL-Datenbank als postgres://-Adresse oder Verbindungsangaben von libpq; ersetzt SQLite.",
        geheim: true)
    static let verbindungen = Einstellung(
        name: "LEITSTAND_POSTGRES_VERBINDUNGEN", art: "Zahl", vorgabe: "8",
        beschreibung: "Höchstzahl gleichzeitiger Verbindungen zu PostgreSQL je Prozess.", geheim: false)
    static let host = Einstellung(
        name: "LEITSTAND_HOST", art: "Rechneradresse", vorgabe: "127.0.0.1",
        beschreibung: "Adresse, auf der der Server Anfragen annimmt.", geheim: false)
    static let port = Einstellung(
        name: "LEITSTAND_PORT", art: "Zahl", vorgabe: "8080",
        beschreibung: "Port, auf dem der Server Anfragen annimmt.", geheim: false)
    static let adresse = Einstellung(
        name: "LEITSTAND_ADRESSE", art: "Webadresse", vorgabe: nil,
        beschreibung:
            "Öffentliche Adresse hinter einem Proxy. Beginnt sie mit https://, gibt der Server Cookies nur noch über TLS aus. Mit ihr nennen Feeds volle Adressen.",
        geheim: false)
    static let ressourcen = Einstellung(
        name: "LEITSTAND_RESSOURCEN", art: "Ordner", vorgabe: nil,
        beschreibung:
            "Ordner mit views, assets und Beispieldaten; sonst neben dem Programm, sonst ../share/leitstand, sonst im Quellbaum.",
        geheim: false)
    static let texte = Einstellung(
        name: "LEITSTAND_TEXTE", art: "Ordner", vorgabe: nil,
        beschreibung: "Ordner mit impressum.md, datenschutz.md, barrierefreiheit.md; sonst texte im Datenordner.",
        geheim: false)
    static let cache = Einstellung(
        name: "LEITSTAND_CACHE", art: "Zahl", vorgabe: "\(Leitstand.cache)",
        beschreibung: "Megabyte für fertige Antworten an nicht angemeldete Leser; 0 schaltet den Cache ab.",
        geheim: false)
    static let smtp = Einstellung(
        name: "LEITSTAND_SMTP", art: "Adresse", vorgabe: nil,
        beschreibung:
            "Mailserver als smtp://BENUTZER:PASSWORT@RECHNER:587 (STARTTLS) oder smtps://…:465; ohne ihn verschickt Leitstand keine E-Mails.",
        geheim: true)
    static let absender = Einstellung(
        name: "LEITSTAND_ABSENDER", art: "E-Mail-Adresse", vorgabe: nil,
        beschreibung: "Von wem E-Mails kommen, etwa Leitstand <leitstand@stadt.example>; nötig mit LEITSTAND_SMTP.",
        geheim: false)
    static let smtpZertifikat = Einstellung(
        name: "LEITSTAND_SMTP_ZERTIFIKAT", art: "Datei", vorgabe: nil,
        beschreibung:
            "Zertifikate (PEM), denen beim Mailserver neben denen des Systems vertraut wird; sonst gilt LEITSTAND_ZERTIFIKATE.",
        geheim: false)
    static let sicherungsschluessel = Einstellung(
        name: "LEITSTAND_SICHERUNG_SCHLUESSEL", art: "Datei", vorgabe: nil,
        beschreibung: "Öffentlicher RSA-Schlüssel (PEM, ab 3072 Bit), für den Sicherungen verschlüsselt werden.",
        geheim: false)
    static let protokoll = Einstellung(
        name: "LEITSTAND_PROTOKOLL", art: "Stufe", vorgabe: "info",
        beschreibung: "Ab welcher Stufe protokolliert wird: trace, debug, info, notice, warning, error, critical.",
        geheim: false)

    static let httpVerbindungen = Einstellung(
        name: "LEITSTAND_HTTP_VERBINDUNGEN", art: "Zahl", vorgabe: "20000",
        beschreibung:
            "Höchstzahl offener Verbindungen von Lesenden; nie mehr, als die Dateigrenze des Prozesses zulässt.",
        geheim: false)
    static let anfragen = Einstellung(
        name: "LEITSTAND_ANFRAGEN", art: "Zahl", vorgabe: "128",
        beschreibung:
            "Höchstzahl von Anfragen, die zugleich bearbeitet werden; höchstens ein Achtel davon für dieselbe Art von Seite.",
        geheim: false)
    static let vorlauf = Einstellung(
        name: "LEITSTAND_VORLAUF", art: "Sekunden", vorgabe: "0",
        beschreibung:
            "So lange nimmt der Server beim Beenden noch Anfragen an, während /readyz schon 503 meldet.",
        geheim: false)
    static let jobs = Einstellung(
        name: "LEITSTAND_JOBS", art: "Zahl", vorgabe: "4",
        beschreibung:
            "So viele Jobs mit Wirkung nach außen laufen zugleich; 0: Server arbeiten keine ab, dafür läuft leitstand work (dann mit 4).",
        geheim: false)
    static let metriken = Einstellung(
        name: "LEITSTAND_METRIKEN", art: "Netze", vorgabe: nil,
        beschreibung:
            "Netze, die /metrics lesen dürfen, mit Komma getrennt, etwa 10.0.0.0/8, fd00::/8; der eigene Rechner darf immer.",
        geheim: false)

    static let proxys = Einstellung(
        name: "LEITSTAND_PROXYS", art: "Netze", vorgabe: nil,
        beschreibung:
            "Netze der eigenen Proxys, etwa 127.0.0.1, 10.0.0.0/8: nur von dort gilt X-Forwarded-For, für die Bremse der Anmeldung und LEITSTAND_ANFRAGEN_JE_ADRESSE.",
        geheim: false)

    static let fristen = Einstellung(
        name: "LEITSTAND_FRISTEN", art: "Fristen", vorgabe: nil,
        beschreibung:
            "Eigene Löschfristen in Tagen, mit Komma getrennt, etwa verlauf=3650,konto=730; die übrigen gelten wie vorgesehen.",
        geheim: false)

    /// All settings, in the order of the documentation.
    package static let alle =
        [
            datenordner, postgres, verbindungen, host, port, adresse, ressourcen, texte, cache, smtp, absender,
            smtpZertifikat, sicherungsschluessel, protokoll, httpVerbindungen, anfragen, vorlauf, jobs, metriken,
            proxys, fristen, anfragenJeToken, anfragenJeAdresse,
        ] + ausgang + openIDConnect + dateien
}

/// The values in force: given on the command line, else in the environment, else the default.
package struct Einstellungen: Sendable {
    private let umgebung: [String: String]
    private let vorrang: [String: String]

    /// `vorrang` holds values of the command line by the name of the setting.
    package init(umgebung: [String: String] = ProcessInfo.processInfo.environment, vorrang: [String: String?] = [:]) {
        self.umgebung = umgebung
        self.vorrang = vorrang.compactMapValues { $0 }
    }

    package func wert(_ setting: Einstellung) -> String? {
        let given = vorrang[setting.name] ?? umgebung[setting.name].flatMap { $0.isEmpty ? nil : $0 }
        return given ?? setting.vorgabe
    }

    func zahl(_ setting: Einstellung, _ range: ClosedRange<Int>) throws -> Int {
        let text = wert(setting) ?? ""
        guard let value = Int(text), range.contains(value) else {
            throw Refusal(
                .badRequest,
                "\(setting.name) muss eine Zahl von \(range.lowerBound) bis \(range.upperBound) sein, nicht „\(text)“.")
        }
        return value
    }

    package var datenordner: String { wert(.datenordner) ?? "daten" }
    package var postgres: String? { wert(.postgres) }
    package var host: String { wert(.host) ?? "127.0.0.1" }
    package var ressourcen: String? { wert(.ressourcen) }
    /// Where the operator keeps the texts of the pages at the foot.
    package var textordner: String { wert(.texte) ?? datenordner + "/texte" }
    /// The public key that backups are encrypted for.
    package var sicherungsschluessel: String? { wert(.sicherungsschluessel) }
    package var protokollstufe: String { wert(.protokoll) ?? "info" }
    /// Readers come through TLS.
    package var tls: Bool { wert(.adresse)?.lowercased().hasPrefix("https://") ?? false }

    /// The public address without a slash at its end, for links that leave the installation.
    package func adresse() throws -> String? {
        guard let text = wert(.adresse) else { return nil }
        guard Webadresse.istGueltig(text), !text.contains("?"), !text.contains("#") else {
            throw Refusal(.badRequest, "\(Einstellung.adresse.name): \(Webadresse.regel)")
        }
        return String(text.reversed().drop { $0 == "/" }.reversed())
    }

    package func port() throws -> Int { try zahl(.port, 1...65_535) }
    package func cache() throws -> Int { try zahl(.cache, 0...65_536) }
    package func verbindungen() throws -> Int { try zahl(.verbindungen, 1...500) }
    package func httpVerbindungen() throws -> Int { try zahl(.httpVerbindungen, 16...1_000_000) }
    package func anfragen() throws -> Int { try zahl(.anfragen, 1...10_000) }
    package func vorlauf() throws -> Int { try zahl(.vorlauf, 0...60) }
    package func jobs() throws -> Int { try zahl(.jobs, 0...64) }

    /// Places of a process that does nothing else: a 0 is meant for the web servers with the same settings.
    package func arbeitsplaetze() throws -> Int {
        let given = try jobs()
        return given > 0 ? given : Einstellung.jobs.vorgabe.flatMap { Int($0) } ?? 1
    }

    /// The networks whose supervision may read the figures.
    package func metriken() throws -> [Netzbereich] { try netze(.metriken) }

    /// The networks of the operator's own proxies.
    package func proxys() throws -> [Netzbereich] { try netze(.proxys) }

    /// What is wrong with them; nil where nothing is known to be.
    package func proxywarnung() throws -> String? {
        guard tls, ["127.0.0.1", "localhost", "::1"].contains(host), try proxys().isEmpty else { return nil }
        return
            "LEITSTAND_ADRESSE beginnt mit https, also steht ein Proxy davor; ohne LEITSTAND_PROXYS (etwa 127.0.0.1, ::1) gelten alle Anfragen als die des eigenen Rechners, und die Grenze je Gegenstelle zählt niemanden."
    }

    private func netze(_ setting: Einstellung) throws -> [Netzbereich] {
        try (wert(setting) ?? "").split(separator: ",").map { part in
            let text = part.trimmingCharacters(in: .whitespaces)
            guard let range = Netzbereich(text) else {
                throw Refusal(
                    .badRequest,
                    "\(setting.name): „\(text)“ ist kein Netz. Schreiben Sie 10.0.0.0/8 oder fd00::/8.")
            }
            return range
        }
    }

    /// The table that `check --konfiguration` prints; secrets are only said to be set.
    package var tabelle: [String] {
        Einstellung.alle.map { setting in
            let value = wert(setting)
            let shown = setting.geheim ? (value == nil ? "nicht gesetzt" : "gesetzt") : value ?? "nicht gesetzt"
            return "\(setting.name) = \(shown)\n    \(setting.beschreibung)"
        }
    }
}
