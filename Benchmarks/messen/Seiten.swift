import Foundation
import Storage
import StorageSQLite

/// Anonymous pages against nginx that serves the same bytes from files.
struct Seiten {
    static let teil = Teil(
        name: "seiten", satz: "Öffentliche Seiten, anonym, 16 Verbindungen, gegen nginx mit denselben Bytes."
    ) { lauf in
        try await Seiten(lauf: lauf).messe()
    }

    static let verbindungen = 16
    private static let sekunden = 2

    /// A page that is measured, drawn by the seed from all of its kind.
    struct Probe: Sendable {
        let name: String
        let pfad: String
    }

    let lauf: Lauf

    static func proben(_ lauf: Lauf) async throws -> [Probe] {
        let database = try SQLiteDatabase(path: try await lauf.bestand.ordner() + "/leitstand.sqlite")
        let (dienste, leistungen) = try await database.read { db in
            let dienste = try db.rows("SELECT slug FROM onlinedienst ORDER BY slug").map { try $0["slug"] as String }
            let leistungen = try db.rows(
                "SELECT id FROM leistung WHERE stand_bis IS NULL AND NOT ist_objekt AND schluessel IS NOT NULL ORDER BY id"
            ).map { try $0["id"] as String }
            return (dienste, leistungen)
        }
        await database.close()
        var random = Zufallsfolge(lauf.saat)
        return [
            Probe(name: "Dienstseite", pfad: "/dienste/" + dienste[random.zahl(dienste.count)]),
            Probe(name: "Leistungsseite", pfad: "/leistungen/" + leistungen[random.zahl(leistungen.count)]),
        ]
    }

    private func messe() async throws -> [Zeile] {
        let probes = try await Seiten.proben(lauf)
        let server = try Serverprozess(lauf.programm, daten: try await lauf.bestand.ordner())
        defer { server.beende() }
        let connection = try HTTPVerbindung(port: server.port)
        let answers = try probes.map { try connection.hole($0.pfad) }
        let nginx = try Nginx(
            ordner: lauf.neuerOrdner("nginx"),
            seiten: Dictionary(zip(probes.map(\.pfad), answers.map(\.inhalt))) { $1 },
            kopf: Seiten.zusaetzlich(answers.first?.kopf ?? []))
        defer { nginx.beende() }
        try pruefe(probes, answers, nginx)
        let wrk = try Wrk(ordner: lauf.neuerOrdner("wrk"))
        var rows: [Zeile] = []
        for (probe, answer) in zip(probes, answers) {
            Lauf.sage("  \(probe.name) \(probe.pfad), \(answer.inhalt.count) Bytes")
            rows.append(try vergleiche(probe, answer, wrk, eigener: server.port, nginx: nginx.port))
        }
        return rows
    }

    /// Rounds alternate, so that whatever else the machine does meets both.
    private func vergleiche(
        _ probe: Probe, _ answer: HTTPVerbindung.Antwort, _ wrk: Wrk, eigener: Int, nginx: Int
    ) throws -> Zeile {
        let (ours, theirs) = ("http://127.0.0.1:\(eigener)\(probe.pfad)", "http://127.0.0.1:\(nginx)\(probe.pfad)")
        for url in [ours, theirs] { _ = try wrk.laufe(url, verbindungen: Seiten.verbindungen, sekunden: 1) }
        var (own, peer): ([Wrk.Ergebnis], [Wrk.Ergebnis]) = ([], [])
        for _ in 0..<lauf.durchgaenge {
            own.append(try wrk.laufe(ours, verbindungen: Seiten.verbindungen, sekunden: Seiten.sekunden))
            peer.append(try wrk.laufe(theirs, verbindungen: Seiten.verbindungen, sekunden: Seiten.sekunden))
        }
        let (a, b) = (Stichprobe(own.map(\.jeSekunde)), Stichprobe(peer.map(\.jeSekunde)))
        return Zeile(
            "\(probe.name), anonym, \(Seiten.verbindungen) Verbindungen", a.median, gegen: b.median, .mindestens(0.3),
            einheit: "/s", wogegen: "nginx, dieselben Bytes",
            satz: "Antworten je Sekunde auf dieselbe Seite, beide mit ihrem Anfrageprotokoll in eine Datei, "
                + "ungepackt, wrk abwechselnd gegen beide.",
            dazu: "\(a.streuung("/s")), p99 \(Zeile.zahl(Stichprobe(own.map(\.p99)).median)) ms; nginx "
                + "\(b.streuung("/s")); \(answer.inhalt.count) Bytes")
    }

    /// Both must send the same, or their speeds say nothing about each other.
    private func pruefe(_ probes: [Probe], _ answers: [HTTPVerbindung.Antwort], _ nginx: Nginx) throws {
        let connection = try HTTPVerbindung(port: nginx.port)
        for (probe, own) in zip(probes, answers) {
            let peer = try connection.hole(probe.pfad)
            guard own.status == 200, peer.status == 200, own.inhalt == peer.inhalt, !own.inhalt.isEmpty,
                abs(own.kopf.count - peer.kopf.count) <= 6
            else {
                throw Serverprozess.Fehler(
                    description: "\(probe.pfad): Leitstand \(own.status) mit \(own.inhalt.count) Bytes und "
                        + "\(own.kopf.count) Köpfen, nginx \(peer.status) mit \(peer.inhalt.count) Bytes und "
                        + "\(peer.kopf.count) Köpfen")
            }
        }
    }

    /// Headers that a file server does not send by itself.
    private static func zusaetzlich(_ lines: [String]) -> [(name: String, wert: String)] {
        let own = ["content-length", "content-type", "date", "server", "connection", "etag", "last-modified"]
        return lines.compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, !own.contains(parts[0].lowercased()), !parts[1].contains("\"") else { return nil }
            return (parts[0], parts[1])
        }
    }
}
