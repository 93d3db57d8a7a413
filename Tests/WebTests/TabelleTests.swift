import Formats
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import Storage
import TestKit
import Testing

@testable import Web

@Suite struct TabelleTests {
    private struct Abbruch: Error {}

    private static func tabelle(_ count: Int, abbruchNach: Int = .max) -> Tabelle {
        Tabelle("Gebiete: alle?", [TableColumn("Nr", width: 5), TableColumn("Text", width: 20)], stand: "Stand 2025") {
            add in
            for number in 0..<count {
                if number == abbruchNach { throw Abbruch() }
                try add([.number(number), .text("0\(number)")])
            }
        }
    }

    @Test(arguments: Tabellenformat.allCases)
    func `a table that breaks off leaves no file and no open one behind`(format: Tabellenformat) async throws {
        try await Kleinseite.ordner(["da/x": []]) { base in
            let folder = base + "/da"
            func offen() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { fd in
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(fd)")
                    return target?.hasPrefix(folder) ?? false
                }.count
            }
            do {
                let file = try TemporaryFile(in: folder)
                #expect(throws: Abbruch.self) {
                    try Self.tabelle(1_000, abbruchNach: 700).write(format, to: file, am: Welt.jetzt)
                }
                #expect(try offen() == 1)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x"])
            #expect(try offen() == 0)
        }
    }

    @Test(arguments: Tabellenformat.allCases)
    func `a finished table has no name any more and is sent whole, also to somebody who asks for its head alone`(
        format: Tabellenformat
    ) async throws {
        let database = try await TestBackend.sqliteMemory.database()
        let datei = try await database.tabelle(format, am: Welt.jetzt) { _ in Self.tabelle(20_000) }
        #expect(!FileManager.default.fileExists(atPath: datei.file.path))
        #expect(datei.name == "gebiete-alle-2026-11-22.\(format.rawValue)")
        let router = try Kleinseite.router { routes in
            // Written before the client waits: on a busy machine it would give up first.
            routes.tabelle("/x") { _, _, _ in .tabelle(datei) }
        }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try await Application(router: router, logger: logger).test(.live) { client in
            for method in [HTTPRequest.Method.get, .head] {
                let response = try await client.execute(uri: "/x.\(format.rawValue)", method: method) { $0 }
                #expect(response.status == .ok)
                #expect(response.headers[.contentType] == format.type)
                #expect(response.headers[.contentLength].flatMap { Int($0) } ?? 0 > 60_000)
                #expect(
                    response.headers[.contentDisposition]
                        == "attachment; filename=\"gebiete-alle-2026-11-22.\(format.rawValue)\"")
                guard method == .get else { continue }
                let bytes = Array(response.body.readableBytesView)
                switch format {
                case .csv:
                    #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF] + Array("Nr;Text\r\n0;00\r\n".utf8)))
                    #expect(bytes.count { $0 == 10 } == 20_001)
                case .xlsx:
                    let mappe = try Arbeitsmappe(bytes: bytes)
                    #expect(mappe.blaetter[0].zeilen.count == 20_001)
                }
            }
        }
    }

    @Test func `the second sheet says what was chosen, how many rows there are, of which Stand and when`() throws {
        let file = try TemporaryFile()
        var tabelle = Self.tabelle(3)
        tabelle = Tabelle(
            tabelle.titel, tabelle.spalten, auswahl: [(label: "Art", text: "=Gemeinde")], stand: tabelle.stand,
            zeilen: tabelle.zeilen)
        try tabelle.write(.xlsx, to: file, am: Welt.jetzt)
        let mappe = try Arbeitsmappe(bytes: file.read(at: 0, count: file.byteCount))
        #expect(mappe.blaetter.map(\.name) == ["Gebiete alle", "Auswahl"])
        #expect(
            mappe.blaetter[1].zeilen.map { $0.map(\.wert) } == [
                ["Liste", "Gebiete: alle?"], ["Art", "=Gemeinde"], ["Zeilen", "3"], ["Stand", "Stand 2025"],
                ["Erstellt", "22.11.2026, 10:00 Uhr"],
            ])
    }
}
