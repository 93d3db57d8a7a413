import App
import ArgumentParser
import Foundation
import Kernel
import Konten
import Post
import Storage

struct ImportRuecklaeufer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ruecklaeufer",
        abstract:
            "Liest Zustellberichte (RFC 3464) aus einer Mail oder einem Postfach (mbox) und markiert tote Adressen.")

    @OptionGroup var ort: Ort
    @Argument(help: ArgumentHelp("Mail oder Postfach; - oder nichts liest die Standardeingabe.", valueName: "Datei"))
    var datei = "-"

    /// Larger mailboxes come in pieces.
    private static let hoechstens = 64 << 20

    func run() async throws {
        try await erklaert {
            let bytes = try lies()
            let database = try await ort.open()
            let ergebnis = try await Ruecklauf.nimm(bytes, adressbuch: Kontenadressbuch(), am: .jetzt(), in: database)
            await database.close()
            for line in ergebnis.zeilen { melde(line) }
        }
    }

    private func lies() throws -> [UInt8] {
        let handle: FileHandle
        if datei == "-" {
            handle = .standardInput
        } else {
            guard let file = FileHandle(forReadingAtPath: datei) else {
                throw Refusal(.notFound, "\(datei) lässt sich nicht lesen.")
            }
            handle = file
        }
        var bytes: [UInt8] = []
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            bytes += piece
            guard bytes.count <= Self.hoechstens else {
                throw Refusal(.unprocessable, "Das Postfach ist größer als 64 MB. Teilen Sie es auf.")
            }
        }
        return bytes
    }
}
