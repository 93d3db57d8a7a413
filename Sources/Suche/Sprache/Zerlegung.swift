/// Takes German compounds apart into words that stand alone elsewhere in the catalogue.
struct Zerlegung {
    /// Stems of words that may be parts.
    let teile: Set<String>
    /// With which three letters they begin, because most places of a word begin none.
    private let anfaenge: [Bool]

    init(teile: Set<String>) {
        self.teile = teile
        var starts = [Bool](repeating: false, count: 26 * 26 * 26)
        for stem in teile {
            let letters = stem.utf8.prefix(3).map { Int($0) - 0x61 }
            guard letters.allSatisfy({ 0..<26 ~= $0 }) else { continue }
            let first = letters.reduce(0) { $0 * 26 + $1 }
            // A shorter stem may go on with any letter.
            let rest = [1: 676, 2: 26][letters.count] ?? 1
            for index in first * rest..<(first + 1) * rest { starts[index] = true }
        }
        anfaenge = starts
    }

    /// Whether a part can begin here; the e of umlauts is left out of stems.
    private func beginnt(_ bytes: ArraySlice<UInt8>) -> Bool {
        var letters = (0, 0, 0)
        var count = 0
        var last: UInt8 = 0
        for byte in bytes {
            // As `Wortform.ohneUmlaut` does; "quelle" keeps its e.
            let isUmlaut = last == 0x61 || last == 0x6F || last == 0x75 && !(count >= 2 && letters.1 == 0x71 - 0x61)
            if byte == 0x65, isUmlaut { continue }
            last = byte
            letters = (letters.1, letters.2, Int(byte) - 0x61)
            count += 1
            if count == 3 { return anfaenge[(letters.0 * 26 + letters.1) * 26 + letters.2] }
        }
        return true
    }

    /// Shortest part in bytes; shorter words must be listed.
    static let kuerzesterTeil = 4
    static let kurzeTeile: Set<String> = ["bau", "amt", "weg", "hof", "tod", "lkw", "pkw", "kfz", "ehe", "zoo", "gas"]
    /// Stems that look like parts and are endings or prefixes.
    static let keineTeile: Set<String> = [
        "unter", "uber", "gegen", "nach", "oder", "nicht", "auss", "zwisch", "hint", "wied", "nied", "durch", "sowi",
        "sonst", "einzeln", "dies", "jed", "wenn", "weit", "werd", "sind", "wird", "kann", "schaft", "igung", "keit",
        "heit", "lich", "isch", "rung", "lung", "mitt", "inner", "uber", "fur", "ohn", "erst", "nied", "eine", "ein",
    ]

    /// The stems of the parts, or nothing for a word that is none.
    func teile(von form: String) -> [String] {
        let bytes = Array(form.utf8)
        guard bytes.count >= 7, bytes.count <= Wortform.laengstesWort,
            bytes.allSatisfy({ (0x61...0x7A).contains($0) })
        else { return [] }
        var memo: [Int: [String]?] = [:]
        return zerlege(bytes, bis: bytes.count, tiefe: 3, &memo) ?? []
    }

    /// The fewest parts that make up the word's beginning; the last part is as long as it can be.
    private func zerlege(_ bytes: [UInt8], bis end: Int, tiefe: Int, _ memo: inout [Int: [String]?]) -> [String]? {
        if let known = memo[end] { return known }
        var best: [String]?
        var start = 3
        while start <= end - 3 {
            defer { start += 1 }
            guard let last = teil(bytes[start..<end]) else { continue }
            if let first = teil(bytes[..<start]) {
                best = [first, last]
                break
            }
            if tiefe > 0, best == nil || best?.count ?? 0 > 3,
                let before = zerlege(bytes, bis: start, tiefe: tiefe - 1, &memo),
                before.count + 1 < best?.count ?? .max
            {
                best = before + [last]
            }
        }
        memo[end] = .some(best)
        return best
    }

    private func teil(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count < Zerlegung.kuerzesterTeil || beginnt(bytes) else { return nil }
        let form = String(decoding: bytes, as: UTF8.self)
        if bytes.count < Zerlegung.kuerzesterTeil {
            return Zerlegung.kurzeTeile.contains(form) ? Wortform.stamm(form) : nil
        }
        let stamm = Wortform.stamm(form)
        if teile.contains(stamm), !Zerlegung.keineTeile.contains(stamm) { return stamm }
        // "Wirtschaftszone": a linking s that the stem keeps.
        if form.hasSuffix("s") {
            let ohne = Wortform.stamm(String(form.dropLast()))
            if ohne.utf8.count >= 3, teile.contains(ohne), !Zerlegung.keineTeile.contains(ohne) { return ohne }
        }
        return nil
    }
}
