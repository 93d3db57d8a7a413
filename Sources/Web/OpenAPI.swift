import Formats

/// One JSON route as the OpenAPI document describes it.
package struct APIOperation: Sendable {
    package struct Parameter: Sendable {
        package enum Kind: String, Sendable { case string, integer, boolean }

        let name: String
        let ort: String
        let kind: Kind
        let beschreibung: String
        /// A value that gives an answer worth reading, where the operation makes no sense without one.
        let beispiel: String?
        /// May stand several times; any of its values will do.
        let mehrfach: Bool
        /// What each value must be like; nil where any text will do.
        let regel: Angaberegel?
        /// Without it there is no answer.
        let pflicht: Bool

        package init(
            _ name: String, _ beschreibung: String, in ort: String = "query", kind: Kind = .string,
            mehrfach: Bool = false, beispiel: String? = nil, regel: Angaberegel? = nil,
            pflicht: Bool = false
        ) {
            (self.name, self.ort, self.kind, self.beschreibung) = (name, ort, kind, beschreibung)
            (self.mehrfach, self.beispiel, self.regel) = (mehrfach, beispiel, regel)
            self.pflicht = pflicht || ort == "path"
        }
    }

    package enum Antwort: Sendable {
        /// One object of a schema.
        case objekt(String)
        /// The usual list of such objects, some with the counts of their facets where these are asked for.
        case liste(String, facetten: Bool = false)
        /// A document of another kind, e.g. this very description.
        case dokument
    }

    /// Below `/api/v1`, parameters in braces.
    package let path: String
    let titel: String
    let parameter: [Parameter]
    let antwort: Antwort

    package init(_ path: String, _ titel: String, _ parameter: [Parameter] = [], antwort: Antwort) {
        (self.path, self.titel, self.parameter, self.antwort) = (path, titel, parameter, antwort)
    }
}

/// The shape of a JSON object.
package struct APISchema: Sendable {
    package indirect enum Art: Sendable {
        case text, zahl, wahrheit
        case auswahl([String])
        case feld(Art)
        case objekt([Eigenschaft])
        case verweis(String)
    }

    package struct Eigenschaft: Sendable {
        let name: String
        let art: Art
        let leerbar: Bool
        let beschreibung: String?
        /// Stands in every answer.
        let pflicht: Bool

        package init(
            _ name: String, _ art: Art, leerbar: Bool = false, pflicht: Bool = true, _ beschreibung: String? = nil
        ) {
            (self.name, self.art, self.leerbar, self.beschreibung) = (name, art, leerbar, beschreibung)
            self.pflicht = pflicht
        }
    }

    package let name: String
    let eigenschaften: [Eigenschaft]

    package init(_ name: String, _ eigenschaften: [Eigenschaft]) {
        (self.name, self.eigenschaften) = (name, eigenschaften)
    }
}

