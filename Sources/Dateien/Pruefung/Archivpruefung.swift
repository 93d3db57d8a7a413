import Formats

/// ZIP archives and the documents that are made of them: by what their directory says, and whether that is true.
enum Archivpruefung {
    /// Entries of one archive.
    static let eintraege = 10_000
    /// Bytes that all entries unpack to.
    static let entpackt = 2 << 30
    /// How many times its size an archive may unpack to, beyond a size that harms nobody.
    static let faktor = 200
    static let unbedenklich = 32 << 20

    static func art(_ file: any Bytezugriff) throws -> Dateiart {
        do { return try geprueft(file) } catch let mangel as Zipverzeichnis.Mangel { throw Dateimangel(satz(mangel)) }
    }

    private static func geprueft(_ file: any Bytezugriff) throws -> Dateiart {
        let entries = try Zipverzeichnis(file, hoechstens: eintraege).eintraege
        guard !entries.isEmpty else { throw Dateimangel("Das Archiv ist leer. Wählen Sie eine Datei mit Inhalt.") }
        for entry in entries { try pruefe(entry, file) }
        try gegenBomben(entries, file.byteCount)
        let art = try dokument(entries, file) ?? .zip
        try gegenMakros(entries)
        if art == .zip { try gegenProgramme(entries) }
        try Zipinhalt.pruefe(file, entries) { entry, start in
            // Documents embed what their own programs open; an archive that only says it is something else does not.
            if art == .zip, beginntAlsArchiv(start, endung(entry.name)) { throw archivImArchiv(entry) }
        }
        return art
    }

    private static func satz(_ mangel: Zipverzeichnis.Mangel) -> String {
        switch mangel {
        case .davor, .dahinter: Dateipruefung.zweierlei.satz
        case .zuViele: "Das Archiv hat zu viele Einträge. Packen Sie es in kleineren Teilen."
        default: "Die Datei ist nicht zu gebrauchen: \(mangel.rawValue). Packen oder speichern Sie sie neu."
        }
    }

    private static func pruefe(_ entry: Zipverzeichnis.Eintrag, _ file: any Bytezugriff) throws {
        let shown = entry.name.prefix(60)
        if entry.istVerschluesselt {
            throw Dateimangel(
                "Das Archiv ist verschlüsselt; so lässt sich nicht prüfen, was darin ist. Packen Sie es ohne Passwort.")
        }
        let parts = entry.name.split(whereSeparator: { $0 == "/" || $0 == "\\" })
        let leadsOut =
            entry.name.hasPrefix("/") || entry.name.hasPrefix("\\") || parts.contains("..")
            || entry.name.prefix(2).hasSuffix(":")
        if leadsOut || entry.istBesonders || entry.name.unicodeScalars.contains(where: { $0.value < 32 }) {
            throw Dateimangel(
                "Im Archiv steht ein Name, der aus seinem Ordner hinausführt oder keine Datei ist („\(shown)“). Packen Sie es neu."
            )
        }
        let ending = endung(entry.name)
        if archive.contains(ending) { throw archivImArchiv(entry) }
        if entry.verfahren == 0,
            try beginntAlsArchiv(file.read(at: entry.inhalt, count: min(6, entry.gepackt))[...], ending)
        {
            throw archivImArchiv(entry)
        }
        guard Zipinhalt.verfahren.contains(entry.verfahren) else {
            throw Dateimangel(
                "Das Archiv ist auf eine seltene Art gepackt, die sich nicht prüfen lässt. Packen Sie es als gewöhnliches ZIP („Deflate“)."
            )
        }
    }

    private static func archivImArchiv(_ entry: Zipverzeichnis.Eintrag) -> Dateimangel {
        Dateimangel(
            "Im Archiv steckt noch ein Archiv („\(entry.name.prefix(60))“). Packen Sie es aus und hängen Sie es einzeln an."
        )
    }

