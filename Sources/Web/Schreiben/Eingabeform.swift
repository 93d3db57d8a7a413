/// One field of a JSON body: its name there, the field of the form whose check it goes through, and what it may hold.
package struct Eingabefeld: Sendable {
    package enum Art: Sendable, Equatable {
        /// A text of so many characters.
        case text(Int)
        case webadresse(Int)
        /// One of these words.
        case wort([String])
        /// `2026-12-31`.
        case tag
        /// So many texts, each of so many characters.
        case texte(Int, je: Int)
        case wahrheit
        case zahl(ClosedRange<Int>)
    }

    package let name: String
    /// As the form of the page calls it.
    package let feld: String
    package let art: Art
    /// Must stand in the body of something new.
    package let pflicht: Bool
    /// `null` empties it.
    package let leerbar: Bool
    package let beschreibung: String?

    package init(
        _ name: String, _ art: Art, feld: String? = nil, pflicht: Bool = false, leerbar: Bool? = nil,
        _ beschreibung: String? = nil
    ) {
        (self.name, self.art, self.feld) = (name, art, feld ?? name)
        (self.pflicht, self.leerbar, self.beschreibung) = (pflicht, leerbar ?? !pflicht, beschreibung)
    }
}

/// The body that a JSON route takes: read by it and described from it, so that both are the same.
package struct Eingabeform: Sendable {
    package let name: String
    package let felder: [Eingabefeld]
    /// Only what is given is changed, so nothing has to be.
    let istTeil: Bool

    package init(_ name: String, _ felder: [Eingabefeld]) {
        (self.name, self.felder, istTeil) = (name, felder, false)
    }

    private init(teil name: String, _ felder: [Eingabefeld]) {
        (self.name, self.felder, istTeil) = (name, felder, true)
    }

    /// The body of a PATCH: the same fields, none of them needed, without those that never change again.
    package func aenderung(_ name: String, ohne: Set<String> = [], und more: [Eingabefeld] = []) -> Eingabeform {
        Eingabeform(
            teil: name,
            felder.filter { !ohne.contains($0.name) } + more + [
                Eingabefeld(
                    "version", .zahl(1...2_147_483_647), leerbar: false,
                    "Fassung, auf der die Änderung beruht: ist sie nicht mehr die letzte, antwortet 409; fehlt sie, gilt die letzte"
                )
            ])
    }

    func istNoetig(_ feld: Eingabefeld) -> Bool { feld.pflicht && !istTeil }

    var schema: APISchema {
        APISchema(
            eingabe: name,
            felder.map { feld in
                .init(
                    feld.name, .eingabe(feld.art, noetig: feld.pflicht), leerbar: feld.leerbar,
                    pflicht: istNoetig(feld), feld.beschreibung)
            })
    }

    /// The name in the body of a field of the form.
    func name(von feld: String) -> String { felder.first { $0.feld == feld }?.name ?? feld }

    /// A body that a reader of the documentation can start from.
    var beispiel: String {
        let shown = istTeil ? Array(felder.prefix(1)) : felder.filter(\.pflicht)
        return "{" + shown.map { "\"\($0.name)\": \($0.beispiel)" }.joined(separator: ", ") + "}"
    }
}

extension Eingabefeld {
    fileprivate var beispiel: String {
        switch art {
        case .text: "\"…\""
        case .webadresse: "\"https://…\""
        case .wort(let words): "\"\(words.first ?? "…")\""
        case .tag: "\"2026-12-31\""
        case .texte: "[\"…\"]"
        case .wahrheit: "true"
        case .zahl(let range): "\(range.lowerBound)"
        }
    }
}

/// A form whose fields are texts: some of them can be set by name, as a body that changes only what it names does.
package protocol Textformular {
    static var wege: [(name: String, weg: WritableKeyPath<Self, String>)] { get }
}

extension Textformular {
    /// Takes over the values that are there; the others stay.
    package mutating func uebernimm(_ felder: Abfrage) {
        for (name, weg) in Self.wege where felder.nennt(name) { self[keyPath: weg] = felder.roh(name) }
    }

    /// Takes over all values; one that is missing is empty.
    package mutating func lies(_ felder: Abfrage) {
        for (name, weg) in Self.wege { self[keyPath: weg] = felder.roh(name) }
    }
}
