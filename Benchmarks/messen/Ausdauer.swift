import Foundation
import Kernel
import Synchronization

/// Memory of the server after very many requests over all public pages against its memory after the first of them.
struct Ausdauer {
    static let kurz = Teil(
        name: "speicher", satz: "Speicher nach 60.000 Anfragen über alle öffentlichen Seiten (Kurzform von ausdauer)."
    ) { lauf in
        try await Ausdauer(lauf: lauf, anfragen: 60_000).messe()
    }

    static let lang = Teil(
        name: "ausdauer", satz: "Speicher nach 1.000.000 Anfragen über alle öffentlichen Seiten; dauert lange.",
        nurEinzeln: true
    ) { lauf in
        try await Ausdauer(lauf: lauf, anfragen: 1_000_000).messe()
    }

    private static let anfang = 10_000
    private static let verbindungen = 32

    let lauf: Lauf
    let anfragen: Int

    /// What the connections share.
    private final class Stand: Sendable {
        private struct Zahlen {
            var naechste: Int
            var status: [Int: Int] = [:]
            var fehler: String?
        }
        private let zahlen: Mutex<Zahlen>
        private let ende: Int

        init(_ range: Range<Int>) {
            zahlen = Mutex(Zahlen(naechste: range.lowerBound))
            ende = range.upperBound
        }

        func naechste() -> Int? {
            zahlen.withLock { state in
                guard state.naechste < ende, state.fehler == nil else { return nil }
                defer { state.naechste += 1 }
                return state.naechste
            }
        }

        func melde(_ status: Int, _ path: String) {
            zahlen.withLock { state in
                state.status[status, default: 0] += 1
                // A search that would take longer than two seconds is refused; that is no failure, unless it is common.
                let refused = state.status[503] ?? 0
                if status >= 500, status != 503 || refused > max(100, state.naechste / 100) {
                    state.fehler = "\(path) antwortete \(status)."
                }
            }
        }

        func ergebnis() throws -> [Int: Int] {
            try zahlen.withLock { state in
                if let text = state.fehler { throw Serverprozess.Fehler(description: text) }
                return state.status
            }
        }
    }

    private func messe() async throws -> [Zeile] {
        let vorrat = try await Adressvorrat(lauf)
        Lauf.sage("  \(vorrat.routen) Routen, \(vorrat.adressen) Adressen, \(anfragen) Anfragen")
        let server = try Serverprozess(lauf.programm, daten: try await lauf.bestand.ordner())
        defer { server.beende() }
        let begin = ContinuousClock.now
        var status = try await frage(server, vorrat, 0..<Ausdauer.anfang)
        let before = try await ruhig(server)
        // In ten steps, so that one sees whether memory still grows at the end.
        var course = [before]
        var done = Ausdauer.anfang
        for step in 1...10 {
            let next = Ausdauer.anfang + (anfragen - Ausdauer.anfang) * step / 10
            status.merge(try await frage(server, vorrat, done..<next)) { $0 + $1 }
            done = next
            course.append(step < 10 ? server.speicher : try await ruhig(server))
            Lauf.sage("  \(done) von \(anfragen) Anfragen, \(Zeile.groesse(course[step], "MB"))")
        }
        let after = course[10]
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        let seen = status.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return [
            Zeile(
                "Speicher nach \(Zeile.zahl(Double(anfragen))) Anfragen", after, gegen: before, .hoechstens(1.2),
                einheit: "MB", wogegen: "nach 10.000 Anfragen",
                satz: "Belegter Hauptspeicher (VmRSS) des Servers nach Anfragen über alle öffentlichen Routen, "
                    + "\(Ausdauer.verbindungen) Verbindungen, Kennungen aus der Datenbank"
                    + (anfragen < 1_000_000 ? " (Kurzform; die lange misst ausdauer)." : "."),
                dazu:
                    "\(vorrat.routen) Routen, \(vorrat.adressen) Adressen, \(Zeile.zahl(Double(anfragen) / seconds))/s; "
                    + "Verlauf in Zehnteln \(course.map { Zahl.dezimal($0, stellen: 0) }.joined(separator: ", ")) MB; "
                    + "Antworten \(seen)")
        ]
    }

    private func frage(_ server: Serverprozess, _ vorrat: Adressvorrat, _ range: Range<Int>) async throws -> [Int: Int]
    {
        let stand = Stand(range)
        let port = server.port
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Ausdauer.verbindungen {
                group.addTask {
                    try await Lastlauf.faden {
                        let connection = try HTTPVerbindung(port: port)
                        while let number = stand.naechste() {
                            let path = vorrat.adresse(number)
                            do {
                                stand.melde(try connection.hole(path, behalten: false).status, path)
                            } catch {
                                throw Serverprozess.Fehler(description: "\(path): \(error)")
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        guard server.laeuft else { throw server.fehler("endete unter Last") }
        return try stand.ergebnis()
    }

    /// Memory when no request is under way any more.
    private func ruhig(_ server: Serverprozess) async throws -> Double {
        try await Task.sleep(for: .seconds(2))
        return server.speicher
    }
}
