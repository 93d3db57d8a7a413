import Foundation
import HTTPTypes
import Kernel

/// The JSON interface for people: made of the same table and the same schemas as the OpenAPI document.
package struct SchnittstelleSeite: Page {
    package static let template = "web/schnittstelle"

    /// The operations of one noun, with the shapes they answer.
    struct Gruppe: Sendable {
        let name: String
        let kennung: String
        var operationen: [APIOperation]
        var schemas: [APISchema]
    }

    let gruppen: [Gruppe]
    /// Shapes that several answers contain.
    let gemeinsame: [APISchema]
    let basis: String
    let beispiele: [String: String]

    /// `namen` are the names of the nouns by their path, e.g. the entries of the navigation.
    package init(
        operationen: [APIOperation], schemas: [APISchema], namen: [Verweis], basis: String, beispiele: [String: String]
    ) {
        (self.basis, self.beispiele) = (basis, beispiele)
        var gruppen: [Gruppe] = []
        var rest = schemas
        for operation in operationen {
            let noun = operation.path.split(separator: "/").first.map(String.init) ?? ""
            let index: Int
            if let known = gruppen.firstIndex(where: { $0.kennung == noun }) {
                index = known
            } else {
                let name =
                    namen.first { $0.pfad == "/" + noun }?.name ?? operation.titel.prefix { $0 != "," }.description
                gruppen.append(Gruppe(name: name, kennung: noun, operationen: [], schemas: []))
                index = gruppen.count - 1
            }
            gruppen[index].operationen.append(operation)
            if let answered = operation.schema, let place = rest.firstIndex(where: { $0.name == answered }) {
                gruppen[index].schemas.append(rest.remove(at: place))
            }
        }
        self.gruppen = gruppen
        gemeinsame = rest + [OpenAPI.problem]
    }

    package var titel: String { "Programmierschnittstelle" }
    package var brotkrumen: [Krume] { [Krume("Start", "/"), Krume(titel)] }
    package var bereich: String { "/schnittstelle" }

    package func child(named: String) -> Any? {
        switch named {
        case "basis": basis
        case "gruppen": gruppen.map(ansicht)
        case "gemeinsame": gemeinsame.map(ansicht)
        case "hoechstens": Listenwunsch.hoechstens
        case "vorgabe": Listenwunsch.vorgabe
        case "adresslaenge": Zahl.deutsch(RequestGuard.addressLimit)
        case "listenbeispiel": gruppen.flatMap(\.operationen).first { $0.istListe }.flatMap { beispiele[$0.path] }
        case "fehlerbeispiel": SchnittstelleSeite.fehlerbeispiel
        default: nil
        }
    }

    /// A refusal as it leaves the server, one field a line.
    private static let fehlerbeispiel: String? = {
        let refusal = Refusal(.badRequest, "„anzahl“ muss eine Zahl von 1 bis \(Listenwunsch.hoechstens) sein.")
        let bytes = Problem(refusal).bytes
        return String(validating: bytes, as: UTF8.self)?
            .replacing(",\"", with: ",\n  \"").replacing("{\"", with: "{\n  \"").replacing("\":", with: "\": ")
            .replacing("}", with: "\n}")
    }()

    private func ansicht(_ gruppe: Gruppe) -> Werte {
        Werte([
            ("name", gruppe.name), ("kennung", SchnittstelleSeite.anker(gruppe.kennung)),
            ("operationen", gruppe.operationen.map(ansicht)), ("schemas", gruppe.schemas.map(ansicht)),
        ])
    }

    private func ansicht(_ operation: APIOperation) -> Werte {
        let parameters = OpenAPI.parameters(of: operation)
        return Werte([
            ("titel", operation.titel), ("pfad", "/api/v1" + operation.path),
            ("kennung", OpenAPI.operationID(operation.path)),
            ("antwortListe", operation.istListe), ("antwortSchema", operation.schema.map(Formverweis.init)),
            ("antwortDokument", operation.schema == nil),
            ("parameter", parameters.map(ansicht)),
            ("curl", "curl \"\(basis)\(beispiel(operation))\""), ("echt", beispiele[operation.path]),
        ])
    }

    /// Its example, else its path with the names of the parameters.
    private func beispiel(_ operation: APIOperation) -> String {
        beispiele[operation.path] ?? "/api/v1" + operation.path
    }

    private func ansicht(_ parameter: APIOperation.Parameter) -> Werte {
        let kind =
            switch parameter.kind {
            case .string: "Text"
            case .integer: "ganze Zahl"
            case .boolean: "true oder false"
            }
        return Werte([
            ("name", parameter.name), ("art", kind), ("beschreibung", parameter.beschreibung),
            ("imPfad", parameter.ort == "path"),
        ])
    }

    private func ansicht(_ schema: APISchema) -> Werte {
        Werte([("name", schema.name), ("felder", Feldzeile.zeilen(schema.eigenschaften))])
    }

    /// Letters, digits and hyphens, as part of an anchor.
    static func anker(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}

extension APIOperation {
    var istListe: Bool { if case .liste = antwort { true } else { false } }

    /// The shape of the answer, or of the entries of a list.
    var schema: String? {
        switch antwort {
        case .objekt(let name), .liste(let name, _): name
        case .dokument: nil
        }
    }
}

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

    func child(named: String) -> Any? {
        switch named {
        case "name": name
        case "art": art
        case "form": form.map(Formverweis.init)
        case "werte": werte
        case "leerbar": leerbar
        case "beschreibung": beschreibung
        default: nil
        }
    }

    static func zeilen(_ fields: [APISchema.Eigenschaft], in prefix: String = "") -> [Feldzeile] {
        fields.flatMap { field -> [Feldzeile] in
            let name = prefix + field.name
            let (art, form, werte, inside) = worte(field.art)
            let own = Feldzeile(
                name: name, art: art, form: form, werte: werte, leerbar: field.leerbar, beschreibung: field.beschreibung
            )
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
        case .feld(let element):
            switch worte(element) {
            case (let word, let form, let words, let inside): ("Liste: " + word, form, words, (inside.felder, "[]."))
            }
        }
    }
}
