import App
import Jobs
import Kernel
import Konten
import Storage
import TestKit
import Testing

@testable import Post

/// What comes back is believed only where it fits a letter of ours, and whatever it is, it breaks nothing.
@Suite struct RuecklaeuferTests {
    private static let adresse = "kollegin@stadt.example"

    static func bericht(
        _ brief: String, an: String = adresse, status: String = "5.1.1", action: String = "failed",
        enclosed: String = "message/rfc822"
    ) -> String {
        """
        From MAILER-DAEMON@mx.stadt.example
        Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@mx.stadt.example>
        To: leitstand@stadt.example
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
            boundary="A1B2.345/mx.stadt.example"

        This is a MIME-encapsulated message.

        --A1B2.345/mx.stadt.example
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --A1B2.345/mx.stadt.example
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.stadt.example
        Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0000

        Final-Recipient: rfc822; \(an)
        Original-Recipient: rfc822;\(an)
        Action: \(action)
        Status: \(status)
        Diagnostic-Code: smtp; 550 5.1.1 <\(an)>: Recipient address rejected:
            User unknown in virtual mailbox table

        --A1B2.345/mx.stadt.example
        Content-Description: Undelivered Message
        Content-Type: \(enclosed)

        From: leitstand@stadt.example
        To: \(an)
        Subject: Ihre Einladung zu Leitstand
        Message-ID:
            <brief-\(brief)@stadt.example>
        Auto-Submitted: auto-generated

        Guten Tag

        --A1B2.345/mx.stadt.example--


        """
    }

    @Test(arguments: ["message/rfc822", "text/rfc822-headers"])
    func `a report names the letter, the recipient and the status`(_ enclosed: String) throws {
        let id = Kennung.neu()
        for ends in ["\n", "\r\n"] {
            let text = Self.bericht(id, enclosed: enclosed).replacing("\n", with: ends)
            let (found, mails, others) = Ruecklaeufer.lies(Array(text.utf8))
            #expect(mails == 1 && others == 0)
            let one = try #require(found.first)
            #expect(one.brief.rawValue == id && one.empfaenger.text == Self.adresse)
            #expect(one.status.description == "5.1.1" && one.status.nenntAdresse)
        }
    }

    @Test(arguments: [
        ("5.1.1", true), ("5.1.10", true), ("5.2.1", true), ("5.2.2", false), ("5.7.1", false), ("5.1.8", false),
        ("4.1.1", false), ("2.1.5", false),
    ])
    func `only a status about the mailbox itself condemns it`(_ text: String, _ expected: Bool) throws {
        #expect(try #require(Zustellstatus(text)).nenntAdresse == expected)
        #expect(Zustellstatus.nenntAdresse("550 \(text) weg") == expected)
        #expect(!Zustellstatus.nenntAdresse("550 weg"))
    }

    private static func welt(_ backend: TestBackend) async throws -> (any Database, Job.ID, Person.ID) {
        let database = try await Welt.leer(backend)
        let person = Person.ID(rawValue: Kennung.neu())
        let id = try await database.write { db in
            try db.execute(
                "INSERT INTO person (id, email, kennwort, angelegt_am) VALUES (\(person), \(adresse), '-', \(Welt.jetzt))"
            )
            let art = try #require(Leitstand.briefarten.first)
            let id = try #require(try BriefStore.stelle(art, Briefauftrag(an: person), am: Welt.jetzt, in: db))
            try BriefStore.beginne(id, an: Postadresse(adresse), in: db)
            return id
        }
        return (database, id, person)
    }

    private static func markierung(_ database: any Database) async throws -> String? {
        try await database.read { db in try db.value("SELECT markierung FROM person") }
    }

