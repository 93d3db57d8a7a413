import Kernel
import Storage
import Web

/// One field of a statement that an authority makes about itself: its column, its place in the form, what it may hold.
struct Angabenfeld: Sendable {
    enum Art: Sendable {
        case text(Int)
        case email, telefon, tag, haken
        /// One of the words; the empty choice stands first where the field may stay empty.
        case auswahl([(wert: String, text: String)])
        /// One of the offices.
        case einheit
        /// Kept in the row and found by the program, never typed.
        case verborgen
    }

    let name: String
    let spalte: SQL
    let label: String
    let art: Art
    let hinweis: String?
    let pflicht: Bool
    /// The Verlauf says that it changed, never from what to what.
    let istPersoenlich: Bool
    /// Names the suggestions that the form offers.
    let liste: String?
    let autocomplete: String?

    init(
        _ name: String, spalte: SQL, _ label: String, _ art: Art, hinweis: String? = nil, pflicht: Bool = false,
        persoenlich: Bool = false, liste: String? = nil, autocomplete: String? = nil
    ) {
        (self.name, self.spalte, self.label, self.art) = (name, spalte, label, art)
        (self.hinweis, self.pflicht, istPersoenlich) = (hinweis, pflicht, persoenlich)
        (self.liste, self.autocomplete) = (liste, autocomplete)
    }

    /// As the column keeps it.
    func sql(_ wert: String?) -> SQLValue {
        if case .haken = art { return (wert == "ja").sqlValue }
        return wert.map(SQLValue.text) ?? .null
    }

    /// As the row says it: days in ISO form, a tick as "ja".
    func wert(_ row: Row) throws -> String? {
        if case .haken = art { return try row[name] as Bool ? "ja" : nil }
        return try row[name]
    }

    /// As people read it; offices are named by the page.
    func wort(_ wert: String) -> String {
        switch art {
        case .tag: Tag(iso: wert)?.deutsch ?? wert
        case .auswahl(let words): words.first { $0.wert == wert }?.text ?? wert
        default: wert
        }
    }

    /// The typed text as it is kept; nil for nothing.
    func geprueft(_ typed: String, _ errors: inout FormErrors, baum: Einheitenbaum, before: String?) -> String? {
        let text = typed.getrimmt
        guard !text.isEmpty else {
            if pflicht { errors.add(name, "Füllen Sie „\(label)“ aus.") }
            return nil
        }
        switch art {
        case .text(let limit):
            if text.count > limit { errors.add(name, "Kürzen Sie die Angabe auf \(Zahl.deutsch(limit)) Zeichen.") }
            return text
        case .email:
            if !Self.istEmail(text) { errors.add(name, "Geben Sie die Adresse so an: amt@gemeinde.de") }
            return text
        case .telefon:
            if !Self.istTelefon(text) { errors.add(name, "Geben Sie die Nummer mit Vorwahl an, z. B. 02594 12-345.") }
            return text
        case .tag:
            guard let tag = Tag(getippt: text) else {
                errors.add(name, "Geben Sie den Tag so an: TT.MM.JJJJ")
                return nil
            }
            return tag.iso
        case .auswahl(let words):
            if !words.contains(where: { $0.wert == text }) { errors.add(name, "Wählen Sie einen Wert aus der Liste.") }
            return text
        case .einheit:
            let chosen = baum[.init(rawValue: text)]
            // One that is closed meanwhile stays where it was chosen before.
            if chosen == nil || (chosen?.istOffen == false && text != before) {
                errors.add(name, "Wählen Sie ein bestehendes Amt aus der Liste.")
            }
            return text
        case .haken: return text == "ja" ? "ja" : nil
        case .verborgen: return before
        }
    }

    /// One @ between a name and a host with a dot, and nothing that a mail header could misread.
    static func istEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64 else {
            return false
        }
        let hosts = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        let plain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 32 && scalar.value != 127 && !"<>()[]\\,;:\"".unicodeScalars.contains(scalar)
        }
        return plain && hosts.count >= 2 && hosts.allSatisfy { !$0.isEmpty }
    }

    static func istTelefon(_ text: String) -> Bool {
        let digits = text.utf8.filter { (48...57).contains($0) }.count
        return (3...20).contains(digits) && text.utf8.count <= 40
            && text.utf8.allSatisfy { (48...57).contains($0) || " +-/()".utf8.contains($0) }
    }
}
