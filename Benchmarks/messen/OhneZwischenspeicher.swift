/// The same pages when each answer is made anew.
enum OhneZwischenspeicher {
    static let teil = Teil(
        name: "ohne-speicher",
        satz: "Dieselben Seiten ohne Zwischenspeicher: jede Antwort liest die Datenbank und wird gezeichnet."
    ) { lauf in
        let probes = try await Seiten.proben(lauf)
        let server = try Serverprozess(
            lauf.programm, daten: try await lauf.bestand.ordner(), umgebung: ["LEITSTAND_CACHE": "0"])
        defer { server.beende() }
        let wrk = try Wrk(ordner: lauf.neuerOrdner("wrk"))
        var rows: [Zeile] = []
        for probe in probes {
            Lauf.sage("  \(probe.name) \(probe.pfad)")
            let url = "http://127.0.0.1:\(server.port)\(probe.pfad)"
            _ = try wrk.laufe(url, verbindungen: Seiten.verbindungen, sekunden: 1)
            var (one, many): ([Wrk.Ergebnis], [Wrk.Ergebnis]) = ([], [])
            for _ in 0..<lauf.durchgaenge {
                one.append(try wrk.laufe(url, verbindungen: 1, sekunden: 2))
                many.append(try wrk.laufe(url, verbindungen: Seiten.verbindungen, sekunden: 2))
            }
            let (p50, rate) = (Stichprobe(one.map(\.p50)), Stichprobe(many.map(\.jeSekunde)))
            rows += [
                Zeile(
                    "\(probe.name) ohne Zwischenspeicher, 1 Verbindung, p50", p50.median, gegen: 4, .hoechstens(1),
                    einheit: "ms", satz: "Mittlere Antwortzeit, wenn nur eine Person liest (LEITSTAND_CACHE=0).",
                    dazu: "\(p50.streuung("ms")), p99 \(Zeile.zahl(Stichprobe(one.map(\.p99)).median)) ms"),
                Zeile(
                    "\(probe.name) ohne Zwischenspeicher, \(Seiten.verbindungen) Verbindungen", rate.median, gegen: 700,
                    .mindestens(1), einheit: "/s",
                    satz: "Antworten je Sekunde bei \(Seiten.verbindungen) Verbindungen zugleich (LEITSTAND_CACHE=0).",
                    dazu: "\(rate.streuung("/s")), p99 \(Zeile.zahl(Stichprobe(many.map(\.p99)).median)) ms"),
            ]
        }
        return rows
    }
}
