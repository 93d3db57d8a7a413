import TestKit
import Testing

@testable import Formats

@Suite struct ProzentkodierungTests {
    @Test func `letters, digits and four marks stay as they are`() {
        #expect(Prozentkodierung.encode("aZ09-._~") == "aZ09-._~")
        #expect(Prozentkodierung.encode("ü +&=/") == "%C3%BC%20%2B%26%3D%2F")
    }

    @Test func `a plus is a blank only where forms say so`() {
        #expect(Prozentkodierung.decode("a+b%20c", plusIsSpace: true) == "a b c")
        #expect(Prozentkodierung.decode("a+b%2Bc", plusIsSpace: false) == "a+b+c")
    }

    @Test(arguments: ["%", "%4", "%G1", "%1G", "a%", "%00", "\0", "%FF", "%C3", "%C3x", "%ED%A0%80", "%C0%80", "%-1"])
    func `bad digits, bad UTF-8 and NUL are refused`(text: String) {
        #expect(Prozentkodierung.decode(text, plusIsSpace: true) == nil)
        #expect(Prozentkodierung.decode(Substring(text).utf8, plusIsSpace: false) == nil)
    }

    @Test func `decoding undoes encoding`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        for _ in 0..<1000 {
            let text = random.text(of: ["a", "%", "+", " ", "ä", "€", "🏛", "\n", "&", "=", "4", "F"], length: 12)
            let encoded = Prozentkodierung.encode(text)
            #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "seed \(seed)")
            #expect(Prozentkodierung.decode(encoded, plusIsSpace: true) == text, "seed \(seed)")
            #expect(Prozentkodierung.decode(encoded, plusIsSpace: false) == text, "seed \(seed)")
        }
    }
}
