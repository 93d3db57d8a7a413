import CPostgres
import Storage

/// The bound values of a statement, in libpq's text format but for bytes, which go as they are.
struct Parameters {
    private(set) var types: [Oid] = []
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [SQLValue]) {
        types.reserveCapacity(values.count)
        offsets.reserveCapacity(values.count)
        for value in values {
            types.append(value.oid)
            offsets.append(value == .null ? nil : bytes.count)
            if case .blob(let blob) = value {
                bytes += blob
                lengths.append(Int32(blob.count))
                formats.append(1)
            } else {
                value.appendText(to: &bytes)
                bytes.append(0)
                lengths.append(0)
                formats.append(0)
            }
        }
        // An empty array has no address, and a value without one is NULL.
        if bytes.isEmpty { bytes.append(0) }
    }

    var count: Int32 { Int32(types.count) }

    func withPointers<T>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> T
    ) -> T {
        bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: max(1, offsets.count)) {
                pointers in
                for (position, offset) in offsets.enumerated() {
                    pointers.initializeElement(at: position, to: offset.flatMap { offset in start.map { $0 + offset } })
                }
                return body(pointers.baseAddress, lengths, formats)
            }
        }
    }
}

extension SQLValue {
    /// Text goes without a type, so that the server infers dates, JSON and the rest from the place of use.
    fileprivate var oid: Oid {
        switch self {
        case .null, .text: 0
        case .integer: 20
        case .real: 701
        case .bool: 16
        case .blob: 17
        }
    }

    /// The value as the server reads it in text format; nothing for NULL.
    func appendText(to bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .integer(let value): bytes += String(value).utf8
        case .real(let value): bytes += "\(value)".utf8
        case .bool(let value): bytes.append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .text(let value): bytes += value.utf8
        case .blob(let value):
            bytes += "\\x".utf8
            for byte in value {
                bytes.append(hexDigit(byte >> 4))
                bytes.append(hexDigit(byte & 15))
            }
        }
    }

    /// The value as one field of `COPY … FROM STDIN`.
    func appendCopyField(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "\\N".utf8
        case .integer, .real, .bool: appendText(to: &bytes)
        case .blob:
            bytes.append(UInt8(ascii: "\\"))
            appendText(to: &bytes)
        case .text(var text):
            text.withUTF8 { text in
                for byte in text {
                    switch byte {
                    case UInt8(ascii: "\\"): bytes += [byte, byte]
                    case UInt8(ascii: "\n"): bytes += "\\n".utf8
                    case UInt8(ascii: "\r"): bytes += "\\r".utf8
                    case UInt8(ascii: "\t"): bytes += "\\t".utf8
                    default: bytes.append(byte)
                    }
                }
            }
        }
    }
}

private func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
