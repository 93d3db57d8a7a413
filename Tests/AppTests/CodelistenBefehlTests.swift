import Foundation
import TestKit
import Testing

/// `import codeliste` as an operator calls it.
@Suite(.timeLimit(.minutes(15))) struct CodelistenBefehlTests {
    private func ordner() throws -> String {
        let folder = NSTemporaryDirectory() + "leitstand-codeliste-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Runs the import and returns its code, what it said, and the most memory it was seen to hold, in KB.
    private func lade(_ arguments: [String], data: String) throws -> (code: Int32, text: String, speicher: Int) {
        let process = Programm.prozess(["import", "codeliste"] + arguments + ["--data", data])
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        var peak = 0
        while process.isRunning {
            // The process may end between the question and the look.
            let status =
                (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            peak = max(peak, line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
            usleep(5_000)
        }
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return (process.terminationStatus, text, peak)
    }

    @Test func `a list is loaded, tried, refused and replaced by command`() throws {
        let folder = try ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let example = Welt.ordner("Beispieldaten/codelisten/antragsweg_1.xml")
        let probe = try lade([example, "--probe"], data: folder)
        #expect(probe.code == 0 && probe.text.contains("neu: 3") && probe.text.contains("nichts geschrieben"))
        #expect(try lade([example], data: folder).text.contains("Geladen."))
        #expect(try lade([example], data: folder).text.contains("Es gab nichts zu ändern."))
        let changed = folder + "/anders.xml"
        try String(contentsOfFile: example, encoding: .utf8).replacing("Vor Ort", with: "Am Schalter")
            .write(toFile: changed, atomically: true, encoding: .utf8)
        let refused = try lade([changed], data: folder)
        #expect(refused.code == 1 && refused.text.contains("anders.xml, Zeile ") && refused.text.contains("--ersetzen"))
        #expect(try lade([changed, "--ersetzen"], data: folder).code == 0)
        let missing = try lade([folder + "/fehlt.xml"], data: folder)
        #expect(missing.code == 1 && missing.text.contains("fehlt.xml") && !missing.text.contains("FormatError"))
    }

    @Test func `a long list needs little more memory than a short one`() throws {
        let folder = try ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let example = try String(
            contentsOfFile: Welt.ordner("Beispieldaten/codelisten/antragsweg_1.xml"), encoding: .utf8)
        let (start, end) = (
            try #require(example.firstRange(of: "    <Row>")),
            try #require(example.firstRange(of: "  </SimpleCodeList>"))
        )
        let text = String(repeating: "Erklärung mit Umlauten. ", count: 20)
        var peaks: [Int] = []
        for rows in [100, 10_000] {
            let file = folder + "/lang-\(rows).xml"
            let body = (1...rows).map { number in
                """
                <Row><Value ColumnRef="code"><SimpleValue>c\(number)</SimpleValue></Value>\
                <Value ColumnRef="name"><SimpleValue>Name \(number)</SimpleValue></Value>\
                <Value ColumnRef="erklaerung"><SimpleValue>\(text)</SimpleValue></Value></Row>

                """
            }.joined()
            try (example[..<start.lowerBound] + body + example[end.lowerBound...])
                .write(toFile: file, atomically: true, encoding: .utf8)
            let loaded = try lade([file], data: folder + "/\(rows)")
            #expect(loaded.code == 0 && loaded.text.contains("neu: \(rows)"), "\(loaded.text)")
            peaks.append(loaded.speicher)
        }
        // The long file has 7 MB.
        #expect(peaks[1] - peaks[0] < 16_000, "\(peaks) KB")
    }
}
