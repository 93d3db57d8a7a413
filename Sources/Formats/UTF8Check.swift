/// Checks that bytes are UTF-8, across the borders of blocks.
struct UTF8Check {
    /// The bytes of a character that the last block did not end.
    private var open: [UInt8] = []

    var isComplete: Bool { open.isEmpty }

    mutating func add(_ block: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while !open.isEmpty, index < block.count {
            open.append(block[index])
            index += 1
            switch Self.step(open) {
            case nil: return false
            case .some(0): continue
            default: open = []
            }
        }
        let count = block.count
        while index < count {
            // Thirty-two bytes at a time as long as all are ASCII.
            if index + 32 <= count {
                let a = block.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
                if (a[0] | a[1] | a[2] | a[3]) & 0x8080_8080_8080_8080 == 0 {
                    index += 32
                    continue
                }
            }
            let end = min(index + 32, count)
            while index < end {
                if block[index] < 0x80 {
                    index += 1
                    continue
                }
                let rest = UnsafeRawBufferPointer(rebasing: block[index..<min(index + 4, count)])
                guard let length = Self.step(rest) else { return false }
                if length == 0 {
                    open = Array(rest)
                    return true
                }
                index += length
            }
        }
        return true
    }

    /// The length of the character at the front, 0 when more bytes are needed, nil when it cannot become one.
    private static func step(_ bytes: some RandomAccessCollection<UInt8>) -> Int? {
        guard let lead = bytes.first else { return 0 }
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, lowest) = (3, 0xA0)
        case 0xED: (length, highest) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, lowest) = (4, 0x90)
        case 0xF4: (length, highest) = (4, 0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        for byte in bytes.dropFirst().prefix(length - 1) {
            guard byte >= lowest, byte <= highest else { return nil }
            (lowest, highest) = (0x80, 0xBF)
        }
        return bytes.count >= length ? length : 0
    }
}

/// Says whether bytes that come in parts are UTF-8.
package struct UTF8Pruefung: Sendable {
    private var check = UTF8Check()

    package init() {}

    /// False where they cannot be.
    package mutating func nimm(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { check.add($0) } }

    /// No character is left open.
    package var istGanz: Bool { check.isComplete }
}
