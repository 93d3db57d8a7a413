import Foundation
import Logging
import Testing

@testable import Web

@Suite(.serialized) struct JSONLogTests {
    @Test func `a line is one JSON object whatever its values hold`() throws {
        // The handler writes to standard error; the test lends it a file for a moment.
        let path = NSTemporaryDirectory() + "leitstand-log-\(UUID().uuidString)"
        defer { Ordner.entferne(path) }
        let file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        try #require(file >= 0)
        let saved = dup(2)
        dup2(file, 2)
        var logger = Logger(label: "test") { label in JSONLog(label: label, level: .info) }
        logger[metadataKey: "hb.request.id"] = "a1"
        logger.info("anfrage", metadata: ["weg": "/dinge/{id}", "text": "ä\n\"quer\"\u{1}"])
        logger.debug("nicht zu sehen")
        JSONLog.flush()
        dup2(saved, 2)
        close(saved)
        close(file)
        // Other tests may have written to standard error meanwhile.
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").filter {
            $0.contains("/dinge/{id}")
        }
        #expect(lines.count == 1)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8)) as? [String: Any])
        #expect(object["stufe"] as? String == "info")
        #expect(object["meldung"] as? String == "anfrage")
        #expect(object["anfrage"] as? String == "a1")
        #expect(object["text"] as? String == "ä\n\"quer\"\u{1}")
        #expect((object["zeit"] as? String)?.hasSuffix("Z") == true)
    }
}
