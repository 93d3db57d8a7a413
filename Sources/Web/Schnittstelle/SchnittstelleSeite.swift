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
        var rest = schemas + operationen.eingaben
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
            for shape in [operation.schema, operation.eingabe?.name] {
                if let shape, let place = rest.firstIndex(where: { $0.name == shape }) {
                    gruppen[index].schemas.append(rest.remove(at: place))
                }
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
            ("titel", operation.titel), ("methode", operation.methode.rawValue),
            ("pfad", "/api/v1" + operation.path), ("kennung", OpenAPI.operationID(operation)),
            ("eingabe", operation.eingabe.map { Formverweis($0.name) }), ("nurMitToken", operation.nurMitToken),
            ("antwortListe", operation.istListe), ("antwortSchema", operation.schema.map(Formverweis.init)),
            ("antwortDokument", operation.istDokument), ("antwortLeer", operation.istLeer),
            ("parameter", parameters.map(ansicht)),
            ("curl", curl(operation)),
            ("echt", operation.nurMitToken ? nil : beispiele[operation.path]),
        ])
    }

    private func curl(_ operation: APIOperation) -> String {
        let address = "\"\(basis)\(operation.aendert ? "/api/v1" + operation.path : beispiel(operation))\""
        guard operation.nurMitToken else { return "curl \(address)" }
        var lines = ["curl\(operation.aendert ? " -X \(operation.methode.rawValue)" : "") \(address)"]
        lines.append("  -H \"Authorization: Bearer $TOKEN\"")
        if let form = operation.eingabe {
            lines += ["  -H \"Content-Type: application/json\"", "  -d '\(form.beispiel)'"]
        }
        return lines.joined(separator: " \\\n")
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
            ("imPfad", parameter.ort == "path"), ("alsKopfzeile", parameter.ort == "header"),
        ])
    }

    private func ansicht(_ schema: APISchema) -> Werte {
        Werte([
            ("name", schema.name), ("istEingabe", schema.istEingabe),
            ("felder", Feldzeile.zeilen(schema.eigenschaften, alsEingabe: schema.istEingabe)),
        ])
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
        case .objekt(let name), .angelegt(let name), .liste(let name, _): name
        case .dokument, .leer: nil
        }
    }

    var istDokument: Bool { if case .dokument = antwort { true } else { false } }
    var istLeer: Bool { if case .leer = antwort { true } else { false } }
}
