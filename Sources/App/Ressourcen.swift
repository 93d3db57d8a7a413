import Foundation
import Kernel
package import Konten
package import Web

/// Finds templates, assets and example data: in the configured folder, else beside the binary or where a package of the
/// system puts them, else in the checkout.
package struct Ressourcen: Sendable {
    /// Template folders by room.
    let vorlagen: [(room: String, path: String)]
    let dateien: [String]
    package let beispieldaten: String
    /// The lists of everyday words of the search.
    let woerter: String
    /// The texts of the pages at the foot, with gaps for the operator.
    package let texte: String
    /// The list of common passwords, which may be absent.
    package let kennwoerter: String

    /// - Throws: `Refusal` that names the places it looked at.
    package init(konfiguriert: String?) throws {
        if let konfiguriert {
            guard let found = Ressourcen(installiert: konfiguriert) else {
                throw Refusal(.notFound, "Im Ordner \(konfiguriert) (LEITSTAND_RESSOURCEN) fehlen views und assets.")
            }
            self = found
            return
        }
        let binary = Ressourcen.programmordner
        for folder in [binary, Ressourcen.systemordner(of: binary)] {
            guard let found = Ressourcen(installiert: folder) else { continue }
            self = found
            return
        }
        for start in [binary, FileManager.default.currentDirectoryPath] {
            if let root = Ressourcen.quellbaum(ab: start) {
                self = root
                return
            }
        }
        throw Refusal(
            .notFound,
            "Vorlagen und Gestaltung fehlen: gesucht neben dem Programm (\(binary)) und im Quellbaum. Setzen Sie LEITSTAND_RESSOURCEN."
        )
    }

    private init(
        vorlagen: [(room: String, path: String)], dateien: [String], beispieldaten: String, woerter: String,
        texte: String, kennwoerter: String
    ) {
        (self.vorlagen, self.dateien, self.beispieldaten) = (vorlagen, dateien, beispieldaten)
        (self.woerter, self.texte, self.kennwoerter) = (woerter, texte, kennwoerter)
    }

    /// `views/{room}`, `assets`, `woerter`, `texte` and `Beispieldaten` in one folder.
    private init?(installiert folder: String) {
        let views = folder + "/views"
        guard Ressourcen.istOrdner(views), Ressourcen.istOrdner(folder + "/assets"),
            // An unreadable folder counts as absent; the search goes on and names what it looked at.
            let rooms = try? FileManager.default.contentsOfDirectory(atPath: views)
        else { return nil }
        self.init(
            vorlagen: rooms.sorted().map { (room: $0, path: "\(views)/\($0)") }.filter {
                Ressourcen.istOrdner($0.path)
            },
            dateien: [folder + "/assets"], beispieldaten: folder + "/Beispieldaten", woerter: folder + "/woerter",
            texte: folder + "/texte", kennwoerter: folder + "/kennwoerter/haeufige.txt")
    }

    /// The source tree that the folder lies in.
    private static func quellbaum(ab folder: String) -> Ressourcen? {
        var url = URL(fileURLWithPath: folder).standardizedFileURL
        while url.path != "/" {
            let sources = url.path + "/Sources"
            if istOrdner(sources + "/Web/views"), FileManager.default.fileExists(atPath: url.path + "/Package.swift"),
                // An unreadable folder counts as absent.
                let rooms = try? FileManager.default.contentsOfDirectory(atPath: sources)
            {
                let views = rooms.sorted().map { (room: $0.lowercased(), path: "\(sources)/\($0)/views") }
                let vendor = url.path + "/assets/vendor"
                return Ressourcen(
                    vorlagen: views.filter { istOrdner($0.path) },
                    dateien: [sources + "/Web/assets"] + (istOrdner(vendor) ? [vendor] : []),
                    beispieldaten: url.path + "/Beispieldaten", woerter: sources + "/Suche/woerter",
                    texte: sources + "/App/texte", kennwoerter: url.path + "/assets/kennwoerter/haeufige.txt")
            }
            url.deleteLastPathComponent()
        }
        return nil
    }

    private static var programmordner: String {
        // Without /proc the first argument still names the program.
        let path =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    /// `/usr/share/leitstand` for a program in `/usr/bin`.
    private static func systemordner(of binary: String) -> String {
        URL(fileURLWithPath: binary).deletingLastPathComponent().path + "/share/leitstand"
    }

    private static func istOrdner(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    package func views() throws -> Views { try Views(ordner: vorlagen) }

    /// What a new password must be like; without the list only its other rules hold.
    package var kennwortregel: Kennwortregel {
        Kennwortregel(haeufige: HaeufigeKennwoerter(datei: kennwoerter) ?? HaeufigeKennwoerter([String]()))
    }

    /// What an operator should know about the list of common passwords; nil when it is there.
    package var kennworthinweis: String? {
        if let list = HaeufigeKennwoerter(datei: kennwoerter), list.anzahl > 0 { return nil }
        return "Die Liste häufiger Passwörter fehlt (\(kennwoerter)): Werkzeuge/assets richtet sie ein."
    }

    package func assets() throws -> Assets { try Assets(ordner: dateien) }
}
