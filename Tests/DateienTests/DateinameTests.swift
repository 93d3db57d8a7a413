import Testing

@testable import Dateien

/// Names that no program and no person misreads.
@Suite struct DateinameTests {
    @Test(arguments: [
        ("brief.pdf", "brief.pdf"), ("C:\\Ordner\\brief.pdf", "brief.pdf"), ("../../etc/passwd.txt", "passwd.txt"),
        ("/a/b/c.txt", "c.txt"), ("...versteckt.txt", "versteckt.txt"), ("a\u{0}b\u{7}.txt", "ab.txt"),
        ("rechnung\u{202E}fdp.exe", "rechnungfdp.exe"), ("a\u{200B}\u{FEFF}.txt", "a.txt"), ("CON.txt", "_CON.txt"),
        ("lpt1", "_lpt1"), ("nul .txt", "_nul .txt"), ("a<b>|\"?*:.txt", "a_b______.txt"), ("  a.txt. . ", "a.txt"),
        ("gru\u{308}n.pdf", "grün.pdf"), ("a\u{2028}b.txt", "ab.txt"),
        ("Müller & Söhne; Plan.pdf", "Müller & Söhne; Plan.pdf"),
    ])
    func `a name is cleaned`(typed: String, clean: String) { #expect(Dateiname(typed)?.text == clean) }

    @Test(arguments: ["", ".", "..", "///", "\u{202E}", " . ", "\u{0}"])
    func `a name of which nothing is left is refused`(typed: String) { #expect(Dateiname(typed) == nil) }

    @Test func `a long name is cut and keeps its ending`() throws {
        let name = try #require(Dateiname(String(repeating: "ä", count: 300) + ".docx"))
        #expect(name.text.utf8.count <= 200 && name.text.hasSuffix("ä.docx"))
        let odd = try #require(Dateiname("a." + String(repeating: "x", count: 300)))
        #expect(odd.text.utf8.count <= 200)
    }

    @Test func `the head of a download names the file twice and lets nothing out of the quotes`() throws {
        let name = try #require(Dateiname("Grün \\ \"A\"; b%.pdf"))
        #expect(name.text == "_A_; b%.pdf")
        let umlaut = try #require(Dateiname("Übersicht ‚neu‘.pdf"))
        #expect(
            umlaut.anhang
                == "attachment; filename=\"Ubersicht _neu_.pdf\"; filename*=UTF-8''%C3%9Cbersicht%20%E2%80%9Aneu%E2%80%98.pdf"
        )
        #expect(name.anhang == "attachment; filename=\"_A__ b_.pdf\"; filename*=UTF-8''_A_%3B%20b%25.pdf")
    }
}
