import Kernel
import TestKit
import Testing

@testable import Konten

@Suite struct KennwortTests {
    @Test func `a password matches its own hash and no other does`() throws {
        let kennwort = try Kennwort.neu("Straße 7 €", .gering)
        #expect(kennwort.passt("Straße 7 €"))
        for wrong in ["", "straße 7 €", "Straße 7 € ", "Strasse 7 €", "Straße 7", "\0"] {
            #expect(!kennwort.passt(wrong))
        }
    }

    @Test func `the same password is stored differently each time`() throws {
        let many = try (0..<5).map { _ in try Kennwort.neu("gleich", .gering) }
        #expect(Set(many.map(\.gespeichert)).count == 5)
        for kennwort in many {
            #expect(kennwort.passt("gleich"))
            #expect(!kennwort.gespeichert.contains("gleich"))
        }
    }

    @Test(arguments: [
        "", "scrypt", "scrypt$16$8$1$AAAA", "scrypt$16$8$1$AAAA$", "scrypt$16$8$1$$", "scrypt$0$8$1$AAAA$AAAA",
        "scrypt$-16$8$1$AAAA$AAAA",
        "scrypt$16$-8$1$AAAA$AAAA", "scrypt$16$8$-1$AAAA$AAAA", "scrypt$16$8$999999999$AAAA$AAAA",
        "scrypt$17$8$1$AAAA$AAAA",
        "scrypt$9223372036854775807$8$1$AAAA$AAAA", "scrypt$16$8$1$ä$AAAA", "bcrypt$16$8$1$AAAA$AAAA",
        "scrypt$16$8$1$AAAA$AAAA$AAAA", "geheim",
    ])
    func `a stored line that cannot be read matches nothing`(_ line: String) {
        for typed in ["", "geheim", line] { #expect(!Kennwort(gespeichert: line).passt(typed)) }
    }

    @Test func `a hash cut short matches nothing`() throws {
        let whole = try Kennwort.neu("geheim", .gering).gespeichert
        for length in stride(from: 1, to: whole.utf8.count, by: 5) {
            #expect(!Kennwort(gespeichert: String(whole.prefix(whole.count - length))).passt("geheim"))
        }
    }

    @Test func `proposed passwords are long and differ`() {
        let many = (0..<50).map { _ in Kennwort.vorschlag() }
        #expect(Set(many).count == 50)
        #expect(many.allSatisfy { $0.utf8.count == 24 && $0.split(separator: "-").count == 5 })
    }
}
