/// Whole files, for formats that cannot be read in pieces.
package enum Dateiinhalt {
    /// - Throws: a sentence for a file that is missing, empty, no file, or larger than `hoechstens` bytes.
    package static func bytes(path: String, hoechstens: Int) throws(FormatError) -> [UInt8] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let source = try ByteSource(path: path, name: name)
        guard source.byteCount > 0 else {
            throw FormatError(reason: "Die Datei „\(name)“ ist leer. Bitte eine Datei mit Inhalt wählen.", fatal: true)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(source.byteCount, hoechstens))
        while true {
            let block = try source.next()
            if block.isEmpty { return bytes }
            // Counted while reading: a file may grow.
            guard bytes.count + block.count <= hoechstens else {
                throw FormatError(
                    reason: "Die Datei „\(name)“ ist größer als \(hoechstens / 1_048_576) MB, mehr wird nicht gelesen.",
                    fatal: true)
            }
            bytes.append(contentsOf: block)
        }
    }
}
