import Kernel

/// Reads one line of the rules, from left to right, and remembers the column.
struct Regelzeile {
    struct Fehler: Error, Equatable {
        let spalte: Int
        let text: String
    }

    enum Inhalt: Equatable {
        case verknuepfen
        case regel(pfad: [String], wert: String?, rolle: Rolle, organisation: String?, vertretung: Bool)
    }

    private let zeichen: [Character]
    private var stelle = 0

    init(_ line: Substring) {
        zeichen = Array(line)
        // A mark at the beginning of a file is no character of its first line.
        if zeichen.first == "\u{FEFF}" { stelle = 1 }
    }

    /// Nil for an empty line and for a remark.
    mutating func lies() throws(Fehler) -> Inhalt? {
        ueberspringe()
        if amEnde { return nil }
        let anfang = stelle
        let (name, woertlich) = try wort("Hier fehlt der Name einer Angabe, etwa gruppen.", verboten: "=@<>")
        ueberspringe()
        guard nimm("=") else { throw fehler("Nach dem Namen der Angabe fehlt ein Gleichheitszeichen.") }
        ueberspringe()
        let wertstelle = stelle
        let (wert, wertWoertlich) = try wort("Hier fehlt der Wert, den die Angabe haben muss.", verboten: "<>")
        ueberspringe()
        if amEnde {
            guard name == "bestehende-konten", !woertlich else {
                throw fehler("Nach dem Wert fehlt -> mit der Rolle.")
            }
            guard wert == "verknuepfen" else {
                throw fehler("Für bestehende-konten ist nur verknuepfen möglich.", bei: wertstelle)
            }
            return .verknuepfen
        }
        guard naechstes == ">", nimm("-"), nimm(">") else { throw fehler("Nach dem Wert fehlt -> mit der Rolle.") }
        let pfad = woertlich ? [name] : name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard pfad.allSatisfy({ !$0.isEmpty }) else {
            throw fehler(
                "Zwischen zwei Punkten fehlt ein Name. Namen mit Punkt stehen in Anführungszeichen.", bei: anfang)
        }
        let (rolle, organisation, vertretung) = try ziel()
        return .regel(
            pfad: pfad, wert: wert == "*" && !wertWoertlich ? nil : wert, rolle: rolle, organisation: organisation,
            vertretung: vertretung)
    }

    private mutating func ziel() throws(Fehler) -> (Rolle, organisation: String?, vertretung: Bool) {
        ueberspringe()
        let anfang = stelle
        let (wort, _) = try wort("Hier fehlt die Rolle.", verboten: "@=<>")
        guard let rolle = Rolle(rawValue: wort) else {
            let known = Rolle.allCases.map(\.rawValue).joined(separator: ", ")
            throw fehler("„\(wort.prefix(40))“ ist keine Rolle. Bekannt sind: \(known).", bei: anfang)
        }
        ueberspringe()
        var organisation: String?
        let ort = stelle
        if nimm("@") {
            ueberspringe()
            organisation = try self.wort(
                "Hier fehlt die Verwaltung: ihr Regionalschlüssel, ihre Kennung oder ihr Name.", verboten: "@=<>"
            ).text
            guard !rolle.giltUeberall else {
                throw fehler("Die Rolle \(rolle.rawValue) gilt überall: lassen Sie @ und die Verwaltung weg.", bei: ort)
            }
        } else if !rolle.giltUeberall {
            throw fehler("Die Rolle \(rolle.rawValue) gilt bei einer Verwaltung: nennen Sie sie nach @.")
        }
        ueberspringe()
        if amEnde { return (rolle, organisation, false) }
        let rest = stelle
        guard try self.wort("", verboten: "").text == "vertretung" else {
            throw fehler("Hier darf nur noch vertretung stehen.", bei: rest)
        }
        ueberspringe()
        guard amEnde else { throw fehler("Hier endet die Regel; Bemerkungen beginnen mit #.") }
        return (rolle, organisation, true)
    }

    /// A bare word up to the next blank, or anything between quotation marks, in which a backslash keeps the next one.
    private mutating func wort(_ fehlt: String, verboten: String) throws(Fehler) -> (text: String, woertlich: Bool) {
        let anfang = stelle
        if nimm("\"") {
            var text = ""
            while stelle < zeichen.count, zeichen[stelle] != "\"" {
                if zeichen[stelle] == "\\", stelle + 1 < zeichen.count { stelle += 1 }
                text.append(zeichen[stelle])
                stelle += 1
            }
            guard nimm("\"") else { throw fehler("Das Anführungszeichen wird nicht geschlossen.", bei: anfang) }
            guard !text.isEmpty else { throw fehler("Zwischen den Anführungszeichen steht nichts.", bei: anfang) }
            return (text, true)
        }
        while stelle < zeichen.count, !zeichen[stelle].isWhitespace, !verboten.contains(zeichen[stelle]),
            zeichen[stelle] != "\"", !(zeichen[stelle] == "-" && naechstes == ">")
        { stelle += 1 }
        guard stelle > anfang else { throw fehler(fehlt) }
        return (String(zeichen[anfang..<stelle]), false)
    }

    private var naechstes: Character? { stelle + 1 < zeichen.count ? zeichen[stelle + 1] : nil }

    /// At the end, or where only a remark follows.
    private var amEnde: Bool { stelle >= zeichen.count || zeichen[stelle] == "#" }

    private mutating func nimm(_ character: Character) -> Bool {
        guard stelle < zeichen.count, zeichen[stelle] == character else { return false }
        stelle += 1
        return true
    }

    private mutating func ueberspringe() {
        while stelle < zeichen.count, zeichen[stelle].isWhitespace { stelle += 1 }
    }

    private func fehler(_ text: String, bei place: Int? = nil) -> Fehler {
        Fehler(spalte: (place ?? stelle) + 1, text: text)
    }
}
