import Kernel
import TestKit
import Testing

@testable import Konten

/// The rules that turn claims into roles.
@Suite struct RollenregelnTests {
    private func rollen(_ text: String, _ ansprueche: JSONWert) throws -> [String] {
        try Rollenregeln(text).treffer(ansprueche).map {
            $0.rolle.rawValue + ($0.organisation.map { "@" + $0 } ?? "") + ($0.vertretung ? "+" : "")
        }
    }

    @Test func `claims are found by path, by quoted name, in texts and in lists`() throws {
        let ansprueche = JSONWert.objekt([
            "gruppen": .liste([.text("/ozg/koordination"), .text("zwei Worte"), .zahl(1)]),
            "realm_access": .objekt(["roles": .liste([.text("leser")])]), "https://a.example/rolle": .text("x"),
            "intern": .wahr(true), "extern": .wahr(false), "leer": .liste([]), "abteilung": .text("Stab \"Digital\""),
        ])
        let text = """
            \u{FEFF}# Wer was darf
            gruppen = /ozg/koordination -> ozg_ansprechperson @ 055580016016   # Dülmen

              gruppen="zwei Worte"->redaktion@"Stadt Dülmen" vertretung
            realm_access.roles = leser -> leserecht @ 05558
            "https://a.example/rolle" = x -> administration
            intern = true -> projektbuero
            intern = * -> leserecht @ a
            extern = * -> leserecht @ b
            leer = * -> leserecht @ c
            fehlt.auch.hier = * -> leserecht @ d
            abteilung = "Stab \\"Digital\\"" -> leserecht @ e
            gruppen = /ozg -> leserecht @ f
            bestehende-konten = verknuepfen
            """
        #expect(
            try rollen(text, ansprueche) == [
                "ozg_ansprechperson@055580016016", "redaktion@Stadt Dülmen+", "leserecht@05558", "administration",
                "projektbuero", "leserecht@a", "leserecht@e",
            ])
        #expect(try Rollenregeln(text).verknuepft)
        #expect(try !Rollenregeln("").verknuepft)
    }

    @Test(arguments: [
        ("gruppen", 8, "Gleichheitszeichen"), ("= x", 1, "Name einer Angabe"), ("gruppen =", 10, "Wert"),
        ("gruppen = x", 12, "->"), ("gruppen = x y", 13, "->"), ("gruppen = x - > leitung", 13, "->"),
        ("gruppen = x ->", 15, "fehlt die Rolle"), ("gruppen = x -> chef @ a", 16, "keine Rolle"),
        ("gruppen = x -> redaktion", 25, "gilt bei einer Verwaltung"),
        ("gruppen = x -> redaktion @", 27, "fehlt die Verwaltung"),
        ("gruppen = x -> administration @ a", 31, "gilt überall"), ("gruppen = x -> redaktion @ a b", 30, "vertretung"),
        ("gruppen = x -> redaktion @ a vertretung x", 41, "endet die Regel"),
        ("gruppen = \"x", 11, "nicht geschlossen"),
        ("gruppen = \"\" -> administration", 11, "steht nichts"),
        ("a..b = x -> administration", 1, "zwischen zwei Punkten"),
        (".a = x -> administration", 1, "Zwischen zwei Punkten"), ("bestehende-konten = immer", 21, "nur verknuepfen"),
        ("\"bestehende-konten\" = verknuepfen", 34, "->"), ("gruppen : x -> administration", 9, "Gleichheitszeichen"),
    ])
    func `a faulty line is named with its column and what is wrong`(_ zeile: String, _ spalte: Int, _ text: String)
        throws
    {
        let fehler = try #require(Rollenregeln.lies("# eins\n\(zeile)\n").fehler.first)
        #expect(fehler.zeile == 2)
        #expect(fehler.spalte == spalte, "\(fehler)")
        #expect(fehler.text.lowercased().contains(text.lowercased()), "\(fehler)")
    }

    @Test func `every faulty line is named, and one is enough to refuse all`() {
        #expect(Rollenregeln.lies("a\r\nb = c -> administration\r\nd\n").fehler.map(\.zeile) == [1, 3])
        let error = #expect(throws: Refusal.self) { try Rollenregeln("a\nb\n") }
        #expect(error?.message.contains("Zeile 2, Spalte 2") == true)
    }

    @Test func `no text breaks the reader`() {
        let saat = UInt64.random(in: 0..<1_000_000)
        var zufall = Zufall(saat)
        let pieces = [
            "gruppen", "=", "->", "@", "\"", "\\", "#", " ", "\n", "*", "redaktion", "leitung", ".", "-", ">", "ü",
            "\t",
        ]
        for _ in 0..<2_000 {
            let text = zufall.text(of: pieces, length: 20)
            let (regeln, fehler) = Rollenregeln.lies(text)
            #expect(
                fehler.allSatisfy { $0.zeile >= 1 && $0.spalte >= 1 && !$0.text.isEmpty }
                    && regeln.regeln.allSatisfy { $0.organisation != nil || $0.rolle.giltUeberall },
                "Saat \(saat): \(text)")
        }
    }
}
