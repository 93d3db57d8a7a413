import Crypto
import Kernel
import Web

/// A code to sign in with once when the second factor is not at hand; stored hashed only.
package enum Wiederherstellungscode {
    static let anzahl = 10
    /// Digits alone: the same field takes the codes of the app, and phones show it a keypad.
    private static let zeichen = Array("0123456789")

    /// Ten codes of 16 digits, 53 bits each.
    static func neue() -> [String] {
        var random = SystemRandomNumberGenerator()
        return (0..<anzahl).map { _ in
            (0..<4).map { _ in
                String((0..<4).map { _ in zeichen[Int.random(in: 0..<zeichen.count, using: &random)] })
            }.joined(separator: "-")
        }
    }

    /// The code as it was made, however it was typed; nil when it cannot be one.
    static func gelesen(_ text: String) -> String? {
        let plain = text.filter { !$0.isWhitespace && $0 != "-" && $0 != "–" }
        return plain.utf8.count == 16 && plain.allSatisfy { zeichen.contains($0) } ? plain : nil
    }

    /// Bound to the person, so that equal codes of two people look different.
    static func hash(_ gelesen: String, of person: Person.ID) -> String {
        Geheimnis.hash("\(person.rawValue) \(gelesen)")
    }
}
