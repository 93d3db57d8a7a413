import Formats
import HTTPTypes

/// Writes the OpenAPI 3.1 document from the registered routes.
package enum OpenAPI {
    package static func document(version: String, routes: [RouteEntry], schemas: [APISchema]) -> [UInt8] {
        let operations = routes.compactMap(\.operation)
        var json = JSONWriter(capacity: 131_072)
        json.object { json in
            json.field("openapi", "3.1.0")
            json.field(
                "info",
                object: { json in
                    json.field("title", "Leitstand")
                    json.field("version", version)
                    json.field(
                        "description",
                        "Katalog, Gebiete, Organisationen, Onlinedienste und Umsetzungslisten. Lesen geht ohne Anmeldung, "
                            + "innere Angaben und Ändern mit einem Zugangstoken. Fehler sind problem+json (RFC 9457)."
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
                    for (path, group) in grouped(operations) {
                        json.key("/api/v1" + path)
                        json.object { json in for operation in group { write(operation, to: &json) } }
                    }
                })
            json.field(
                "components",
                object: { json in
                    json.field(
                        "schemas",
                        object: { json in
                            for schema in schemas + operations.eingaben + [problem] {
                                json.key(schema.name)
                                write(schema, to: &json)
                            }
                        })
                    responses(to: &json)
                    json.field(
                        "securitySchemes",
                        object: { json in
                            json.field(
                                "zugangstoken",
                                object: {
                                    $0.field("type", "http"); $0.field("scheme", "bearer")
                                    $0.field("description", "Zugangstoken, gemacht unter /konto/zugaenge")
                                })
                        })
                })
        }
        return json.bytes
    }

    /// The operations of each path, in the order in which the paths first occur.
    private static func grouped(_ operations: [APIOperation]) -> [(String, [APIOperation])] {
        var order: [String] = []
        var byPath: [String: [APIOperation]] = [:]
        for operation in operations {
            if byPath[operation.path] == nil { order.append(operation.path) }
            byPath[operation.path, default: []].append(operation)
        }
        return order.map { ($0, byPath[$0] ?? []) }
    }

    static let problem = APISchema(
        "Problem",
        [
            .init("type", .text), .init("title", .text), .init("status", .zahl), .init("detail", .text),
            .init("vorfall", .text, pflicht: false, "Nummer für die Betriebsstelle"),
            .init(
                "fehler", .feld(.objekt([.init("feld", .text), .init("satz", .text)])), pflicht: false,
                "je falschem Feld, was zu tun ist"),
        ])

    private static func write(_ operation: APIOperation, to json: inout JSONWriter) {
        json.key(operation.methode.rawValue.lowercased())
        json.object { json in
            json.field("summary", operation.titel)
            json.field("operationId", operationID(operation))
            json.field(
                "parameters",
                array: { json in for parameter in parameters(of: operation) { write(parameter, to: &json) } })
            if let form = operation.eingabe {
                json.field(
                    "requestBody",
                    object: { json in
                        json.field("required", true)
                        content("application/json", to: &json) { json in
                            write(.verweis(form.name), leerbar: false, beschreibung: nil, to: &json)
                        }
                    })
            }
            json.field(
                "security",
                array: { json in
                    if !operation.nurMitToken { json.object { _ in } }
                    json.object { $0.field("zugangstoken", array: { _ in }) }
                })
            json.field("responses", object: { json in responses(of: operation, to: &json) })
        }
    }

    static func operationID(_ operation: APIOperation) -> String {
        let words = operation.path.split { "/{}.-".contains($0) }.map(String.init)
        let all = operation.aendert ? [operation.methode.rawValue.lowercased()] + words : words
        return all.enumerated().map {
            $0.offset == 0 ? $0.element : $0.element.prefix(1).uppercased() + $0.element.dropFirst()
        }.joined()
    }

    static let wiederholung = APIOperation.Parameter(
        "Idempotency-Key",
        "Frei gewählt, 1 bis 128 Zeichen: eine wiederholte Anfrage mit demselben Schlüssel ändert nichts ein zweites Mal und bekommt 24 Stunden lang die erste Antwort",
        in: "header", regel: .muster("^[!-~]{1,128}$", hoechstens: 128))

    static func parameters(of operation: APIOperation) -> [APIOperation.Parameter] {
        // A parameter of the path that the operation says nothing of is an id.
        let inPath = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
            .filter { name in !operation.parameter.contains { $0.name == name } }
            .map { APIOperation.Parameter($0, "Kennung", in: "path") }
        let all = inPath + operation.parameter + (operation.methode == .post ? [wiederholung] : [])
        guard case .liste(_, let facetten) = operation.antwort else { return all }
        let words = Angaberegel.worte(["ja", "nein"])
        let more =
            facetten
            ? [APIOperation.Parameter("facetten", "„ja“ nennt je Filter die Werte und ihre Zahl", regel: words)] : []
        return all + more + [
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
                        if parameter.ort == "path", parameter.regel == nil { json.field("minLength", 1) }
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

    static func content(
        _ type: StaticString, to json: inout JSONWriter, schema: (inout JSONWriter) -> Void
    ) {
        json.field(
            "content",
            object: { json in
                json.field(
                    type,
                    object: { json in
                        json.key("schema")
                        schema(&json)
                    })
            })
    }
}
