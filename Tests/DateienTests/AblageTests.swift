import Crypto
import Dispatch
import Formats
import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Dateien

/// Where content is kept.
@Suite struct AblageTests {
    private static func datei(_ ordner: String, _ bytes: [UInt8]) throws -> (TemporaryFile, String) {
        let file = try TemporaryFile(in: ordner, prefix: Dateieingang.vorsatz)
        try file.append(bytes)
        return (file, SHA256.hash(data: bytes).hex)
    }

    @Test func `content lies in a folder for its owner alone and comes back as it was`() async throws {
        let ordner = try Testordner()
        let ablage = Ordnerablage(ordner: ordner.pfad)
        let (file, sum) = try Self.datei(ordner.pfad, [1, 2, 3])
        let ort = Ablageort.neu(sum)
        try await ablage.lege(file, sha256: sum, an: ort)
        #expect(try await ablage.hole(ort).read(at: 0, count: 9) == [1, 2, 3])
        let path = ordner.pfad + "/" + ort
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        try await ablage.loesche(ort)
        try await ablage.loesche(ort)
        await #expect(throws: Ablagefehler.fehlt) { try await ablage.hole(ort) }
        #expect(dateienIn(ordner.pfad).isEmpty)
    }

    @Test func `no link is followed and no place leads out of the folder`() async throws {
        let ordner = try Testordner()
        let aussen = try Testordner()
        let ablage = Ordnerablage(ordner: ordner.pfad)
        let (file, sum) = try Self.datei(ordner.pfad, [1])
        let ort = Ablageort.neu(sum)
        // Where the folder should be lies a link to another.
        try FileManager.default.createSymbolicLink(
            atPath: ordner.pfad + "/" + ort.prefix(2), withDestinationPath: aussen.pfad)
        await #expect(throws: Ablagefehler.self) { try await ablage.lege(file, sha256: sum, an: ort) }
        #expect(dateienIn(aussen.pfad).isEmpty)
        await #expect(throws: Ablagefehler.self) { try await ablage.hole(ort) }
        // Where the file should be lies a link.
        let other = Ablageort.neu(String(repeating: "b", count: 64))
        let folder = ordner.pfad + "/bb/bb"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: ordner.pfad + "/" + other, withDestinationPath: "/etc/hostname")
        await #expect(throws: Ablagefehler.self) { try await ablage.hole(other) }
        for bad in ["../a", "aa/bb/c", "/etc/passwd", "", "aa/../" + String(repeating: "a", count: 81)] {
            await #expect(throws: Ablagefehler.fehlt) { try await ablage.hole(bad) }
        }
    }

    @Test(arguments: TestBackend.available)
    func `tidying takes what nobody names when it is older than a day, and nothing else`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let ordner = try Testordner()
        let eingang = Dateieingang(database: database, ordner: ordner.pfad)
        let ablage = Ordnerablage(ordner: ordner.pfad)
        var orte: [String] = []
        for (index, days) in [2, 2, 0].enumerated() {
            let (file, sum) = try Self.datei(ordner.pfad, [UInt8(index)])
            let ort = Ablageort.neu(sum)
            try await ablage.lege(file, sha256: sum, an: ort)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -Double(days) * 86_400)],
                ofItemAtPath: ordner.pfad + "/" + ort)
            orte.append(ort)
        }
        let named = orte[0]
        try await database.write { db in
            try db.execute(
                """
                INSERT INTO datei_inhalt (sha256, groesse, ablage, ort, geprueft_am, am)
                VALUES (\(String(repeating: "a", count: 64)), 1, 'ordner', \(named), NULL, 0)
                """)
        }
        for (name, days) in [(".eingang-alt", 2.0), (".eingang-neu", 0)] {
            let path = ordner.pfad + "/" + name
            try Data().write(to: URL(filePath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)], ofItemAtPath: path)
        }
        let result = try await Dateipflege.raeume(eingang, am: .jetzt())
        #expect(result == .init(inhalte: 1, reste: 1))
        #expect(dateienIn(ordner.pfad) == [orte[0], orte[2]].sorted())
        #expect(FileManager.default.fileExists(atPath: ordner.pfad + "/.eingang-neu"))
    }

    @Test func `while a backup reads, nothing is taken away`() async throws {
        let ordner = try Testordner()
        let ablage = Ordnerablage(ordner: ordner.pfad)
        let (file, sum) = try Self.datei(ordner.pfad, [1])
        let ort = Ablageort.neu(sum)
        try await ablage.lege(file, sha256: sum, an: ort)
        let lock = open(ordner.pfad + "/.sperre", O_CREAT | O_RDWR, 0o600)
        #expect(flock(lock, LOCK_SH) == 0)
        #expect(try await !ablage.loesche(ort))
        #expect(dateienIn(ordner.pfad).count == 1)
        close(lock)
        #expect(try await ablage.loesche(ort))
        #expect(dateienIn(ordner.pfad).isEmpty)
        #expect(try await !ablage.loesche(ort))
    }

    @Test func `removals at the same time do not take each other for a backup`() async throws {
        let ordner = try Testordner()
        let ablage = Ordnerablage(ordner: ordner.pfad)
        var orte: [String] = []
        for byte in UInt8(0)..<40 {
            let (file, sum) = try Self.datei(ordner.pfad, [byte])
            orte.append(Ablageort.neu(sum))
            try await ablage.lege(file, sha256: sum, an: orte[orte.count - 1])
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for ort in orte { group.addTask { try await ablage.loesche(ort) } }
            for try await isGone in group { #expect(isGone) }
        }
        #expect(dateienIn(ordner.pfad).isEmpty)
    }

    @Test func `a lock that cannot be taken is a fault and no backup`() async throws {
        let ordner = try Testordner()
        let ablage = Ordnerablage(ordner: ordner.pfad)
        let (file, sum) = try Self.datei(ordner.pfad, [1])
        let ort = Ablageort.neu(sum)
        try await ablage.lege(file, sha256: sum, an: ort)
        try FileManager.default.createSymbolicLink(
            atPath: ordner.pfad + "/.sperre", withDestinationPath: ordner.pfad + "/anders")
        await #expect(throws: Ablagefehler.self) { try await ablage.loesche(ort) }
        #expect(dateienIn(ordner.pfad) == [ort])
    }

    @Test func `a scanner that hangs keeps nobody from a file`() async throws {
        let ordner = try Testordner()
        let ablage = Ordnerablage(ordner: ordner.pfad)
        let (file, sum) = try Self.datei(ordner.pfad, [1])
        let ort = Ablageort.neu(sum)
        try await ablage.lege(file, sha256: sum, an: ort)
        let hanging = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { try await Nebenfaden.scanner.tue { hanging.wait() } } }
            for _ in 0..<20 { #expect(try await ablage.hole(ort).byteCount == 1) }
            for _ in 0..<100 { hanging.signal() }
            try await group.waitForAll()
        }
    }

    @Test func `only so many copies lie there at a time, and each place comes back`() {
        let plaetze = Kopieplaetze(2)
        let first = plaetze.nimm()
        var second: Kopie? = plaetze.nimm().map { Kopie(Byteliste([1]), $0) }
        #expect(first != nil && second?.byteCount == 1 && plaetze.nimm() == nil)
        second = nil
        #expect(plaetze.nimm() != nil && first != nil)
    }

    @Test func `a bucket that is shared loses nothing`() async throws {
        let ordner = try Testordner()
        let zugang = try S3Zugang("http://a:b@127.0.0.1:9/bucket?region=x&loeschen=nein")
        let ablage = S3Ablage(zugang, zwischen: ordner.pfad)
        #expect(try await !ablage.loesche(Ablageort.neu(String(repeating: "a", count: 64))))
        #expect(try await ablage.orte(vor: .jetzt()).isEmpty)
        #expect(try S3Zugang("http://a:b@127.0.0.1:9/bucket").loeschen)
        #expect(throws: Refusal.self) { try S3Zugang("http://a:b@127.0.0.1:9/bucket?loeschen=vielleicht") }
    }

    @Test func `a request is signed as the documentation of the signature shows it`() {
        // The published example of a GET with a range.
        let empty = SHA256.hash(data: [UInt8]()).hex
        let proof = SigV4(
            schluessel: "AKIAIOSFODNN7EXAMPLE", geheimnis: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            region: "us-east-1"
        ).beleg(
            "GET", pfad: "/test.txt", abfrage: "",
            kopf: [
                ("x-amz-date", "20130524T000000Z"), ("Range", "bytes=0-9"), ("x-amz-content-sha256", empty),
                ("Host", "examplebucket.s3.amazonaws.com"),
            ], inhalt: empty, zeit: "20130524T000000Z")
        #expect(proof.hasSuffix("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
        #expect(SigV4.zeit(Instant(rawValue: 1_369_353_600_000)) == "20130524T000000Z")
    }

    @Test func `the address of a bucket is read strictly, and a wrong one never repeats its secret`() throws {
        let good = try S3Zugang("https://KEY:geh%2Feim@s3.stadt.example:9000/leitstand?region=eu-central-1")
        #expect(good.bucket == "leitstand" && good.geheimnis == "geh/eim" && good.region == "eu-central-1")
        #expect(good.host == "s3.stadt.example:9000")
        #expect(try S3Zugang("http://a:b@127.0.0.1:5000/bucket").host == "127.0.0.1:5000")
        #expect(try S3Zugang("http://a:b@10.0.0.1/bucket?unverschluesselt=ja").host == "10.0.0.1")
        for bad in [
            "", "https://s3.example/bucket", "https://a@s3.example/bucket", "https://KEY:geheim@s3.example/",
            "https://KEY:geheim@s3.example/a/b", "http://KEY:geheim@s3.example/bucket", "ftp://KEY:geheim@x/bucket",
            "https://KEY:geheim@s3.example/BUCKET", "https://KEY:geheim@s3.example/bucket?regio=x",
            "https://KEY:ge heim@s3.example/bucket", "https://KEY:geheim@/bucket",
        ] {
            let error = #expect(throws: Refusal.self, "\(bad)") { try S3Zugang(bad) }
            #expect(error?.message.contains("geheim") == false)
        }
    }
}
