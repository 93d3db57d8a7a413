import Foundation
import TestKit
import Testing

@testable import Konten

@Suite struct KennwortregelTests {
    private static let email = "probe.beispiel@stadt-musterhausen.de"
    private static let regel = Kennwortregel(
        haeufige: HaeufigeKennwoerter(["passwort", "fussballverein", "Superman1234", ""]))

    @Test(arguments: [
        "", "kurz", "elfZeichen!", "Fussballverein", "fussballverein99!", "2024 Passwort 1!!", "SUPERMAN1234",
        "aaaaaaaaaaaaaaaa", "121212121212", "probe.beispiel@stadt-musterhausen.de", "ProbeBeispiel2026",
        "musterhausen12", String(repeating: "viele Wörter ", count: 100),
    ])
    func `a password that is guessed first is refused with what to do`(_ wort: String) throws {
        let text = try #require(Self.regel.einwand(wort, email: Self.email))
        #expect(text.hasSuffix("."))
        #expect(wort.count < 6 || !text.lowercased().contains(wort.lowercased()))
    }

    @Test(arguments: [
        "Regenschirm Lampe Tasse", "zwölf Zeiche", "k7#pQ9!vX2$m", "Fussballverein aus Dülmen", "🌧🌂🚲🏛🌳🌻☕️📎🖇✂️📐🗂",
        "wir wohnen in musterhausen am see", Kennwort.vorschlag(),
    ])
    func `others are good, with whatever characters`(_ wort: String) {
        #expect(Self.regel.einwand(wort, email: Self.email) == nil)
    }

    @Test func `without the list the other rules hold`() {
        #expect(Kennwortregel().einwand("fussballverein", email: Self.email) == nil)
        #expect(Kennwortregel().einwand("kurz", email: Self.email) != nil)
    }

    @Test func `a list is read from a file, line by line, and a missing or huge one is none`() throws {
        let path = NSTemporaryDirectory() + "leitstand-liste-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("passwort\r\nfussballverein\n\nkaffeetasse12\n".utf8).write(to: URL(filePath: path))
        let list = try #require(HaeufigeKennwoerter(datei: path))
        #expect(list.anzahl == 3)
        #expect(list.enthaelt("PASSWORT") && list.enthaelt("kaffeetasse12") && !list.enthaelt("kaffeetasse"))
        try Data(repeating: 97, count: 5 * 1024 * 1024).write(to: URL(filePath: path))
        #expect(HaeufigeKennwoerter(datei: path) == nil)
        #expect(HaeufigeKennwoerter(datei: path + "-fehlt") == nil)
        #expect(!HaeufigeKennwoerter([String]()).enthaelt(""))
    }

    @Test func `deriving happens on places of its own, not on the threads of requests`() async throws {
        let anmeldung = try Anmeldung(aufwand: .gering)
        #expect(!Rechenplaetze.istHier)
        for _ in 0..<6 {
            #expect(await anmeldung.schwer { Rechenplaetze.istHier })
        }
    }

    @Test func `no account, an invited one and a known one cost the same work`() async throws {
        let anmeldung = try Anmeldung(aufwand: .init(n: 1 << 13, r: 8, p: 1))
        let known = try await anmeldung.neuesKennwort("geheim")
        func schnellstes(_ kennwort: Kennwort?) async -> Duration {
            var best = Duration.seconds(100)
            for _ in 0..<5 {
                let took = await ContinuousClock().measure {
                    #expect(await !anmeldung.passt("falsch", kennwort))
                }
                best = min(best, took)
            }
            return best
        }
        let usual = await schnellstes(known)
        for other in [nil, Kennwort(gespeichert: ""), Kennwort(gespeichert: "-")] {
            #expect(await schnellstes(other) > usual / 4, "\(String(describing: other))")
        }
        // Nobody gets in without a password, not even with that of nobody.
        #expect(await !anmeldung.passt("", nil))
        #expect(await anmeldung.passt("geheim", known))
    }
}
