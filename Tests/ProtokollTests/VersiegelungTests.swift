import Kernel
import Storage
import TestKit
import Testing

/// Sealing goes on by itself, whoever does it and however often.
@Suite(.timeLimit(.minutes(15))) struct VersiegelungTests {
    @Test(arguments: TestBackend.available)
    func `several sealers and writers at once make one chain each`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let zweite = try await Datenbankort(database)?.oeffne() ?? database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    for round in 0..<15 {
                        let lines = (0..<7).map { index in
                            Verlauf(
                                .uebernahme, organisation: index % 3 == 0 ? nil : "org-\(index % 3)",
                                nach: "\(writer) \(round)")
                        }
                        try await (writer == 0 ? zweite : database).write { db in
                            try VerlaufStore.append(lines, durch: .betrieb(.jetzt()), in: db)
                        }
                    }
                }
            }
            for server in [database, zweite] {
                group.addTask { for _ in 0..<25 { try await Versiegelung.nachfuehren(server) } }
            }
            try await group.waitForAll()
        }
        try await Versiegelung.nachfuehren(zweite)
        let befund = try await database.befund(jetzt: .jetzt())
        #expect(befund.stimmt, "\(befund.fehler)")
        #expect(befund.versiegelt == 315 && befund.ketten == 3 && befund.wartend == 0)
        #expect(try await database.zahl("SELECT count(*) FROM verlauf_offen") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `lines of many rounds and after a restart go on in the same chains, and late is no fault`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        var verlauf = Zufallsverlauf(3)
        for round in 0..<5 {
            try await verlauf.schreibe(30, ab: Welt.jetzt.plus(sekunden: -round * 100_000), in: database)
            #expect(try await Versiegelung.nachfuehren(database) { Welt.jetzt } == 30)
            #expect(try await Versiegelung.nachfuehren(database) { Welt.jetzt } == 0)
        }
        if let ort = try await Datenbankort(database) {
            let neu = try ort.oeffne()
            try await verlauf.schreibe(10, ab: Welt.jetzt, in: neu)
            #expect(try await Versiegelung.nachfuehren(neu) { Welt.jetzt } == 10)
            await neu.close()
        }
        let befund = try await database.befund(jetzt: Welt.jetzt)
        #expect(befund.stimmt && befund.ketten == 4 && befund.verspaetet > 0)
        let numbers = try await database.zahl("SELECT sum(nummer) FROM verlauf_kette")
        #expect(numbers == befund.versiegelt)
    }

    @Test(arguments: TestBackend.available)
    func `an unsealed line is told only when it has waited for long`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        var verlauf = Zufallsverlauf(1)
        try await verlauf.schreibe(1, ab: Welt.jetzt, in: database)
        let bald = try await database.befund(jetzt: Welt.jetzt.plus(sekunden: 60))
        #expect(bald.stimmt && bald.wartend == 1)
        let spaet = try await database.befund(jetzt: Welt.jetzt.plus(sekunden: Verlaufspruefung.wartezeit + 1))
        #expect(spaet.fehler.map(\.art) == [.unversiegelt])
    }

    @Test(arguments: TestBackend.available)
    func `a large import is sealed in batches`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let count = 12_345
        try await database.write { db in
            try VerlaufStore.append(
                (0..<count).map {
                    Verlauf(.eintragAngelegt, organisation: "org-\($0 % 50)", eintrag: "e-\($0)", nach: "offen")
                },
                durch: .betrieb(Welt.jetzt), in: db)
        }
        let clock = ContinuousClock.now
        #expect(try await Versiegelung.nachfuehren(database) { Welt.jetzt } == count)
        let sealed = ContinuousClock.now
        #expect(try await database.befund(jetzt: Welt.jetzt).stimmt)
        print("versiegelt \(count) auf \(backend): \(sealed - clock), geprüft: \(ContinuousClock.now - sealed)")
        #expect(sealed - clock < .seconds(60))
    }

    @Test(arguments: TestBackend.available)
    func `what is given up after its period leaves a chain that can be checked, and nothing else does`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        var verlauf = Zufallsverlauf(5)
        try await verlauf.schreibe(100, ab: Welt.jetzt, in: database)
        try await Versiegelung.nachfuehren(database) { Welt.jetzt }
        let alte = try await database.befund(jetzt: Welt.jetzt).enden
        let grenze = Welt.jetzt.plus(sekunden: 60 * 60)
        for durchgang in 0..<2 {
            let kuerzbar = try await database.read { db in try VerlaufStore.kuerzbar(vor: grenze, in: db) }
            let weg = try await database.write { db in
                try VerlaufStore.kuerze(vor: grenze, durch: .betrieb(Welt.jetzt.plus(sekunden: 7_000)), in: db)
            }
            #expect(weg == kuerzbar && weg == (durchgang == 0 ? 60 : 0))
        }
        #expect(try await database.zahl("SELECT count(*) FROM verlauf WHERE am < \(grenze)") == 0)
        let anker = Dictionary(uniqueKeysWithValues: alte.map { ($0.kette, $0) })
        #expect(try await database.befund(anker: anker, jetzt: grenze).stimmt)
        try await Versiegelung.nachfuehren(database) { Welt.jetzt }
        #expect(try await database.befund(anker: anker, jetzt: grenze).stimmt)
        // The same cut without the line that says so.
        try await database.write { db in
            try db.execute(
                "UPDATE verlauf_kette SET ab = ab + 1, ab_siegel = (SELECT siegel FROM verlauf_siegel s WHERE s.kette = 'org-a' AND s.nummer = ab + 1) WHERE kette = 'org-a'"
            )
            try db.execute(
                "DELETE FROM verlauf WHERE id = (SELECT zeile FROM verlauf_siegel WHERE kette = 'org-a' ORDER BY nummer LIMIT 1)"
            )
            try db.execute(
                "DELETE FROM verlauf_siegel WHERE kette = 'org-a' AND nummer = (SELECT MIN(s.nummer) FROM verlauf_siegel s WHERE s.kette = 'org-a')"
            )
        }
        #expect(try await database.befund(jetzt: grenze).fehler.map(\.art) == [.anfang])
    }

    @Test(arguments: TestBackend.available)
    func `a personal value is told as changed, recognised when it comes back, and meaningless without its salt`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let (a, b, fremd) = try await database.write { db in
            (
                try Verlauf.persoenlich("amt@example.org", von: "kontakt 1", in: db),
                try Verlauf.persoenlich("amt@example.org", von: "kontakt 1", in: db),
                try Verlauf.persoenlich("amt@example.org", in: db)
            )
        }
        #expect(a == b && a != fremd && a.map(Verlauf.istGeschuetzt) == true)
        #expect(a?.contains("amt") == false)
        let (danach, leer) = try await database.write { db in
            try VerlaufStore.vergissSalz(von: "kontakt 1", in: db)
            return (
                try Verlauf.persoenlich("amt@example.org", von: "kontakt 1", in: db),
                try Verlauf.persoenlich(nil, von: "kontakt 1", in: db)
            )
        }
        #expect(danach != a && leer == nil)
    }
}