/// Writes the OpenAPI 3.1 document from the registered routes.
package enum OpenAPI {
    package static func document(version: String, routes: [RouteEntry], schemas: [APISchema]) -> [UInt8] {
        var json = JSONWriter(capacity: 32_768)
        json.object { json in
            json.field("openapi", "3.1.0")
            json.field(
                "info",
                object: { json in
                    json.field("title", "Leitstand")
                    json.field("version", version)
                    json.field(
                        "description",
                        "Katalog, Gebiete und Onlinedienste lesen. Ohne Anmeldung. Fehler sind problem+json (RFC 9457)."
                    )
                    json.field(
                        "license",
                        object: {
                            $0.field("name", "EUPL-1.2"); $0.field("identifier", "EUPL-1.2")
                        })
                })
            json.field(
                "paths",
                object: { json in
                    for operation in routes.compactMap(\.operation) { write(operation, to: &json) }
                })
            json.field(
                "components",
                object: { json in
                    json.field(
                        "schemas",
                        object: { json in
                            for schema in schemas + [problem] {
                                json.key(schema.name)
                                write(.objekt(schema.eigenschaften), leerbar: false, beschreibung: nil, to: &json)
                            }
                        })
                })
        }
        return json.bytes
    }

    static let problem = APISchema(
        "Problem",
        [
            .init("type", .text), .init("title", .text), .init("status", .zahl), .init("detail", .text),
            .init("vorfall", .text, pflicht: false, "Nummer eines Fehlers für die Betriebsstelle"),
        ])

    private static func write(_ operation: APIOperation, to json: inout JSONWriter) {
        json.key("/api/v1" + operation.path)
        json.object { json in
            json.field(
                "get",
                object: { json in
                    json.field("summary", operation.titel)
                    json.field("operationId", operationID(operation.path))
                    json.field(
                        "parameters",
                        array: { json in for parameter in parameters(of: operation) { write(parameter, to: &json) } })
                    json.field("responses", object: { json in responses(of: operation, to: &json) })
                })
        }
    }

    static func operationID(_ path: String) -> String {
        let words = path.split { "/{}.".contains($0) }
        return words.enumerated().map {
            $0.offset == 0 ? String($0.element) : $0.element.prefix(1).uppercased() + $0.element.dropFirst()
        }.joined()
    }

    static func parameters(of operation: APIOperation) -> [APIOperation.Parameter] {
        // A parameter of the path that the operation says nothing of is an id.
        let inPath = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
            .filter { name in !operation.parameter.contains { $0.name == name } }
            .map { APIOperation.Parameter($0, "Kennung", in: "path") }
        guard case .liste(_, let facetten) = operation.antwort else { return inPath + operation.parameter }
        let words = Angaberegel.worte(["ja", "nein"])
        let more =
            facetten
            ? [APIOperation.Parameter("facetten", "„ja“ nennt je Filter die Werte und ihre Zahl", regel: words)] : []
        return inPath + operation.parameter + more + [
            .init(
                "anzahl", "Einträge je Antwort, 1 bis \(Listenwunsch.hoechstens), sonst \(Listenwunsch.vorgabe)",
                kind: .integer, regel: .zahl(von: 1, bis: Listenwunsch.hoechstens)),
            .init("weiter", "Fortsetzung: der Wert „weiter“ der vorigen Antwort", regel: .marke),
        ]
    }

    private static func write(_ parameter: APIOperation.Parameter, to json: inout JSONWriter) {
        json.object { json in
            json.field("name", parameter.name)
            json.field("in", parameter.ort)
            json.field("required", parameter.pflicht)
            json.field("description", parameter.beschreibung)
            json.field(
                "schema",
                object: { json in
                    guard parameter.mehrfach else {
                        json.field("type", parameter.kind.rawValue)
                        parameter.regel?.write(to: &json)
                        return
                    }
                    json.field("type", "array")
                    json.field("maxItems", Abfrage.hoechstens)
                    json.field(
                        "items",
                        object: { json in
                            json.field("type", parameter.kind.rawValue)
                            parameter.regel?.write(to: &json)
                        })
                })
        }
    }

    private static func responses(of operation: APIOperation, to json: inout JSONWriter) {
        json.field(
            "200",
            object: { json in
                json.field("description", "Antwort")
                json.field(
                    "content",
                    object: { json in
                        json.field(
                            "application/json",
                            object: { json in
                                json.key("schema")
                                switch operation.antwort {
                                case .objekt(let name):
                                    write(.verweis(name), leerbar: false, beschreibung: nil, to: &json)
                                case .liste(let name, let facetten):
                                    let more: [APISchema.Eigenschaft] =
                                        facetten
                                        ? [.init("facetten", .feld(.verweis("Facette")), pflicht: false)] : []
                                    write(
                                        .objekt(
                                            [
                                                .init("eintraege", .feld(.verweis(name))), .init("gesamt", .zahl),
                                                .init("weiter", .text, leerbar: true),
                                            ] + more), leerbar: false, beschreibung: nil, to: &json)
                                case .dokument: write(.objekt([]), leerbar: false, beschreibung: nil, to: &json)
                                }
                            })
                    })
            })
        absagen(of: operation, to: &json)
    }

    private static func write(_ art: APISchema.Art, leerbar: Bool, beschreibung: String?, to json: inout JSONWriter) {
        json.object { json in
            func type(_ name: String, _ json: inout JSONWriter) {
                if leerbar {
                    json.field(
                        "type",
                        array: {
                            $0.string(name); $0.string("null")
                        })
                } else {
                    json.field("type", name)
                }
            }
            if let beschreibung { json.field("description", beschreibung) }
            switch art {
            case .text: type("string", &json)
            case .zahl: type("integer", &json)
            case .wahrheit: type("boolean", &json)
            case .auswahl(let words):
                type("string", &json)
                json.field(
                    "enum",
                    array: { json in
                        for word in words { json.string(word) }
                        if leerbar { json.null() }
                    })
            case .feld(let element):
                type("array", &json)
                json.key("items")
                write(element, leerbar: false, beschreibung: nil, to: &json)
            case .objekt(let fields):
                type("object", &json)
                if !fields.isEmpty {
                    json.field(
                        "required",
                        array: { json in for field in fields where field.pflicht { json.string(field.name) } })
                    json.field(
                        "properties",
                        object: { json in
                            for field in fields {
                                json.key(field.name)
                                write(field.art, leerbar: field.leerbar, beschreibung: field.beschreibung, to: &json)
                            }
                        })
                }
            case .verweis(let name):
                if leerbar {
                    json.field(
                        "anyOf",
                        array: { json in
                            json.object { $0.field("$ref", "#/components/schemas/\(name)") }
                            json.object { $0.field("type", "null") }
                        })
                } else {
                    json.field("$ref", "#/components/schemas/\(name)")
                }
            }
        }
    }
}
