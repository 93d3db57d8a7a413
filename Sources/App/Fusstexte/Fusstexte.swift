import Formats
import Glibc
import Kernel
import Synchronization

/// A page at the foot of every page, whose words the operator writes.
package enum Fusstext: String, CaseIterable, Sendable {
    case impressum, datenschutz, barrierefreiheit

    package var name: String {
        switch self {
        case .impressum: "Impressum"
        case .datenschutz: "Datenschutz"
        case .barrierefreiheit: "Barrierefreiheit"
        }
    }

    package var pfad: String { "/\(rawValue)" }
    package var datei: String { "\(rawValue).md" }
}

/// Reads the texts of the operator's folder, again whenever a file changed, and the shipped ones where there is none.
package final class Fusstexte: Sendable {
    /// Longer than any such text.
    package static let hoechstens = 256 * 1024

    struct Text: Sendable {
        let inhalt: Markdown
        /// Shipped with the product, with gaps that only the operator can fill.
        let istVorlage: Bool
    }

    /// What tells one state of a file from another. Not the time of its content: copying can set that back.
    private struct Stempel: Equatable {
        let inode: UInt
        let groesse: Int
        let sekunden: Int
        let nanosekunden: Int

        init(_ info: stat) {
            inode = UInt(info.st_ino)
            groesse = Int(info.st_size)
            (sekunden, nanosekunden) = (info.st_ctim.tv_sec, info.st_ctim.tv_nsec)
        }
    }

    private let ordner: String?
    private let vorlagen: String?
    private let gelesen = Mutex<[String: (stempel: Stempel, inhalt: Markdown)]>([:])

    /// `ordner` is the operator's folder, `vorlagen` the shipped one.
    package init(ordner: String? = nil, vorlagen: String? = nil) { (self.ordner, self.vorlagen) = (ordner, vorlagen) }

    /// - Throws: `Refusal` with a sentence for the operator when there is a file that cannot be shown.
    func text(_ which: Fusstext) throws(Refusal) -> Text {
        if let ordner, let own = try read(ordner, which.datei) { return Text(inhalt: own, istVorlage: false) }
        if let vorlagen, let shipped = try read(vorlagen, which.datei) {
            return Text(inhalt: shipped, istVorlage: true)
        }
        throw Refusal(.unavailable, "\(which.datei) fehlt.")
    }

    /// What an operator should still do, a line for each text.
    package func hinweise() -> [String] {
        Fusstext.allCases.compactMap { which in
            do throws(Refusal) {
                guard let ordner, let own = try read(ordner, which.datei) else {
                    return "\(which.pfad) zeigt die Vorlage: \(which.datei) fehlt im Ordner \(ordner ?? "für Texte")."
                }
                var faults: [String] = []
                if !own.luecken.isEmpty {
                    faults.append(
                        "noch offen: " + own.luecken.map { "[\(Fusstexte.kurz($0))]" }.joined(separator: ", "))
                }
                if !own.verworfen.isEmpty {
                    faults.append(
                        "Verweise, die nicht gezeigt werden: "
                            + own.verworfen.map(Fusstexte.kurz).joined(separator: ", "))
                }
                return faults.isEmpty ? nil : "\(which.pfad), \(which.datei): \(faults.joined(separator: "; "))"
            } catch {
                return "\(which.pfad): \(error.message)"
            }
        }
    }

    private static func kurz(_ text: String) -> String {
        text.utf8.count <= 80 ? text : text.prefix(60) + "…"
    }

    /// Nil when there is no such file.
    private func read(_ folder: String, _ name: String) throws(Refusal) -> Markdown? {
        let path = folder + "/" + name
        var info = stat()
        guard stat(path, &info) == 0 else {
            if errno == ENOENT { return nil }
            throw Refusal(
                .unavailable,
                "\(name) lässt sich nicht lesen. Prüfen Sie, ob der Ordner für Texte stimmt und lesbar ist.")
        }
        // A stream or a device could keep a reader waiting for ever.
        guard info.st_mode & S_IFMT == S_IFREG else {
            let kind = info.st_mode & S_IFMT == S_IFDIR ? "ein Ordner" : "keine gewöhnliche Datei"
            throw Refusal(.unavailable, "\(name) ist \(kind). Legen Sie unter diesem Namen eine Textdatei ab.")
        }
        let stempel = Stempel(info)
        if let known = gelesen.withLock({ $0[path] }), known.stempel == stempel { return known.inhalt }
        let inhalt = Markdown(
            try Fusstexte.content(of: path, name),
            klassen: [2: "kern-heading-medium", 3: "kern-title", 4: "kern-title"],
            adresse: "ls-adresse")
        gelesen.withLock { $0[path] = (stempel, inhalt) }
        return inhalt
    }

    private static func content(of path: String, _ name: String) throws(Refusal) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw Refusal(
                .unavailable, "\(name) lässt sich nicht lesen. Geben Sie dem Server das Recht, die Datei zu lesen.")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: hoechstens + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            guard got >= 0 else { throw Refusal(.unavailable, "\(name) lässt sich nicht lesen.") }
            if got == 0 { break }
            count += got
        }
        guard count <= hoechstens else {
            throw Refusal(.unavailable, "\(name) ist größer als \(hoechstens / 1024) kB. Kürzen Sie den Text.")
        }
        bytes.removeSubrange(count...)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(
                .unavailable, "\(name) ist kein Text in UTF-8. Speichern Sie die Datei mit der Kodierung UTF-8.")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw Refusal(
                .unavailable, "\(name) ist leer. Schreiben Sie den Text hinein, oder löschen Sie die Datei.")
        }
        return text
    }
}
