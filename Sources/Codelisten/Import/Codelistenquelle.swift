import Formats

/// A file with one code list; it is opened twice, to check it and to write its rows.
package enum Codelistenquelle: Sendable {
    case datei(String)
    case bytes([UInt8], name: String)

    package var name: String {
        switch self {
        case .datei(let path): path.split(separator: "/").last.map(String.init) ?? path
        case .bytes(_, let name): name
        }
    }

    /// A value of a code list is a name or a sentence, never a book.
    private static let limits = XMLLimits(depth: 40, textBytes: 256 << 10, totalBytes: 4 << 30)

    func open() throws(FormatError) -> GenericodeReader {
        let xml =
            switch self {
            case .datei(let path): try XMLReader(path: path, limits: Self.limits)
            case .bytes(let bytes, let name): try XMLReader(bytes: bytes, name: name, limits: Self.limits)
            }
        return try GenericodeReader(xml)
    }
}
