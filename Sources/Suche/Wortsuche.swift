import Kernel

/// Tells whether a written word is one of the looked-for stems or holds one as a part.
///
/// Texts are long and nearly none of their words is meant, so a word is first compared letter by letter without being
/// taken apart; only one that shows the beginning of a stem somewhere is brought to its own stem and its parts.
final class Wortsuche {
    private let staemme: Set<String>
    private let zerlegung: Zerlegung
    /// The stems as bytes. An e in front may be lost where the part before ends in a vowel.
    private let kerne: [[UInt8]]
    private let anfaenge: [Bool]
    /// What was found out about words as they are written; the answers of one question share many.
    private var bekannt: [String: Bool] = [:]

    init(_ stems: Set<String>, _ zerlegung: Zerlegung) {
        staemme = stems
        self.zerlegung = zerlegung
        kerne = stems.map { Array($0.utf8.drop { $0 == 0x65 }) }
        var starts = [Bool](repeating: false, count: 256)
        for core in kerne { if let first = core.first { starts[Int(first)] = true } }
        anfaenge = starts
    }

    /// - Parameter range: a run of letters and digits.
    func trifft(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard koennte(UnsafeBufferPointer(rebasing: bytes[range])) else { return false }
        let written = String(decoding: bytes[range], as: UTF8.self)
        if let known = bekannt[written] { return known }
        let isMeant = Wortform.formen(written).contains { form in
            staemme.contains(Wortform.stamm(form)) || zerlegung.teile(von: form).contains { staemme.contains($0) }
        }
        bekannt[written] = isMeant
        return isMeant
    }

    /// False only where none of the stems can be found.
    private func koennte(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        guard word.count <= Wortform.laengstesWort else { return true }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * Wortform.laengstesWort) { plain in
            guard let count = Wortsuche.schlicht(word, in: plain) else { return true }
            let letters = UnsafeBufferPointer(rebasing: plain[..<count])
            for start in 0..<count where anfaenge[Int(letters[start])] {
                for core in kerne where core.count <= count - start {
                    var length = 0
                    while length < core.count, letters[start + length] == core[length] { length += 1 }
                    if length == core.count { return true }
                }
            }
            return kerne.contains { $0.isEmpty }
        }
    }

    /// The word in small letters with plain vowels, as stems are; nil for letters that need more than that.
    private static func schlicht(
        _ word: UnsafeBufferPointer<UInt8>, in plain: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        var count = 0
        var position = 0
        while position < word.count {
            var letter = word[position]
            position += 1
            if 0x41...0x5A ~= letter {
                letter |= 0x20
            } else if letter >= 0x80 {
                guard letter == 0xC3, position < word.count else { return nil }
                switch word[position] {
                case 0xA4, 0x84: letter = 0x61
                case 0xB6, 0x96: letter = 0x6F
                case 0xBC, 0x9C: letter = 0x75
                case 0x9F:
                    plain[count] = 0x73
                    count += 1
                    letter = 0x73
                default: return nil
                }
                position += 1
            }
            let last = count > 0 ? plain[count - 1] : 0
            let isUmlaut = last == 0x61 || last == 0x6F || last == 0x75 && !(count > 1 && plain[count - 2] == 0x71)
            if letter == 0x65, isUmlaut { continue }
            plain[count] = letter
            count += 1
        }
        return count
    }
}
