import Formats
package import Logging

/// Writes each log line as one JSON object to standard error, through a buffer.
package struct JSONLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String

    package init(label: String, level: Logger.Level) { (self.label, logLevel) = (label, level) }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.field("stufe", event.level.rawValue)
            json.field("meldung", event.message.description)
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                json.key(key == JSONLog.requestID ? "anfrage" : key)
                if case .stringConvertible(let number as Int) = value {
                    json.int(number)
                } else {
                    json.string("\(value)")
                }
            }
        }
        // What went wrong must not be lost when the process dies of it.
        LogBuffer.standardError.line(isUrgent: event.level >= .warning) { bytes in
            bytes.append(UInt8(ascii: ","))
            bytes.append(contentsOf: json.bytes.dropFirst().dropLast())
        }
    }

    /// The name that Hummingbird gives the number of a request.
    private static let requestID = "hb.request.id"

    /// The line of a request, the same as through `log`, without the detour over dictionaries.
    ///
    /// - Returns: false, with nothing written, when the line would hold more than that.
    func request(method: String, path: String, status: Int, micros: Int) -> Bool {
        guard metadata.count == 1, let id = metadata[JSONLog.requestID]?.description,
            JSONLog.isPlain(method), JSONLog.isPlain(path), JSONLog.isPlain(id)
        else { return false }
        LogBuffer.standardError.line { bytes in
            bytes.append(#","stufe":"info","meldung":"anfrage","anfrage":""#)
            bytes.append(contentsOf: id.utf8)
            bytes.append(#"","methode":""#)
            bytes.append(contentsOf: method.utf8)
            bytes.append(#"","mikrosekunden":"#)
            bytes.append(number: micros)
            bytes.append(#","status":"#)
            bytes.append(number: status)
            bytes.append(#","weg":""#)
            bytes.append(contentsOf: path.utf8)
            bytes.append(UInt8(ascii: "\""))
        }
        return true
    }

    /// Writes everything logged so far, e.g. before the process ends.
    package static func flush() { LogBuffer.standardError.flush() }

    /// Needs no escape in JSON.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 32 && $0 < 127 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    fileprivate mutating func append(number: Int) {
        let start = count
        var rest = number.magnitude
        repeat {
            append(UInt8(truncatingIfNeeded: 48 + rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { append(UInt8(ascii: "-")) }
        self[start...].reverse()
    }
}
