/// Numbers that a seed repeats (SplitMix64).
struct Zufallsfolge: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From 0 to `count - 1`.
    mutating func zahl(_ count: Int) -> Int { Int(((next() >> 32) &* UInt64(count)) >> 32) }

    /// From 0 to just under 1.
    mutating func anteil() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}

/// Draws ranks so that the rank r comes in proportion to 1/(r + shift), as words of a language do.
struct Rangwahl {
    /// Drawing from a table costs the same for every rank; rare ranks share its last places.
    private let tafel: [Int32]

    init(_ count: Int, versatz: Double, stufen: Int = 1 << 20) {
        let weights = (0..<count).map { 1 / (Double($0) + versatz) }
        let all = weights.reduce(0, +)
        var table: [Int32] = []
        table.reserveCapacity(stufen)
        var sum = 0.0
        for (rank, weight) in weights.enumerated() {
            sum += weight
            while table.count < stufen, Double(table.count) + 0.5 < sum / all * Double(stufen) {
                table.append(Int32(rank))
            }
        }
        while table.count < stufen { table.append(Int32(count - 1)) }
        tafel = table
    }

    func rang(_ random: inout Zufallsfolge) -> Int { Int(tafel[random.zahl(tafel.count)]) }
}
