import Foundation

/// Start of the server to its first answer, and its memory after some reading.
enum Start {
    static let teil = Teil(
        name: "start", satz: "Start des Servers bis zur ersten Antwort und sein Speicher nach 200 Seiten."
    ) { lauf in
        let folder = try lauf.neuerOrdner("start")
        try Serverprozess.befehl(
            lauf.programm, ["import", "gemeindeverzeichnis", lauf.gemeindeverzeichnis, "--data", folder])
        var memory = 0.0
        let times = try await Stichprobe.aus(lauf.durchgaenge) {
            let server = try Serverprozess(lauf.programm, daten: folder)
            defer { server.beende() }
            if memory == 0 {
                let connection = try HTTPVerbindung(port: server.port)
                for _ in 0..<200 { _ = try connection.hole("/", behalten: false) }
                memory = server.speicher
            }
            return server.startzeit
        }
        return [
            Zeile(
                "Start bis zur ersten Antwort", times.median, gegen: 1_000, .hoechstens(1), einheit: "ms",
                satz: "Vom Aufruf von leitstand serve bis zur vollständigen Startseite, mit geladenem Verzeichnis.",
                dazu: times.streuung("ms")),
            Zeile(
                "Speicher nach 200 Seiten", memory, gegen: 120, .hoechstens(1), einheit: "MB",
                satz: "Belegter Hauptspeicher (VmRSS) des Servers nach 200 Aufrufen der Startseite."),
        ]
    }
}
