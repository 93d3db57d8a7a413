import Foundation
import Kernel
import Testing

@testable import App

/// The settings of the identity provider.
@Suite struct AnbietereinstellungTests {
    private static let gut = [
        "LEITSTAND_ADRESSE": "https://leitstand.example/",
        "LEITSTAND_OIDC_AUSSTELLER": "https://anmeldung.example/realms/land",
        "LEITSTAND_OIDC_KENNUNG": "leitstand", "LEITSTAND_OIDC_GEHEIMNIS": "sehrgeheim",
        "LEITSTAND_OIDC_ROLLEN": "gruppen = a -> administration",
    ]

    @Test func `the provider is there when its settings are, and its secret is never printed`() throws {
        let einstellungen = Einstellungen(umgebung: Self.gut)
        let angaben = try #require(try einstellungen.anbieter())
        #expect(angaben.rueckruf == "https://leitstand.example/anmelden/extern/rueckruf")
        #expect(angaben.name == "Identitätsanbieter")
        let text = (einstellungen.tabelle + (try einstellungen.anbieterbericht())).joined(separator: "\n")
        #expect(!text.contains("sehrgeheim") && text.contains("1 Regeln") && text.contains(angaben.rueckruf))
        #expect(try Einstellungen(umgebung: [:]).anbieter() == nil)
    }

    @Test(arguments: [
        ("LEITSTAND_ADRESSE", "", "braucht LEITSTAND_ADRESSE"),
        ("LEITSTAND_OIDC_KENNUNG", "", "LEITSTAND_OIDC_KENNUNG"),
        ("LEITSTAND_OIDC_AUSSTELLER", "", "wirkt nur mit LEITSTAND_OIDC_AUSSTELLER"),
        ("LEITSTAND_OIDC_AUSSTELLER", "http://anmeldung.example", "https://"),
        ("LEITSTAND_OIDC_AUSSTELLER", "anmeldung.example", "keine Adresse"),
        ("LEITSTAND_OIDC_AUSSTELLER", "https://a.example?x", "keine Adresse"),
        ("LEITSTAND_OIDC_ZWEITER_FAKTOR", "immer", "anbieter oder hier"),
        ("LEITSTAND_OIDC_RECHNER", "a.example/b", "kein Rechner"),
        ("LEITSTAND_OIDC_ROLLEN", "x = y -> chef @ a", "Zeile 1, Spalte 10"),
        ("LEITSTAND_OIDC_ROLLEN", "/gibt/es/nicht", "nicht lesbar"),
    ])
    func `a wrong setting is named before the server starts`(_ name: String, _ wert: String, _ text: String) {
        var umgebung = Self.gut
        umgebung[name] = wert
        let error = #expect(throws: Refusal.self) { try Einstellungen(umgebung: umgebung).anbieter() }
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    @Test func `http is enough for a provider on this machine, and rules may lie in a file`() throws {
        let file = NSTemporaryDirectory() + "rollen-\(UUID().uuidString).txt"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "# Rollen\ngruppen = a -> leserecht @ 05558\ngruppen =\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        var umgebung = Self.gut
        umgebung["LEITSTAND_OIDC_AUSSTELLER"] = "http://127.0.0.1:8180/realms/land"
        umgebung["LEITSTAND_OIDC_ROLLEN"] = file
        let error = #expect(throws: Refusal.self) { try Einstellungen(umgebung: umgebung).anbieter() }
        #expect(error?.message.contains("\(file): ") == true && error?.message.contains("Zeile 3, Spalte 10") == true)
        try "gruppen = a -> leserecht @ 05558\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try Einstellungen(umgebung: umgebung).anbieter()?.regeln.regeln.count == 1)
    }
}
