import Testing

@testable import Kernel

@Suite struct ZahlTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1.000"), (83_577_140, "83.577.140"), (-1234, "-1.234"), (-123, "-123"),
        (Int.min, "-9.223.372.036.854.775.808"),
    ])
    func `thousands are parted by points`(number: Int, text: String) {
        #expect(Zahl.deutsch(number) == text)
    }

    @Test(
        arguments: [
            (37, 100, "37 %"), (0, 0, "–"), (0, 5, "0 %"), (5, 5, "100 %"), (1, 1000, "< 1 %"), (999, 1000, "> 99 %"),
            (1, 3, "33 %"),
            (2, 3, "67 %"), (1001, 1000, "> 100 %"), (3, 2, "150 %"), (-1, 5, "–"), (1, .max, "< 1 %"), (.max, 1, nil),
        ] as [(Int, Int, String?)])
    func `a share reads as all or nothing only when it is`(part: Int, whole: Int, text: String?) {
        let share = Zahl.anteil(part, von: whole)
        if let text { #expect(share == text) } else { #expect(share.hasSuffix(" %")) }
    }

    @Test(arguments: [
        (1234.5, 1, "1.234,5"), (0.05, 1, "0,1"), (-0.01, 1, "0,0"), (-2.5, 0, "-3"), (2, 3, "2,000"),
        (3.007, 2, "3,01"),
        (.nan, 1, "–"), (1e16, 2, "10.000.000.000.000.000,00"), (7, -3, "7"),
    ])
    func `decimals stand after a comma`(number: Double, places: Int, text: String) {
        #expect(Zahl.dezimal(number, stellen: places) == text)
    }

    @Test(arguments: [1e300, -1e300, .greatestFiniteMagnitude, 9.3e18])
    func `numbers beyond all counting still have a text`(number: Double) {
        #expect(!Zahl.dezimal(number, stellen: 9).isEmpty)
    }

    @Test func `a number stands with the word that fits it`() {
        #expect(Zahl.mit(1, "Eintrag", "Einträge") == "1 Eintrag")
        #expect(Zahl.mit(0, "Eintrag", "Einträge") == "0 Einträge")
        #expect(Zahl.mit(1_034, "Eintrag", "Einträge") == "1.034 Einträge")
    }
}
