import Foundation

/// Folders that a test fills and takes away.
enum Ordner {
    static func neu() -> String { NSTemporaryDirectory() + "leitstand-web-\(UUID().uuidString)" }

    static func fuelle(_ folder: String, _ files: [String: [UInt8]]) throws {
        for (name, bytes) in files {
            let url = URL(filePath: folder).appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
    }

    static func entferne(_ folder: String) {
        // What is left over lies in the temporary folder and disturbs nobody.
        try? FileManager.default.removeItem(atPath: folder)
    }
}
