import Kernel

/// A link to the fields of a shape on the same page.
struct Formverweis: Ansicht {
    let name: String

    init(_ name: String) { self.name = name }

    func child(named: String) -> Any? { named == "name" ? name : nil }
}

/// One field of an answer; fields of an object inside are written `anbieter.name`.
struct Feldzeile: Ansicht {
    let name: String
    let art: String
    let form: String?
    let werte: [String]
    let leerbar: Bool
    let beschreibung: String?
    /// A body must have it.
    let noetig: Bool

    func child(named: String) -> Any? {
        switch named {
        case "name": name
        case "art": art
        case "form": form.map(Formverweis.init)
        case "werte": werte
        case "leerbar": leerbar
        case "beschreibung": beschreibung
        case "noetig": noetig
        default: nil
        }
    }

    static func zeilen(
        _ fields: [APISchema.Eigenschaft], in prefix: String = "", alsEingabe: Bool = false
    ) -> [Feldzeile] {
        fields.flatMap { field -> [Feldzeile] in
            let name = prefix + field.name
            let (art, form, werte, inside) = worte(field.art)
            let own = Feldzeile(
                name: name, art: art, form: form, werte: werte, leerbar: field.leerbar,
                beschreibung: field.beschreibung,
                noetig: alsEingabe && field.pflicht)
            return [own] + zeilen(inside.felder, in: name + inside.verbindung)
        }
    }

    private typealias Innen = (felder: [APISchema.Eigenschaft], verbindung: String)

    /// The words for a kind, the shape it refers to, its values, and the fields inside.
    private static func worte(_ art: APISchema.Art) -> (String, String?, [String], Innen) {
        switch art {
        case .text: ("Text", nil, [], ([], ""))
        case .zahl: ("ganze Zahl", nil, [], ([], ""))
        case .wahrheit: ("true oder false", nil, [], ([], ""))
        case .auswahl(let words): ("eines von", nil, words, ([], ""))
        case .objekt(let fields): ("Objekt", nil, [], (fields, "."))
        case .verweis(let name): ("Objekt", name, [], ([], ""))
        case .eingabe(let kind, _): eingabe(kind)
        case .feld(let element):
            switch worte(element) {
            case (let word, let form, let words, let inside): ("Liste: " + word, form, words, (inside.felder, "[]."))
            }
        }
    }

    private static func eingabe(_ art: Eingabefeld.Art) -> (String, String?, [String], Innen) {
        switch art {
        case .text(let limit): ("Text, höchstens \(Zahl.deutsch(limit)) Zeichen", nil, [], ([], ""))
        case .webadresse: ("Adresse im Netz", nil, [], ([], ""))
        case .wort(let words): ("eines von", nil, words, ([], ""))
        case .tag: ("Tag, JJJJ-MM-TT", nil, [], ([], ""))
        case .texte(let count, _): ("Liste: Text, höchstens \(count)", nil, [], ([], ""))
        case .wahrheit: ("true oder false", nil, [], ([], ""))
        case .zahl: ("ganze Zahl", nil, [], ([], ""))
        }
    }
}
