import Formats
import Kernel
import TestKit
import Testing

@testable import Web

@Suite struct WerteTests {
    @Test(arguments: ["a=%ff", "a=%", "a=%2", "a=%zz", "%80=1", "a=%00", "a=1&b=%c3", "a=%ed%a0%80"])
    func `values that are no UTF-8 are refused, never guessed at`(_ query: String) {
        #expect(throws: Refusal.self) { try Abfrage(kodiert: query) }
    }

    @Test func `values are decoded, trimmed and kept as typed`() throws {
        let abfrage = try Abfrage(kodiert: "q=+a%20b+&leer=+&x=1&x=2&x=&%C3%A4=%2B&ohne&=wert&&c=a=b")
        #expect(abfrage["q"] == "a b")
        #expect(abfrage.roh("q") == " a b ")
        #expect(abfrage["leer"] == nil)
        #expect(abfrage["fehlt"] == nil)
        #expect(abfrage["x"] == "1")
        #expect(abfrage["ä"] == "+")
        #expect(abfrage["ohne"] == nil)
        #expect(abfrage["c"] == "a=b")
    }

    @Test func `an address survives its own encoding`() throws {
        let values = ["ä ö&=+%", "\"<>'", "a/b?c#d", "😀", "1"]
        let address = Adresse(
            "/x",
            values.enumerated().map { (name: "n\($0.offset)", wert: $0.element) } + [("leer", ""), ("nichts", nil)])
        let read = try Abfrage(kodiert: address.text.dropFirst(3))
        for (number, value) in values.enumerated() { #expect(read["n\(number)"] == value) }
        #expect(!address.text.contains("leer"))
        #expect(address.mit("n0", nil).mit("n1", "neu").werte.map(\.name) == ["n2", "n3", "n4", "n1"])
        #expect(Adresse("/x").text == "/x")
    }

    @Test(arguments: [
        ("https://beispiel.invalid", true), ("http://beispiel.invalid/", true), ("HTTPS://BEISPIEL.invalid", true),
        ("https://a:8443/x?y=1#z", true),
        ("https://bürger.example/ü", true), ("https://127.0.0.1/", true), ("", false), ("https://", false),
        ("https:///x", false),
        ("https://:80/", false), ("https://a:b/", false), ("https://a:0/", false), ("https://a:70000/", false),
        ("https://a:1:2/", false),
        ("https://a:/", false), ("javascript:alert(1)", false), ("JAVASCRIPT:alert(1)", false),
        (" https://a.de", false), ("https://a b.de", false),
        ("data:text/html,x", false), ("ftp://a.de", false), ("//a.de", false), ("a.de", false), ("https:a.de", false),
        ("https:/a.de", false),
        ("https://user@a.de", false), ("https://user:wort@a.de", false), ("https://a..de", false),
        ("https://.de", false), ("https://-/", false),
        ("https://a.de/\"onclick", false), ("https://a.de/<b>", false), ("https://a.de\\b", false),
        ("https://a.de/\n", false),
        ("https://a.de/" + String(repeating: "x", count: 2_000), false),
    ])
    func `an address of the web is http or https with a host`(_ text: String, _ valid: Bool) {
        #expect(Webadresse.istGueltig(text) == valid, "\(text)")
    }

    @Test func `pages are counted from 1 and end with the list`() throws {
        func blaettern(_ page: Int, _ gesamt: Int) throws -> Blaettern {
            try Blaettern(Seite(nummer: page, groesse: 50), gesamt: gesamt, adresse: Adresse("/x", [("q", "ä")]))
        }
        #expect(try blaettern(1, 0).letzte == 0)
        #expect(try blaettern(1, 50).letzte == 1)
        #expect(try blaettern(2, 51).letzte == 2)
        for (page, gesamt) in [(2, 0), (2, 50), (3, 51), (1_000_000, 10)] {
            #expect(throws: Refusal.self) { try blaettern(page, gesamt) }
        }
        let middle = try blaettern(5, 1_000)
        #expect(middle.child(named: "vorher") as? String == "/x?q=%C3%A4&seite=4")
        #expect(middle.child(named: "naechste") as? String == "/x?q=%C3%A4&seite=6")
        let numbers = (middle.child(named: "nummern") as? [Werte])?.compactMap { $0.child(named: "nummer") as? Int }
        #expect(numbers == [1, 2, 4, 5, 6, 19, 20])
        #expect(try blaettern(2, 100).child(named: "vorher") as? String == "/x?q=%C3%A4")
        #expect(try blaettern(2, 100).child(named: "naechste") == nil)
        #expect(try blaettern(1, 0).child(named: "mehrere") as? Bool == false)
        for text in ["0", "-1", "x", "1.5", "99999999999999999999", "٣"] {
            #expect(throws: Refusal.self, "\(text)") { try Seite(Abfrage(kodiert: "seite=\(text)")) }
        }
        #expect(try Seite(Abfrage(kodiert: "seite=3")).versatz == 100)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `bytes survive Base64URL and cursors survive their encoding`(seed: UInt64) throws {
        var zufall = Zufall(seed)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &zufall) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text) == bytes)
            #expect(
                text.utf8.allSatisfy {
                    ($0 >= 48 && $0 <= 57) || ($0 >= 65 && $0 <= 90) || ($0 >= 97 && $0 <= 122) || $0 == 45 || $0 == 95
                })
        }
        let pieces = ["ä", "", " ", "a\nb", "😀", "\"", "%", "99102013002000"]
        for _ in 0..<100 {
            let parts = (0..<Int.random(in: 1...4, using: &zufall)).map { _ in
                (0..<Int.random(in: 0...4, using: &zufall)).map { _ in pieces.randomElement(using: &zufall) ?? "" }
                    .joined()
            }
            #expect(Marke.decode(Marke.encode(parts)) == parts)
        }
    }

    @Test(arguments: ["ä", "a b", "a=", "a+b", "_wAA", "AA", "gA", String(repeating: "A", count: 5_000)])
    func `a cursor that is not ours is refused`(_ text: String) {
        #expect(Marke.decode(text) == nil, "\(text)")
        #expect(throws: Refusal.self) { try Listenwunsch(Abfrage(kodiert: "weiter=\(Prozentkodierung.encode(text))")) }
    }

    @Test func `a list gives 50 entries, and 1 to 200 on request`() throws {
        #expect(try Listenwunsch(Abfrage()).anzahl == 50)
        for good in [1, 200] { #expect(try Listenwunsch(Abfrage(kodiert: "anzahl=\(good)")).anzahl == good) }
        for bad in ["0", "-1", "201", "x", "1e3", "99999999999999999999"] {
            #expect(throws: Refusal.self) { try Listenwunsch(Abfrage(kodiert: "anzahl=\(bad)")) }
        }
        #expect(throws: Refusal.self) { try Listenwunsch(Abfrage(kodiert: "weiter=\(Marke.encode(["nur eins"]))")) }
        #expect(throws: Refusal.self) { try Listenwunsch(Abfrage(kodiert: "weiter=\(Marke.encode(["a", "b", "c"]))")) }
    }
}
