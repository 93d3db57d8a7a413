import Foundation

/// What a large upload costs a running server: the most memory it holds meanwhile, beyond what it held before.
enum Dateimessung {
    static let teil = Teil(
        name: "dateien", satz: "Arbeitsspeicher des Servers, während jemand eine Datei von 200 MB anhängt."
    ) { lauf in
        var rows: [Zeile] = []
        for bestand in try await Kontenbestand.alle(lauf, "dateien", konten: 1) { rows.append(try messe(bestand)) }
        return rows
    }

    private static let megabyte = 200
    private static let grenze = 30.0

    private static func messe(_ bestand: Kontenbestand) throws -> Zeile {
        let server = try bestand.server(umgebung: [
            "LEITSTAND_DATEI_MB": "\(megabyte + 1)", "LEITSTAND_DATEIEN": bestand.ordner + "/dateien",
        ])
        defer { server.beende() }
        let connection = try HTTPVerbindung(port: server.port)
        guard let session = try Kontenbestand.melde(1, an: connection) else {
            throw Serverprozess.Fehler(description: "Die Anmeldung fand keinen Platz.")
        }
        let path = try seite(connection, session)
        // What is loaded once and stays is no matter of the size.
        try haengeAn(connection, session, path, megabyte: 2, fuellung: 1) {}
        let before = server.speicher
        var most = before
        let begin = ContinuousClock.now
        try haengeAn(connection, session, path, megabyte: megabyte, fuellung: 2) { most = max(most, server.speicher) }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        most = max(most, server.speicher)
        return Zeile(
            "Anhängen von \(megabyte) MB, \(bestand.name): Arbeitsspeicher", max(0, most - before), gegen: grenze,
            .hoechstens(1), einheit: "MB",
            satz:
                "Höchster Arbeitsspeicher des Servers (VmRSS, nach jedem Megabyte gelesen) über dem vor dem Hochladen.",
            dazu: "\(Zeile.zahl(before)) MB vorher; \(Zeile.zahl(Double(megabyte) / seconds)) MB/s")
    }

    /// The page of the files of some entry of the list.
    private static func seite(_ connection: HTTPVerbindung, _ session: String) throws -> String {
        let list = "/umsetzung/\(Kontenbestand.ars)"
        let text = String(decoding: try connection.hole(list, cookie: session).inhalt, as: UTF8.self)
        guard let rest = text.split(separator: "href=\"\(list)/0").dropFirst().first else {
            throw Serverprozess.Fehler(description: "Die Liste nennt keinen Eintrag.")
        }
        return "\(list)/0\(rest.prefix { $0.isLetter || $0.isNumber })/dateien"
    }

    private static func haengeAn(
        _ connection: HTTPVerbindung, _ session: String, _ path: String, megabyte: Int, fuellung: UInt8,
        _ each: () -> Void
    ) throws {
        let form = String(decoding: try connection.hole(path, cookie: session).inhalt, as: UTF8.self)
        guard
            let csrf = form.split(separator: "name=\"csrf\" value=\"").dropFirst().first?.prefix(while: { $0 != "\"" })
        else { throw Serverprozess.Fehler(description: "Das Formular der Dateien kam nicht.") }
        let mark = "----messen"
        let head = Array(
            """
            --\(mark)\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\(csrf)\r\n\
            --\(mark)\r\nContent-Disposition: form-data; name="datei"; filename="messen-\(megabyte).pdf"\r\n\
            Content-Type: application/pdf\r\n\r\n%PDF-1.7\n
            """.utf8)
        let tail = Array("\n%%EOF\n\r\n--\(mark)--\r\n".utf8)
        let block = [UInt8](repeating: fuellung, count: 1 << 20)
        var sent = -1
        let answer = try connection.sende(
            an: path, cookie: session, typ: "multipart/form-data; boundary=\(mark)",
            laenge: head.count + (megabyte << 20) - 4_096 + tail.count
        ) {
            each()
            sent += 1
            switch sent {
            case 0: return head
            // The file is to stay a little below the limit.
            case 1: return Array(block.dropLast(4_096))
            case 2...megabyte: return block
            case megabyte + 1: return tail
            default: return nil
            }
        }
        guard answer.status == 303 else {
            throw Serverprozess.Fehler(description: "Die Datei wurde nicht angenommen: \(answer.status)")
        }
    }
}
