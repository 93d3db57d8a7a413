import Formats
import Foundation
import Kernel
package import Logging
import Synchronization

/// Writes each log line as one JSON object to standard error.
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
            json.field("zeit", Instant.jetzt().iso)
            json.field("stufe", event.level.rawValue)
            json.field("meldung", event.message.description)
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                json.key(key == "hb.request.id" ? "anfrage" : key)
                if case .stringConvertible(let number as Int) = value {
                    json.int(number)
                } else {
                    json.string("\(value)")
                }
            }
        }
        JSONLog.write(json.bytes + [10])
    }

    /// Lines of several threads must not mix.
    private static let lock = Mutex(())

    private static func write(_ bytes: [UInt8]) {
        lock.withLock { _ in
            bytes.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while let start = rest.baseAddressOfFirst, !rest.isEmpty {
                    let written = Foundation.write(2, start, rest.count)
                    if written <= 0 { return }
                    rest = rest.dropFirst(written)
                }
            }
        }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var baseAddressOfFirst: UnsafeRawPointer? { base.baseAddress.map { $0 + startIndex } }
}
