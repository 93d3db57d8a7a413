import App
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Verzeichnis
import Web

@testable import Konten

/// What persons can do after any order of signing in, acting, changing rights and time passing: the program and a small
/// model of it must agree after every step.
@Suite(.timeLimit(.minutes(10))) struct ZustandTests {
    private static let personen = 5
    private static func email(_ number: Int) -> String { "person\(number)@leitstand.localhost" }

    /// Runs one random history; each step is written down so that a failure can be read.
    private func geschichte(_ saat: UInt64, schritte: Int, on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        let ars = [Rollenspiel.duelmen, Rollenspiel.hamm, "05558"]
        let orte = try await database.read { db in try ars.map { try OrganisationStore.named($0, in: db).id.rawValue } }
        try await TestSite(database, now: { uhr.jetzt }).run { anyone in
            var zufall = Zufall(saat)
            var modell = Zustand.Modell(orte: orte)
            var protokoll: [String] = []
            let betreiber: @Sendable () -> Urheber = { .betrieb(uhr.jetzt) }
            for number in 0..<Self.personen {
                // Somebody of the Administration always stays, as the program demands.
                let aemter: [Person.Amt] = number == 0 ? [.init(.administration)] : []
                let kennwort = try Kennwort.neu("geheim", .gering)
                try await database.write { db in
                    _ = try KontoStore.insert(
                        email: Self.email(number), kennwort: kennwort, aemter: aemter, durch: betreiber(), in: db)
                }
                modell.konten.append(Zustand.Konto(aemter: number == 0 ? [["administration", ""]] : []))
            }
            let rollen: [Rolle] = [
                .ozgAnsprechperson, .leistungsverantwortung, .umsetzungsverantwortung, .leserecht, .leitung,
                .projektbuero,
            ]

            func id(_ person: Int) async throws -> Person.ID? {
                try await database.read { db in try KontoStore.konto(email: Self.email(person), in: db)?.id }
            }

            for schritt in 0..<schritte {
                let person = Int.random(in: 0..<Self.personen, using: &zufall)
                let ort = Int.random(in: 0..<orte.count, using: &zufall)
                let rolle = rollen.randomElement(using: &zufall) ?? .leserecht
                switch Int.random(in: 0..<16, using: &zufall) {
                case 0, 1, 2:
                    let richtig = Int.random(in: 0..<4, using: &zufall) > 0
                    protokoll.append("\(person) meldet sich \(richtig ? "richtig" : "falsch") an")
                    let wort = richtig ? modell.konten[person]?.kennwort ?? "geheim" : "verkehrt"
                    // The throttle has rules and tests of its own.
                    try await database.write { db in _ = try db.execute("DELETE FROM anmeldebremse") }
                    let client = try await anmelden(anyone, Self.email(person), wort)
                    #expect((client != nil) == (richtig && modell.konten[person].map { !$0.gesperrt } ?? false))
                    if let client {
                        modell.sitzungen.append(
                            Zustand.Sitzung(client: client, person: person, seit: modell.jetzt, zuletzt: modell.jetzt))
                    }
                case 13:
                    guard let konto = modell.konten[person], !konto.gesperrt else { continue }
                    protokoll.append("\(person) meldet sich mit zweitem Faktor an")
                    let client = try await anyone.als(email: Self.email(person)) { _ in [] }
                    modell.sitzungen.append(
                        Zustand.Sitzung(
                            client: client, person: person, seit: modell.jetzt, zuletzt: modell.jetzt, faktor: true))
                case 3:
                    guard let index = modell.sitzungen.indices.randomElement(using: &zufall) else { continue }
                    let sitzung = modell.sitzungen[index]
                    protokoll.append("\(sitzung.person) meldet sich ab")
                    let lebt = modell.lebt(sitzung)
                    let answer = try await sitzung.client.post("/abmelden")
                    #expect(answer.status == (lebt ? .seeOther : .unauthorized))
                    modell.sitzungen[index] = Zustand.Sitzung(
                        client: sitzung.client, person: sitzung.person, seit: lebt ? .init(rawValue: 0) : sitzung.seit,
                        zuletzt: sitzung.zuletzt)
                case 4, 5:
                    let sekunden =
                        [60, 1_800, 7_000, 7_300, 43_199, 43_201, 90_000].randomElement(using: &zufall) ?? 60
                    protokoll.append("\(sekunden) s vergehen")
                    uhr.vor(sekunden)
                    modell.jetzt = uhr.jetzt
                case 6, 7, 8:
                    guard modell.konten[person] != nil, let key = try await id(person) else { continue }
                    let wo = rolle.giltUeberall ? "" : orte[ort]
                    protokoll.append("\(person) bekommt \(rolle.rawValue) an \(ort)")
                    try await database.write { db in
                        try AmtStore.gib(
                            .init(rolle, an: wo.isEmpty ? nil : wo), an: key, durch: betreiber(), in: db)
                    }
                    modell.konten[person]?.aemter.insert([rolle.rawValue, wo])
                case 9:
                    guard
                        let amt = modell.konten[person]?.aemter.filter({ $0[0] != "administration" }).sorted(by: {
                            $0.description < $1.description
                        })
                        .randomElement(using: &zufall), let key = try await id(person),
                        let gone = Rolle(rawValue: amt[0])
                    else { continue }
                    protokoll.append("\(person) verliert \(amt)")
                    try await database.write { db in
                        try AmtStore.nimm(
                            gone, organisation: amt[1].isEmpty ? nil : amt[1], von: key, durch: betreiber(), in: db)
                    }
                    modell.konten[person]?.aemter.remove(amt)
                case 10, 11:
                    let an = (ort + 1 + Int.random(in: 0..<2, using: &zufall)) % orte.count
                    let bis =
                        Bool.random(using: &zufall)
                        ? modell.jetzt.tag.plus(tage: Int.random(in: 0...1, using: &zufall)) : nil
                    let delegation = Zustand.Delegation(von: ort, an: an, rolle: rolle, bis: bis)
                    guard rolle.istDelegierbar,
                        !modell.delegationen.contains(where: { $0.von == ort && $0.an == an && $0.rolle == rolle })
                    else { continue }
                    protokoll.append("\(ort) delegiert \(rolle.rawValue) an \(an) bis \(bis?.iso ?? "-")")
                    try await database.write { db in
                        try db.execute(
                            """
                            INSERT INTO delegation (von, an, rolle, gueltig_bis, angelegt_am)
                            VALUES (\(orte[ort]), \(orte[an]), \(rolle), \(bis), \(uhr.jetzt))
                            """)
                    }
                    modell.delegationen.append(delegation)
                case 12:
                    guard let index = modell.delegationen.indices.randomElement(using: &zufall) else { continue }
                    let gone = modell.delegationen.remove(at: index)
                    protokoll.append("\(gone.von) beendet die Delegation von \(gone.rolle.rawValue) an \(gone.an)")
                    try await database.write { db in
                        try db.execute(
                            "DELETE FROM delegation WHERE von = \(orte[gone.von]) AND an = \(orte[gone.an]) AND rolle = \(gone.rolle)"
                        )
                    }
                case 14:
                    guard person != 0, let konto = modell.konten[person], let key = try await id(person) else {
                        continue
                    }
                    if Bool.random(using: &zufall) {
                        protokoll.append("\(person) wird \(konto.gesperrt ? "entsperrt" : "gesperrt")")
                        try await database.write { db in
                            try PersonStore.sperre(
                                key, !konto.gesperrt, organisation: nil, durch: betreiber(), in: db)
                        }
                        modell.konten[person]?.gesperrt.toggle()
                        // What was ended by it stays over when the account is enabled again.
                        modell.beende(alle: person)
                    } else {
                        protokoll.append("\(person) bekommt ein neues Passwort")
                        let wort = "neues-wort-\(schritt)"
                        let kennwort = try Kennwort.neu(wort, .gering)
                        try await database.write { db in
                            try KontoStore.setzeKennwort(kennwort, of: key, durch: betreiber(), in: db)
                        }
                        modell.konten[person]?.kennwort = wort
                        modell.beende(alle: person)
                    }
                default:
                    guard person != 0, modell.konten[person] != nil, let key = try await id(person),
                        Int.random(in: 0..<3, using: &zufall) == 0
                    else { continue }
                    protokoll.append("\(person) wird gelöscht")
                    try await database.write { db in
                        try Datenschutz.ueblich.loesche(key, durch: betreiber(), in: db)
                    }
                    modell.konten[person] = nil
                    modell.beende(alle: person)
                }
                let gut = try await vergleiche(&modell, ars)
                if !gut {
                    Issue.record("Saat \(saat), Schritt \(schritt): \(protokoll.suffix(12).joined(separator: "; "))")
                    return
                }
            }
        }
    }

    /// Asks with every session for every authority what the model knows.
    private func vergleiche(_ modell: inout Zustand.Modell, _ ars: [String]) async throws -> Bool {
        var gut = true
        for index in modell.sitzungen.indices {
            let sitzung = modell.sitzungen[index]
            let lebt = modell.lebt(sitzung)
            // A session that ended once never lives again: two askings show it, more only cost time.
            for ort in ars.indices {
                let answer = try await sitzung.client.get("/umsetzung/\(ars[ort])/neu")
                let soll: HTTPResponse.Status =
                    !lebt ? .seeOther : modell.darfAendern(sitzung, ort) ? .ok : .forbidden
                #expect(answer.status == soll, "\(sitzung.person) an \(ort)")
                gut = gut && answer.status == soll
                if !lebt { break }
            }
            if lebt, modell.jetzt >= sitzung.zuletzt.plus(sekunden: Zustand.Regel.takt) {
                modell.sitzungen[index].zuletzt = modell.jetzt
            }
        }
        let stand = modell
        modell.sitzungen.removeAll { !stand.lebt($0) }
        return gut
    }

    /// Signs in with the form; nil where that is refused.
    private func anmelden(_ anyone: SiteClient, _ email: String, _ passwort: String) async throws -> SiteClient? {
        let vor = "vorvorvorvorvorvorvorvorvor12345"
        let felder = [("email", email), ("passwort", passwort), ("csrf", vor)]
        let body = felder.map { "\($0.0)=\(Adresse("", [("x", $0.1)]).text.dropFirst(3))" }.joined(separator: "&")
        let answer = try await anyone.als(.besuch).send(
            .post, "/anmelden",
            headers: [.contentType: "application/x-www-form-urlencoded", .cookie: "leitstand_vor=\(vor)"],
            body: Array(body.utf8))
        guard answer.status == .seeOther,
            let cookie = answer.headers[values: .setCookie].first(where: { $0.hasPrefix("leitstand_sitzung=") })
        else { return nil }
        let token = String(cookie.dropFirst("leitstand_sitzung=".count).prefix { $0 != ";" })
        // The secret of its forms stands on every page.
        let page = try await anyone.mit(token: token, csrf: nil).get("/impressum")
        let csrf = page.text.firstMatch(of: #/name="csrf" value="([^"]+)"/#).map { String($0.1) }
        return anyone.mit(token: token, csrf: csrf)
    }

    @Test(arguments: TestBackend.available.filter { $0 != .sqliteFile })
    func `after every step of a random history each session can do what the model says`(
        on backend: TestBackend
    ) async throws {
        let saat = UInt64.random(in: .min ... .max)
        for number in 0..<(3 as UInt64) { try await geschichte(saat &+ number, schritte: 60, on: backend) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `histories of before hold`(saat: UInt64) async throws {
        try await geschichte(saat, schritte: 80, on: .sqliteMemory)
    }
}
