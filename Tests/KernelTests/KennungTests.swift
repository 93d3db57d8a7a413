import Testing

@testable import Kernel

@Suite struct KennungTests {
    @Test func `identifiers have one form and increase strictly, even within a millisecond`() {
        let now = Instant.jetzt()
        let made = (0..<20_000).map { _ in Kennung.neu(now) }
        #expect(made.allSatisfy(Kennung.istKennung))
        #expect(zip(made, made.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `identifiers increase even when the clock steps back`() {
        let first = Kennung.neu()
        #expect(Kennung.neu(Instant(rawValue: 0)) > first)
        #expect(Kennung.neu(Instant(rawValue: -5)) > first)
    }

    @Test func `identifiers made at once by several tasks are all different`() async {
        let made = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { (0..<2000).map { _ in Kennung.neu() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(made).count == 16_000)
    }

    @Test(arguments: [
        "", "06h02nhhag8a4yf", "06h02nhhag8a4yf2x", "06H02nhhag8a4yf2", "06h02nhhag8a4yfu", "06h02nhhag8a4yfü",
    ])
    func `other texts are no identifiers`(text: String) {
        #expect(!Kennung.istKennung(text))
    }

    @Test(arguments: [(1, 2), (2, 3), (3, 4), (16, 22), (32, 43)])
    func `a secret has the length of its bytes in base64url`(bytes: Int, characters: Int) {
        let secret = Geheimnis.neu(bytes: bytes)
        #expect(secret.utf8.count == characters)
        #expect(secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    }

    @Test func `secrets do not repeat`() {
        #expect(Set((0..<1000).map { _ in Geheimnis.neu(bytes: 16) }).count == 1000)
    }
}
