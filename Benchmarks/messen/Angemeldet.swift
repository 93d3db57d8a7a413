import Foundation

/// A page of 50 rows with rights applied against the same page for visitors, both made anew each time.
enum Angemeldet {
    static let teil = Teil(
        name: "angemeldet",
        satz: "Umsetzungsliste mit 50 Zeilen, angemeldet gegen dieselbe Seite öffentlich, beide ohne Zwischenspeicher."
    ) { lauf in
        var rows: [Zeile] = []
        for bestand in try await Kontenbestand.alle(lauf, "angemeldet", konten: 1) {
            rows += try messe(lauf, bestand)
        }
        return rows
    }

    private static let grenze = 1.5
    private static let zeilen = 50
    private static let wogegen = "dieselbe Seite öffentlich, ohne Zwischenspeicher"

    private static func messe(_ lauf: Lauf, _ bestand: Kontenbestand) throws -> [Zeile] {
        let server = try bestand.server(umgebung: ["LEITSTAND_CACHE": "0"])
        defer { server.beende() }
        let path = "/umsetzung/\(Kontenbestand.ars)"
        let connection = try HTTPVerbindung(port: server.port)
        guard let session = try Kontenbestand.melde(1, an: connection) else {
            throw Serverprozess.Fehler(description: "Die Anmeldung fand keinen Platz.")
        }
        let inside = try connection.hole(path, cookie: session)
        let outside = try connection.hole(path)
        try pruefe(inside, istIntern: true)
        try pruefe(outside, istIntern: false)
        Lauf.sage("  \(bestand.name): \(inside.inhalt.count) Bytes angemeldet, \(outside.inhalt.count) öffentlich")
        let wrk = try Wrk(ordner: lauf.neuerOrdner("wrk"))
        let url = "http://127.0.0.1:\(server.port)\(path)"
        return try [1, Seiten.verbindungen].map { count in
            func laufe(_ seconds: Int, _ head: [String]) throws -> Wrk.Ergebnis {
                try wrk.laufe(url, verbindungen: count, sekunden: seconds, kopf: head)
            }
            let head = ["Cookie: " + session]
            for head in [head, []] { _ = try laufe(1, head) }
            var (own, peer): ([Wrk.Ergebnis], [Wrk.Ergebnis]) = ([], [])
            for _ in 0..<max(1, lauf.durchgaenge) {
                own.append(try laufe(2, head))
                peer.append(try laufe(2, []))
            }
            return zeile(bestand.name, count, own, peer, "\(inside.inhalt.count) und \(outside.inhalt.count) Bytes")
        }
    }

    /// One reader is judged by the time, many by how much the server gets done.
    private static func zeile(
        _ name: String, _ count: Int, _ own: [Wrk.Ergebnis], _ peer: [Wrk.Ergebnis], _ bytes: String
    ) -> Zeile {
        let rates = (Stichprobe(own.map(\.jeSekunde)), Stichprobe(peer.map(\.jeSekunde)))
        let times = (Stichprobe(own.map(\.p50)), Stichprobe(peer.map(\.p50)))
        let title = "Liste mit \(zeilen) Zeilen, angemeldet, \(name), "
        if count == 1 {
            return Zeile(
                title + "1 Verbindung, p50", times.0.median, gegen: times.1.median, .hoechstens(grenze),
                einheit: "ms", wogegen: wogegen,
                satz: "Mittlere Antwortzeit einer Umsetzungsliste mit Rechten, inneren Spalten und Knöpfen, wenn nur "
                    + "eine Person liest (LEITSTAND_CACHE=0), abwechselnd mit der öffentlichen.",
                dazu: "\(times.0.streuung("ms")); öffentlich \(times.1.streuung("ms")); "
                    + "\(Zeile.zahl(rates.0.median)) und \(Zeile.zahl(rates.1.median))/s; \(bytes)")
        }
        return Zeile(
            title + "\(count) Verbindungen", rates.0.median, gegen: rates.1.median, .mindestens(1 / grenze),
            einheit: "/s", wogegen: wogegen,
            satz: "Antworten je Sekunde auf dieselbe Liste bei \(count) Verbindungen zugleich; eine darf höchstens das "
                + "\(Zeile.zahl(grenze))-Fache der öffentlichen kosten.",
            dazu: "\(rates.0.streuung("/s")); öffentlich \(rates.1.streuung("/s")); p50 "
                + "\(Zeile.zahl(times.0.median)) und \(Zeile.zahl(times.1.median)) ms; "
                + "das \(Zeile.zahl(rates.1.median / rates.0.median))-Fache")
    }

    /// A short answer, a way elsewhere or a page without what only insiders see would make a fine ratio.
    private static func pruefe(_ answer: HTTPVerbindung.Antwort, istIntern: Bool) throws {
        let text = String(decoding: answer.inhalt, as: UTF8.self)
        func zahl(_ part: String) -> Int { text.ranges(of: part).count }
        let found = (
            rows: zahl("<tr class=\"kern-table__row\" id=\"e-"), due: zahl("data-label=\"Frist\""),
            button: zahl(">Liste laden<"), out: zahl("action=\"/abmelden\"")
        )
        let wanted = istIntern ? (zeilen, zeilen, 1, 1) : (zeilen, 0, 0, 0)
        guard answer.status == 200, (found.rows, found.due, found.button, min(1, found.out)) == wanted else {
            throw Serverprozess.Fehler(
                description: "Die Liste kam \(istIntern ? "angemeldet" : "öffentlich") mit \(answer.status), "
                    + "\(found.rows) Zeilen, \(found.due) Fristen und \(found.button) Knöpfen.")
        }
    }
}
