import Kernel
import TestKit
import Testing

@testable import Konten

@Suite struct TOTPTests {
    /// RFC 6238, appendix B, for SHA-1.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func `codes are those of the standard`(seconds: Int, code: String) {
        let totp = TOTP(geheimnis: Array("12345678901234567890".utf8))
        let am = Instant(rawValue: seconds * 1_000)
        #expect(totp.code(schritt: TOTP.schritt(am), stellen: 8) == code)
        #expect(totp.code(am) == String(code.suffix(6)))
    }

    @Test func `a secret survives being written and read, however it is typed`() {
        let totp = TOTP(geheimnis: Array("12345678901234567890".utf8))
        #expect(totp.base32 == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        #expect(TOTP(base32: "gezd gnbv gy3t qojq gezd gnbv gy3t qojq") == totp)
        for _ in 0..<50 {
            let secret = TOTP(geheimnis: (0..<20).map { _ in UInt8.random(in: .min ... .max) })
            #expect(TOTP(base32: secret.base32) == secret)
        }
        for broken in ["", "A", "GEZDGNB1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ!", "ÄÖÜ"] {
            #expect(TOTP(base32: broken) == nil, "\(broken)")
        }
    }

    @Test func `a code counts one half minute before and after its own, and none that is not newer than the last`() {
        let totp = TOTP(geheimnis: Array("12345678901234567890".utf8))
        let now = TOTP.schritt(Welt.jetzt)
        for distance in -3...3 {
            let step = totp.schritt(totp.code(Welt.jetzt, plus: distance), am: Welt.jetzt, nach: nil)
            #expect(step == (abs(distance) <= 1 ? now + distance : nil), "\(distance)")
        }
        #expect(totp.schritt(totp.code(Welt.jetzt), am: Welt.jetzt, nach: now) == nil)
        #expect(totp.schritt(totp.code(Welt.jetzt, plus: -1), am: Welt.jetzt, nach: now) == nil)
        #expect(totp.schritt(totp.code(Welt.jetzt, plus: 1), am: Welt.jetzt, nach: now) == now + 1)
        for wrong in ["", "1", "12345", "1234567", "abcdef", totp.code(Welt.jetzt) + "0", "ｌ２３４５６"] {
            #expect(totp.schritt(wrong, am: Welt.jetzt, nach: nil) == nil, "\(wrong)")
        }
    }

    @Test func `what is proposed follows from the session, differs between sessions and is never short`() {
        let (a, b) = (Person.ID(rawValue: "a"), Person.ID(rawValue: "b"))
        #expect(TOTP.vorschlag(token: "t", person: a) == TOTP.vorschlag(token: "t", person: a))
        #expect(TOTP.vorschlag(token: "t", person: a) != TOTP.vorschlag(token: "u", person: a))
        #expect(TOTP.vorschlag(token: "t", person: a) != TOTP.vorschlag(token: "t", person: b))
        #expect(TOTP.vorschlag(token: "t", person: a).geheimnis.count == 20)
    }

    @Test func `the picture is a square with a quiet zone and the three marks of a QR code`() throws {
        let code = try #require(
            QRCode(TOTP.vorschlag(token: "t", person: .init(rawValue: "a")).adresse(email: "a+b@c.de")))
        #expect(code.groesse >= 21 + 8 && (code.groesse - 8 - 17) % 4 == 0)
        let far = code.groesse - 4 - 7
        for start in ["M4 4h7v1", "M\(far) 4h7v1", "M4 \(far)h7v1"] { #expect(code.pfad.contains(start), "\(start)") }
        #expect(code.pfad.allSatisfy { "Mhvz0123456789 -".contains($0) })
        #expect(QRCode(String(repeating: "x", count: 5_000)) == nil)
    }

    @Test func `the address for apps escapes what an e-mail may hold`() {
        let text = TOTP(geheimnis: Array("12345678901234567890".utf8)).adresse(email: "a&secret=b@c.de")
        #expect(
            text
                == "otpauth://totp/Leitstand:a%26secret%3Db%40c.de?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Leitstand"
        )
    }
}
