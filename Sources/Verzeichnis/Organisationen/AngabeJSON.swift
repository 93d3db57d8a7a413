import Formats
package import Web

/// The statements of an authority as the JSON interface names and describes them, made of the same fields as the form.
extension Angabenart {
    var schemaname: String {
        switch self {
        case .ansprechpartner: "Ansprechpartner"
        case .fachverfahren: "Fachverfahren"
        case .dienstleister: "ITDienstleister"
        case .rechtsstatus: "Rechtsstatus"
        }
    }

    private var getippte: [Angabenfeld] { felder.filter { if case .verborgen = $0.art { false } else { true } } }

    var eingabe: Eingabeform { Eingabeform(schemaname + "Neu", getippte.map(\.eingabe)) }
    var aenderung: Eingabeform { eingabe.aenderung(schemaname + "Aenderung") }

    fileprivate var schema: APISchema {
        let link: [APISchema.Eigenschaft] =
            self == .dienstleister
            ? [.init("dienstleister", .text, leerbar: true, "Kennung der Organisation, wenn das Verzeichnis sie kennt")]
            : []
        return APISchema(
            schemaname,
            [.init("id", .text), .init("version", .zahl, "zählt die Änderungen")]
                + getippte.map { field -> APISchema.Eigenschaft in
                    if case .haken = field.art { return .init(field.jsonname, .wahrheit, field.label) }
                    return .init(field.jsonname, field.schemaart, leerbar: !field.pflicht, field.label)
                } + link)
    }
}

extension Angabenfeld {
    /// `gilt_bis` as `giltBis`.
    var jsonname: String {
        let parts = name.split(separator: "_")
        return parts.enumerated().map { $0.offset == 0 ? String($0.element) : $0.element.capitalizedFirst }.joined()
    }

    fileprivate var schemaart: APISchema.Art {
        if case .auswahl(let words) = art { .auswahl(words.map(\.wert)) } else { .text }
    }

    fileprivate var eingabe: Eingabefeld {
        let kind: Eingabefeld.Art =
            switch art {
            case .text(let limit): .text(limit)
            case .email: .text(254)
            case .telefon: .text(40)
            case .tag: .tag
            case .haken: .wahrheit
            case .auswahl(let words): .wort(words.map(\.wert))
            case .einheit, .verborgen: .text(16)
            }
        if case .haken = art { return Eingabefeld(jsonname, kind, feld: name, leerbar: false, label) }
        return Eingabefeld(jsonname, kind, feld: name, pflicht: pflicht, label)
    }
}

extension Organisation {
    /// The shapes of all kinds of statements.
    package static var angabenschemas: [APISchema] { Angabenart.allCases.map(\.schema) }
}

extension Substring {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension Angabe: JSONValue {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("version", version)
            for field in art.felder {
                if case .verborgen = field.art, field.name != "dienstleister" { continue }
                json.key(field.jsonname)
                if case .haken = field.art {
                    json.bool(werte[field.name] == "ja")
                } else if let wert = werte[field.name] {
                    json.string(wert)
                } else {
                    json.null()
                }
            }
        }
    }
}
