import Kernel
import Testing

@testable import Post

@Suite struct BriefTests {
    private static let am = Instant(rawValue: 1_795_338_000_000)

    private func brief(_ betreff: String, name: String? = nil, text: String = "Guten Tag") throws -> String {
        let brief = try Brief(
            an: Postadresse("kollegin@stadt.example"), name: name, betreff: betreff, text: text, html: "<p>\(text)</p>",
            kennung: "einladung-1", am: Self.am)
        return brief.nachricht(von: try Absender("Leitstand <leitstand@stadt.example>"))
    }

    @Test(arguments: [
        "Betreff\r\nBcc: alle@stadt.example", "Betreff\nX: y", "Betreff\r", "a\u{0}b", "a\u{85}b", "a\u{2028}b",
        "a\u{7f}b",
    ])
    func `a subject or a name that could begin a line of its own is refused`(_ text: String) throws {
        #expect(throws: Refusal.self) { try brief(text) }
        #expect(throws: Refusal.self) { try brief("Gut", name: text) }
    }

    @Test func `letters about the same thing name the same root, and the digest says where it is turned off`() throws {
        func kopf(_ kennung: String) throws -> String {
            try Brief(
                an: Postadresse("kollegin@stadt.example"), betreff: "Gut", text: "a", html: "b", kennung: kennung,
                am: Self.am, faden: "eintrag-01m0000000000000", abmelden: "https://stadt.example/konto/mitteilungen"
            ).nachricht(von: try Absender("leitstand@stadt.example"))
        }
        for kennung in ["brief-1000000000000000", "brief-2000000000000000"] {
            let text = try kopf(kennung)
            #expect(text.contains("Message-ID: <\(kennung)@stadt.example>\r\n"))
            #expect(text.contains("References: <eintrag-01m0000000000000@stadt.example>\r\n"))
            #expect(text.contains("In-Reply-To: <eintrag-01m0000000000000@stadt.example>\r\n"))
            #expect(text.contains("List-Unsubscribe: <https://stadt.example/konto/mitteilungen>\r\n"))
        }
        for wrong in ["https://a>\r\nBcc: b", "a b", "a,b", "ä"] {
            #expect(throws: Refusal.self) {
                try Brief(
                    an: Postadresse("kollegin@stadt.example"), betreff: "Gut", text: "a", html: "b",
                    kennung: "brief-100", am: Self.am, abmelden: wrong)
            }
        }
    }

    @Test(arguments: [
        "", "a", "a@", "@b.de", "a@b", "a@b.de\r\nBcc: c@d.de", "a b@c.de", "a@b..de", "a@-b.de", ".a@b.de",
        "a..b@c.de",
        "<a@b.de>", "a@b.de,c@d.de", "a@b@c.de", "\"a\"@b.de", "ä@b.de", "a@bücher.de", "a@[127.0.0.1]", "a\u{0}@b.de",
    ])
    func `what is no plain address is refused`(_ text: String) {
        #expect(throws: Refusal.self) { try Postadresse(text) }
    }

    @Test(arguments: [
        "a@b.de", " Vorname.Nachname+ozg@Stadt-Dülmen.de".replacing("ü", with: "ue"), "o'neil@xn--bcher-kva.de",
    ])
    func `a plain address is kept in small letters`(_ text: String) throws {
        #expect(try Postadresse(text).text == text.trimmed.lowercased())
    }

    @Test func `every line is ASCII, ends in CRLF and is short enough`() throws {
        let long = String(repeating: "Straße ä = . ", count: 60)
        let text = try brief(
            "Prüfung: \(long)".prefix(300).description, name: "Jörg Müller", text: ".\nzwei\n\(long)\n")
        #expect(text.utf8.allSatisfy { $0 < 128 && ($0 >= 32 || $0 == 13 || $0 == 10) })
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { !$0.contains("\n") && !$0.contains("\r") && $0.utf8.count <= 78 })
        for needed in [
            "Auto-Submitted: auto-generated", "Message-ID: <einladung-1@stadt.example>", "MIME-Version: 1.0",
        ] {
            #expect(lines.contains(Substring(needed)), "\(needed)")
        }
        #expect(text.contains("Date: Sun, 22 Nov 2026 0"))
        #expect(lines.filter { $0.hasPrefix("Subject:") || $0.hasPrefix("To:") }.count == 2)
    }

    @Test func `the same letter keeps its Message-ID, another one has another`() throws {
        #expect(try brief("Eins") == brief("Eins"))
    }

    @Test(arguments: [
        "http://a:b@c.de", "smtp://", "smtp://a@b.de:25", "smtp://a:b@c.de:0", "smtp://a:b@c.de:x",
        "smtp://a:b%0d@c.de",
        "smtp://a:b@c.de?tls=nein", "smtp://a:b@c.de?x=y", "smtp://a:b@c d.de", "",
    ])
    func `a faulty address of a mail server is refused without repeating it`(_ text: String) {
        #expect { try Postzugang(text) } throws: { error in
            // The hint itself begins like that.
            ["", "smtp://"].contains(text) || !"\(error)".contains(text)
        }
    }

    @Test func `account and password of a mail server may hold every sign`() throws {
        let zugang = try Postzugang("smtps://a%40b:p%3A%2F%C3%A4@mail.stadt.example")
        #expect(zugang.benutzer == "a@b" && zugang.passwort == "p:/ä" && zugang.port == 465)
        #expect(try Postzugang("smtp://mail.stadt.example").port == 587)
        #expect(try Postzugang("smtp://localhost:25?tls=nein").verschluesselung == .keine)
    }

    @Test func `a server that is away is named in a sentence without the recipient`() async throws {
        let ausgang = SMTPPostausgang(
            try Postzugang("smtp://benutzer:geheim@127.0.0.1:1"), absender: try Absender("a@b.de"))
        let brief = try Brief(
            an: Postadresse("kollegin@stadt.example"), betreff: "x", text: "x", html: "x", kennung: "probe-01",
            am: Self.am)
        let fault = await #expect(throws: Postfehler.self) { try await ausgang.sende(brief) }
        #expect(fault?.art == .nichtErreichbar && fault?.istDauerhaft == false)
        #expect(fault?.satz.contains("127.0.0.1:1") == true && fault?.satz.contains("kollegin") == false)
        #expect(fault?.satz.contains("geheim") == false)
    }
}
