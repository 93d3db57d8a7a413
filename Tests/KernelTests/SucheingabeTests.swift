import Testing

@testable import Kernel

@Suite struct SucheingabeTests {
    @Test(arguments: [
        ("99110009", "99110009"), ("99 110 009 104 000", "99110009104000"), ("99-001-001", "99001001"),
        ("99.110.009", "99110009"), (" 05558 016 ", "05558016"), ("99\u{A0}110\u{2011}009", "99110009"), ("0", "0"),
    ])
    func `digits are the beginning of a key, with blanks, points and dashes or without`(typed: String, key: String) {
        #expect(Sucheingabe(typed) == .schluessel(key))
    }

    @Test(arguments: ["hund", "2/3", "99a", "-", ".", " - . ", "o-0123456789ab", "٣٤", "９９１", "1,5", "%", ""])
    func `anything else is words`(typed: String) {
        #expect(Sucheingabe(typed) == .woerter(Suchmuster(typed)))
        #expect(Sucheingabe(typed).schluessel == nil && Sucheingabe(typed).muster != nil)
    }
}