    @Test(arguments: TestBackend.available)
    func `a report marks the address, late ones and made up ones do not`(on backend: TestBackend) async throws {
        let (database, id, _) = try await Self.welt(backend)
        func nimm(_ text: String) async throws -> Ruecklauf.Ergebnis {
            try await Ruecklauf.nimm(
                Array(text.utf8), adressbuch: Kontenadressbuch(), am: Welt.jetzt, in: database)
        }
        let fremd = try await nimm(
            Self.bericht(Kennung.neu()) + Self.bericht(id.rawValue, an: "andere@stadt.example") + "From x\n\nHallo\n")
        #expect(fremd == .init(mails: 3, markiert: 0, vermerkt: 0, andere: 3))
        let late = try await nimm(
            Self.bericht(id.rawValue, status: "4.4.1", action: "delayed") + Self.bericht(id.rawValue, status: "5.7.1"))
        #expect(late == .init(mails: 2, markiert: 0, vermerkt: 2, andere: 0))
        let contradiction = try await nimm(Self.bericht(id.rawValue, action: "delivered"))
        #expect(contradiction.andere == 1)
        for action in ["delivered", "relayed"] {
            #expect(try await nimm(Self.bericht(id.rawValue, status: "2.0.0", action: action)).andere == 1)
        }
        func vermerk() async throws -> Briefvermerk? {
            try await database.read { db in try BriefStore.brief(id, in: db) }
        }
        #expect(try await vermerk()?.ruecklauf == "5.7.1")
        _ = try await nimm(Self.bericht(id.rawValue, status: "4.4.1", action: "delayed"))
        #expect(try await vermerk()?.grund == "Der Mailserver meldet eine Verzögerung (Status 4.4.1).")
        #expect(try await Self.markierung(database) == nil)
        #expect(try await nimm(Self.bericht(id.rawValue)).markiert == 1)
        #expect(try await Self.markierung(database) == "Zurückgekommen mit dem Status 5.1.1.")
        let brief = try await database.read { db in try BriefStore.brief(id, in: db) }
        #expect(brief?.ruecklauf == "5.1.1")
        // Somebody who changed the address is not concerned by what came back from the old one.
        try await database.write { db in
            try db.execute("UPDATE person SET email = 'neu@stadt.example', markiert_am = NULL, markierung = NULL")
        }
        #expect(try await nimm(Self.bericht(id.rawValue)) == .init(mails: 1, markiert: 0, vermerkt: 1, andere: 0))
    }

    @Test func `of a mail with very many lines the rest is left out, and the next one is read`() {
        let id = Kennung.neu()
        let text = "From x\n\n" + String(repeating: "x\n", count: 30_000) + "\n" + Self.bericht(id)
        let (found, mails, others) = Ruecklaeufer.lies(Array(text.utf8))
        #expect(mails == 2 && others == 1 && found.map(\.brief.rawValue) == [id])
        let long = "Subject: x\n\n" + String(repeating: "x\n", count: 30_000) + Self.bericht(id)
        #expect(Ruecklaeufer.lies(Array(long.utf8)).ruecklaeufer.isEmpty)
    }

    @Test func `no mail, however broken, is more than nothing`() {
        let good = Array(Self.bericht(Kennung.neu()).utf8)
        var zufall = Zufall(20_261_122)
        for _ in 0..<3_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...8, using: &zufall) {
                let at = Int.random(in: 0..<bytes.count, using: &zufall)
                switch Int.random(in: 0...4, using: &zufall) {
                case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &zufall)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: [13, 10, 13, 10], at: at)
                case 3: bytes.removeSubrange(at..<min(bytes.count, at + 200))
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 300)], at: at)
                }
                if bytes.isEmpty { bytes = good }
            }
            _ = Ruecklaeufer.lies(bytes)
        }
        for odd in [
            [], [10], Array(repeating: 10, count: 100_000), Array("From \n".utf8), Array("From x".utf8),
            Array("Content-Type: multipart/report; boundary=\"\"\n\n--\n".utf8),
            Array("Content-Type: multipart/report; boundary=a\n\n--a\n--a\n--a--".utf8),
            Array(repeating: UInt8(ascii: ":"), count: 3 << 20),
            Array(String(repeating: "From x\n\n", count: 20_000).utf8),
        ] as [[UInt8]] { #expect(Ruecklaeufer.lies(odd).ruecklaeufer.isEmpty) }
    }
}