    private static let archive: Set<String> = [
        "zip", "7z", "rar", "gz", "tgz", "bz2", "xz", "zst", "tar", "jar", "war", "ear", "apk", "cab", "iso", "img",
        "lz", "lzma", "arj", "z", "cpio", "vhd", "dmg",
    ]
    private static let dokumente: Set<String> = ["docx", "xlsx", "pptx", "odt", "ods", "odp"]

    /// An archive shows itself by its first bytes. Documents in an archive stay allowed: they are unpacked by their own
    /// programs, which know these limits, too.
    private static func beginntAlsArchiv(_ start: ArraySlice<UInt8>, _ ending: String) -> Bool {
        let marks: [[UInt8]] = [
            [0x50, 0x4B, 3, 4], [0x1F, 0x8B, 8], [0x37, 0x7A, 0xBC, 0xAF], [0x52, 0x61, 0x72, 0x21],
            [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58], [0x28, 0xB5, 0x2F, 0xFD], [0x4D, 0x53, 0x43, 0x46],
        ]
        guard let mark = marks.first(where: start.starts) else { return false }
        return !(mark == marks[0] && dokumente.contains(ending))
    }

    private static func gegenBomben(_ entries: [Zipverzeichnis.Eintrag], _ size: Int) throws {
        let bomb = Dateimangel(
            "Das Archiv würde ausgepackt riesig. Solche Archive schaden dem Rechner, der sie öffnet. Packen Sie weniger hinein."
        )
        var sum = 0
        for entry in entries {
            sum += entry.entpackt
            guard sum <= entpackt else { throw bomb }
            if entry.entpackt > unbedenklich, entry.entpackt / max(1, entry.gepackt) > faktor { throw bomb }
        }
        if sum > unbedenklich, sum / max(1, size) > faktor { throw bomb }
    }

    /// The document that an archive is; nil for one that is only an archive.
    private static func dokument(
        _ entries: [Zipverzeichnis.Eintrag], _ file: any Bytezugriff
    ) throws -> Dateiart? {
        let names = Set(entries.map(\.name))
        var found: [Dateiart] = []
        if names.contains("[Content_Types].xml") {
            if names.contains("word/document.xml") { found.append(.docx) }
            if names.contains("xl/workbook.xml") { found.append(.xlsx) }
            if names.contains("ppt/presentation.xml") { found.append(.pptx) }
        }
        // The type stands uncompressed at the very beginning, so that it can be read without unpacking.
        if let first = entries.first(where: { $0.name == "mimetype" }), first.verfahren == 0, first.gepackt <= 100 {
            let type = String(decoding: try file.read(at: first.inhalt, count: first.gepackt), as: UTF8.self)
            if let art = [Dateiart.odt, .ods, .odp].first(where: { $0.medientyp == type }) { found.append(art) }
        }
        if found.count > 1 { throw Dateipruefung.zweierlei }
        return found.first
    }

    private static func gegenMakros(_ entries: [Zipverzeichnis.Eintrag]) throws {
        let hasMacros = entries.contains { entry in
            let name = entry.name.lowercased()
            return name.hasSuffix("vbaproject.bin") || name.contains("xl/macrosheets/") || name.hasPrefix("basic/")
                || name.hasPrefix("scripts/") || makros.contains(endung(name))
        }
        if hasMacros {
            throw Dateimangel("Die Datei enthält Makros, also Programme. Speichern Sie sie ohne Makros.")
        }
    }

    private static let makros: Set<String> = ["docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm"]

    private static let programme: Set<String> = [
        "exe", "com", "bat", "cmd", "scr", "msi", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "lnk", "dll", "cpl",
        "pif", "reg",
    ]

    private static func gegenProgramme(_ entries: [Zipverzeichnis.Eintrag]) throws {
        if let entry = entries.first(where: { programme.contains(endung($0.name)) }) {
            throw Dateimangel("Im Archiv steckt ein Programm („\(entry.name.prefix(60))“). Nehmen Sie es heraus.")
        }
    }

    private static func endung(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        return last.lastIndex(of: ".").map { String(last[last.index(after: $0)...]).lowercased() } ?? ""
    }
}
