import TestKit
import Testing

@testable import Formats

@Suite struct MarkdownTests {
    @Test func `headings, paragraphs, lists, emphasis and links become HTML`() {
        let text = Markdown(
            """
            # Impressum

            ## Anbieter

            Stadt **Musterstadt**, *Rathaus*
            erste Zeile\\
            zweite Zeile

            - eins
            - zwei

            3. drei

            [Seite](/datenschutz) <post@stadt.example> [0251 1](tel:+492511)
            """, klassen: [2: "gross"])
        #expect(text.titel == "Impressum")
        #expect(
            text.html == """
                <h2 class="gross">Anbieter</h2>
                <p>Stadt <strong>Musterstadt</strong>, <em>Rathaus</em>
                erste Zeile<br>
                zweite Zeile</p>
                <ul>
                <li>eins</li>
                <li>zwei</li>
                </ul>
                <ol start="3">
                <li>drei</li>
                </ol>
                <p><a href="/datenschutz">Seite</a> <a href="mailto:post@stadt.example">post@stadt.example</a> \
                <a href="tel:+492511">0251 1</a></p>

                """)
        #expect(text.verworfen.isEmpty && text.luecken.isEmpty)
    }

    @Test func `HTML is shown as text, and comments are notes that nobody sees`() {
        let text = Markdown(
            "<script>alert(1)</script>\n\nEin <b onclick='x'>Wort</b> & <!-- Notiz --> mehr\n\n<!-- Notiz -->\n")
        #expect(text.html.contains("<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p>"))
        #expect(text.html.contains("Ein &lt;b onclick=&#39;x&#39;&gt;Wort&lt;/b&gt; &amp;  mehr"))
        #expect(!text.html.contains("Notiz"))
        let trick = Markdown("<!-- a --><img src=x onerror=alert(1)><!-- b -->\n")
        #expect(!trick.html.contains("<img"))
    }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
        "//fremd.example", "/\\\\fremd.example", "&#106;avascript:x", "javascript&colon;x", "https://", "unterseite",
        "\\\\x",
        "<java script:x>", "blob:x",
    ])
    func `a link to anything but the web, mail, telephone and our own pages is refused`(target: String) {
        let text = Markdown("[Klick](\(target))")
        #expect(!text.html.contains("href"), "\(text.html)")
        #expect(text.html.contains("Klick"))
        #expect(text.verworfen.count == 1)
    }

    @Test func `a picture is its description, and a link without words shows its target`() {
        #expect(Markdown("![Wappen](https://fremd.example/w.png)").html == "<p>Wappen</p>\n")
        #expect(
            Markdown("[](https://stadt.example)").html
                == "<p><a href=\"https://stadt.example\">https://stadt.example</a></p>\n")
        #expect(
            Markdown("[x](https://stadt.example/\"onclick=\"y)").html.contains("&quot;onclick=&quot;")
                || !Markdown("[x](https://stadt.example/\"onclick=\"y)").html.contains("href"))
    }

    @Test func `a link that reads like its target is marked, so that paper need not name it twice`() {
        let html = Markdown("<a@stadt.example> <https://stadt.example> [hier](https://stadt.example)", adresse: "x")
            .html
        #expect(html.matches(of: #/class="x"/#).count == 2)
        #expect(html.contains("<a href=\"https://stadt.example\">hier</a>"))
    }

    @Test func `a gap is marked and named`() {
        let text = Markdown("Telefon [[Nummer <1>]] und [[Amt]], aber nicht [eins]")
        #expect(text.luecken == ["Nummer <1>", "Amt"])
        #expect(text.html.contains("<mark>[Nummer &lt;1&gt;]</mark> und <mark>[Amt]</mark>, aber nicht [eins]"))
    }

    @Test func `headings go down one step at a time below the page's own`() {
        let text = Markdown("#### tief\n\n# hoch\n\n### zwei tiefer")
        #expect(text.titel == nil)
        #expect(text.html == "<h2>tief</h2>\n<h2>hoch</h2>\n<h3>zwei tiefer</h3>\n")
    }

    @Test func `whatever somebody writes, no tag of theirs comes through`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var zufall = Zufall(seed)
        let pieces = [
            "<", ">", "\"", "'", "&", "<script>", "</p>", "[", "](", ")", "javascript:", "<!--", "-->", "*", "_", "`",
            "\n",
            "\n\n", "# ", "- ", "> ", "    ", "![", "\\", "a", "ä", "&#60;", "&lt;", "<a href=x>", "\0", "[[", "]]",
            "1. ",
        ]
        let known = [
            "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "hr",
            "br",
            "a", "mark",
        ]
        for _ in 0..<2_000 {
            let text = zufall.text(of: pieces, length: 25)
            let html = Markdown(text).html
            for match in html.matches(of: #/<\/?([a-z0-9]+)([^>]*)>/#) {
                let attribute = String(match.2)
                let isPlain = attribute.isEmpty || attribute.hasPrefix(" start=\"") || attribute.hasPrefix(" href=\"")
                #expect(known.contains(String(match.1)) && isPlain, "Saat \(seed): \(text)")
            }
            let rest = html.replacing(#/<\/?[a-z0-9]+(?: (?:href|start)="[^"<>]*")?>/#, with: "")
            #expect(!rest.contains("<") && !rest.contains("\""), "Saat \(seed): \(text)")
        }
    }
}
