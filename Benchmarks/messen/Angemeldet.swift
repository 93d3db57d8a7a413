import Foundation
import Kernel
import Konten
import Storage
import StorageSQLite

/// Accounts in a copy of the data, so that nobody else's part finds them there.
struct Kontenbestand {
    /// The address of the authority whose list has more than 50 rows.
    static let ars = "055580016016"
    static let passwort = "messen-und-vergleichen"

    let ordner: String
    /// Signed-in session of somebody who keeps that list.
    let token: String

    static func email(_ number: Int) -> String { "messen\(number)@leitstand.localhost" }

    /// Copies the data, fills the list to `zeilen` rows and makes `konten` accounts with the usual cost of a password.
    init(_ lauf: Lauf, zeilen: Int = 60, konten: Int = 1) async throws {
        ordner = try lauf.neuerOrdner("konten")
        let source = try await lauf.bestand.ordner()
        let names = try FileManager.default.contentsOfDirectory(atPath: source).filter {
            $0.hasPrefix("leitstand.sqlite")
        }
        for name in names { try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(ordner)/\(name)") }
        let sheet = ordner + "/liste.csv"
        let rows = (1...zeilen).map {
            "Messung \($0);offen;Amt \($0 % 7);2026-12-\($0 % 28 + 1 < 10 ? "0" : "")\($0 % 28 + 1)"
        }
        try (["Titel;Stand;Amt;Frist"] + rows).joined(separator: "\n").write(
            toFile: sheet, atomically: true, encoding: .utf8)
        try Serverprozess.befehl(
            lauf.programm, ["import", "umsetzung", sheet, "--organisation", Kontenbestand.ars, "--data", ordner])
        let database = try SQLiteDatabase(path: ordner + "/leitstand.sqlite")
        let secret = Geheimnis.neu(bytes: 32)
        let am = Instant.jetzt()
        let kennwort = try Kennwort.neu(Kontenbestand.passwort, .ueblich)
        try await database.write { db in
            let organisation: String? = try db.value(
                "SELECT id FROM organisation_sicht WHERE ars = \(Kontenbestand.ars)")
            for number in 1...konten {
                let id = try KontoStore.insert(
                    email: Kontenbestand.email(number), kennwort: kennwort,
                    aemter: [.init(.ozgAnsprechperson, an: organisation)], durch: .betrieb(am), in: db)
                if number == 1 {
                    try KontoStore.beginne(person: id, token: secret, csrf: Geheimnis.neu(bytes: 32), am: am, in: db)
                }
            }
        }
        await database.close()
        token = secret
    }
}

/// A page of 50 rows with rights applied against the same page for visitors, both made anew each time.
enum Angemeldet {
    static let teil = Teil(
        name: "angemeldet",
        satz: "Umsetzungsliste mit 50 Zeilen, angemeldet gegen dieselbe Seite öffentlich ohne Speicher."
    ) { lauf in
        let konten = try await Kontenbestand(lauf)
        let server = try Serverprozess(lauf.programm, daten: konten.ordner, umgebung: ["LEITSTAND_CACHE": "0"])
        defer { server.beende() }
        let wrk = try Wrk(ordner: lauf.neuerOrdner("wrk"))
        let url = "http://127.0.0.1:\(server.port)/umsetzung/\(Kontenbestand.ars)"
        let cookie = ["Cookie: leitstand_sitzung=\(konten.token)"]
        _ = try wrk.laufe(url, verbindungen: 4, sekunden: 1)
        var (own, peer): ([Wrk.Ergebnis], [Wrk.Ergebnis]) = ([], [])
        for _ in 0..<lauf.durchgaenge {
            own.append(try wrk.laufe(url, verbindungen: 1, sekunden: 2, kopf: cookie))
            peer.append(try wrk.laufe(url, verbindungen: 1, sekunden: 2))
        }
        let (a, b) = (Stichprobe(own.map(\.p50)), Stichprobe(peer.map(\.p50)))
        return [
            Zeile(
                "Seite mit 50 Zeilen, angemeldet, p50", a.median, gegen: b.median, .hoechstens(1.5), einheit: "ms",
                wogegen: "dieselbe Seite öffentlich, ohne Zwischenspeicher",
                satz: "Mittlere Antwortzeit einer Umsetzungsliste mit 50 Zeilen und ihren inneren Spalten.",
                dazu: "\(a.streuung("ms")), p99 \(Zeile.zahl(Stichprobe(own.map(\.p99)).median)) ms; öffentlich "
                    + b.streuung("ms"))
        ]
    }
}

/// A public page while fifty people sign in at once.
enum Anmeldeandrang {
    static let teil = Teil(
        name: "anmeldungen", satz: "50 Anmeldungen zugleich: p99 einer öffentlichen Seite währenddessen gegen Ruhe."
    ) { lauf in
        let konten = try await Kontenbestand(lauf, konten: zugleich)
        let probe = try await Seiten.proben(lauf)[0]
        let server = try Serverprozess(lauf.programm, daten: konten.ordner)
        defer { server.beende() }
        let wrk = try Wrk(ordner: lauf.neuerOrdner("wrk"))
        let port = server.port
        let url = "http://127.0.0.1:\(port)\(probe.pfad)"
        _ = try wrk.laufe(url, verbindungen: 2, sekunden: 1)
        var (quiet, busy): ([Double], [Double]) = ([], [])
        for _ in 0..<lauf.durchgaenge {
            quiet.append(try wrk.laufe(url, verbindungen: 2, sekunden: 3).p99)
            async let signedIn = andrang(port)
            busy.append(try await Lastlauf.faden { try wrk.laufe(url, verbindungen: 2, sekunden: 3).p99 })
            guard try await signedIn == zugleich else {
                throw Serverprozess.Fehler(description: "Der Server ließ nicht alle \(zugleich) Personen ein.")
            }
        }
        let (a, b) = (Stichprobe(busy), Stichprobe(quiet))
        return [
            Zeile(
                "Öffentliche Seite bei \(zugleich) Anmeldungen zugleich, p99", a.median, gegen: b.median,
                .hoechstens(2),
                einheit: "ms", wogegen: "dieselbe Seite in Ruhe",
                satz: "99 von 100 Antworten sind so schnell, während \(zugleich) Personen sich gleichzeitig anmelden.",
                dazu: "\(a.streuung("ms")); in Ruhe \(b.streuung("ms"))")
        ]
    }

    private static let zugleich = 50
    private static let vor = "leitstand_vor=messenmessenmessenmessen1234"

    /// Signs in everybody at once and says how many were let in.
    private static func andrang(_ port: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 1...zugleich {
                group.addTask {
                    try await Lastlauf.faden {
                        let form =
                            "email=\(Kontenbestand.email(number))&passwort=\(Kontenbestand.passwort)&csrf=messenmessenmessenmessen1234"
                        return try HTTPVerbindung(port: port).sende(formular: form, an: "/anmelden", cookie: vor).status
                            == 303
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
