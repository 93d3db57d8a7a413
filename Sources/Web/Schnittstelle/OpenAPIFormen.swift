import Formats
import HTTPTypes

/// How the OpenAPI document writes answers and shapes.
extension OpenAPI {
    /// What a refused request gets, by status; each is described once.
    private static let ablehnungen: [(status: StaticString, name: StaticString, satz: String)] = [
        ("400", "Unlesbar", "Die Anfrage ist nicht zu verstehen"),
        ("401", "TokenFehlt", "Ein Zugangstoken fehlt, oder es gilt nicht"),
        ("403", "NichtErlaubt", "Das Recht fehlt, oder das Zugangstoken darf nur lesen"),
        ("404", "NichtGefunden", "Das gibt es nicht"),
        ("409", "Widerspruch", "Inzwischen geändert, oder es passt nicht zum jetzigen Stand"),
        ("414", "AdresseZuLang", "Die Adresse ist zu lang"),
        ("413", "ZuGross", "Der Inhalt ist zu groß"),
        ("415", "KeinJSON", "Der Inhalt ist kein JSON"),
        ("422", "Falsch", "Angaben sind falsch; „fehler“ nennt jedes Feld"),
        ("429", "ZuViele", "Zu viele Anfragen; Retry-After sagt, wie lange zu warten ist"),
        ("503", "Ausgelastet", "Gerade nicht erreichbar"),
    ]

    static func responses(to json: inout JSONWriter) {
        json.field(
            "responses",
            object: { json in
                for refusal in ablehnungen {
                    json.field(
                        refusal.name,
                        object: { json in
                            problem(refusal.satz, to: &json)
                            if ["429", "503"].contains("\(refusal.status)") { wiederkommen(to: &json) }
                        })
                }
            })
    }

    private static func wiederkommen(to json: inout JSONWriter) {
        json.field(
            "headers",
            object: { json in
                json.field(
                    "Retry-After",
                    object: { json in
                        json.field("description", "Sekunden bis zum nächsten Versuch")
                        json.field("schema", object: { $0.field("type", "integer") })
                    })
            })
    }

    private static func problem(_ satz: String, to json: inout JSONWriter) {
        json.field("description", satz)
        content("application/problem+json", to: &json) { json in
            write(.verweis("Problem"), leerbar: false, beschreibung: nil, to: &json)
        }
    }

    static func responses(of operation: APIOperation, to json: inout JSONWriter) {
        switch operation.antwort {
        case .objekt(let name): answer("200", "Antwort", .verweis(name), to: &json)
        case .dokument: answer("200", "Antwort", .objekt([]), to: &json)
        case .liste(let name, let facetten):
            let more: [APISchema.Eigenschaft] =
                facetten ? [.init("facetten", .feld(.verweis("Facette")), pflicht: false)] : []
            answer(
                "200", "Antwort",
                .objekt(
                    [
                        .init("eintraege", .feld(.verweis(name))), .init("gesamt", .zahl),
                        .init("weiter", .text, leerbar: true),
                    ] + more), to: &json)
        case .angelegt(let name):
            answer("201", "Angelegt; Location nennt die Adresse", .verweis(name), mitOrt: true, to: &json)
        case .leer: json.field("204", object: { $0.field("description", "Erledigt") })
        }
        let hasPath = operation.path.contains("{")
        if !operation.aendert, hasPath {
            json.field(
                "308",
                object: { json in
                    json.field("description", "Dasselbe an seiner einen Adresse")
                    location(to: &json)
                })
        }
        if !operation.aendert {
            json.field("304", object: { $0.field("description", "Unverändert seit der Antwort mit diesem ETag") })
        }
        for refusal in ablehnungen where kommtVor(refusal.status, operation) {
            json.field(
                refusal.status, object: { $0.field("$ref", "#/components/responses/\(refusal.name)") })
        }
    }

    private static func kommtVor(_ status: StaticString, _ operation: APIOperation) -> Bool {
        switch "\(status)" {
        case "400", "401", "404", "414", "429", "503": true
        case "403": operation.nurMitToken
        case "409": operation.aendert || operation.path.contains("{")
        case "413", "415": operation.eingabe != nil
        case "422": operation.aendert || operation.path.contains("{")
        default: false
        }
    }

    private static func answer(
        _ status: StaticString, _ satz: String, _ art: APISchema.Art, mitOrt: Bool = false, to json: inout JSONWriter
    ) {
        json.field(
            status,
            object: { json in
                json.field("description", satz)
                if mitOrt { location(to: &json) }
                content("application/json", to: &json) { json in
                    write(art, leerbar: false, beschreibung: nil, to: &json)
                }
            })
    }

    private static func location(to json: inout JSONWriter) {
        json.field(
            "headers",
            object: { json in
                json.field(
                    "Location",
                    object: { json in
                        json.field(
                            "schema",
                            object: {
                                $0.field("type", "string"); $0.field("format", "uri-reference")
                            })
                    })
            })
    }

    static func write(_ schema: APISchema, to json: inout JSONWriter) {
        json.object { json in
            json.field("type", "object")
            if schema.istEingabe { json.field("additionalProperties", false) }
            write(schema.eigenschaften, to: &json)
        }
    }

    private static func write(_ fields: [APISchema.Eigenschaft], to json: inout JSONWriter) {
        guard !fields.isEmpty else { return }
        json.field("required", array: { json in for field in fields where field.pflicht { json.string(field.name) } })
        json.field(
            "properties",
            object: { json in
                for field in fields {
                    json.key(field.name)
                    write(field.art, leerbar: field.leerbar, beschreibung: field.beschreibung, to: &json)
                }
            })
    }

    static func write(_ art: APISchema.Art, leerbar: Bool, beschreibung: String?, to json: inout JSONWriter) {
        json.object { json in
            if let beschreibung { json.field("description", beschreibung) }
            switch art {
            case .text: type("string", leerbar, &json)
            case .zahl: type("integer", leerbar, &json)
            case .wahrheit: type("boolean", leerbar, &json)
            case .auswahl(let words): auswahl(words, leerbar, &json)
            case .eingabe(let kind, let noetig): eingabe(kind, noetig, leerbar, &json)
            case .feld(let element):
                type("array", leerbar, &json)
                json.key("items")
                write(element, leerbar: false, beschreibung: nil, to: &json)
            case .objekt(let fields):
                type("object", leerbar, &json)
                write(fields, to: &json)
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

    private static func type(_ name: String, _ leerbar: Bool, _ json: inout JSONWriter) {
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

    private static func auswahl(_ words: [String], _ leerbar: Bool, _ json: inout JSONWriter) {
        type("string", leerbar, &json)
        json.field(
            "enum",
            array: { json in
                for word in words { json.string(word) }
                if leerbar { json.null() }
            })
    }

    private static func eingabe(
        _ art: Eingabefeld.Art, _ noetig: Bool, _ leerbar: Bool, _ json: inout JSONWriter
    ) {
        switch art {
        case .text(let limit), .webadresse(let limit):
            type("string", leerbar, &json)
            if noetig { json.field("minLength", 1) }
            json.field("maxLength", limit)
            if case .webadresse = art { json.field("format", "uri") }
        case .wort(let words): auswahl(words, leerbar, &json)
        case .tag:
            type("string", leerbar, &json)
            json.field("format", "date")
        case .texte(let count, let limit):
            type("array", leerbar, &json)
            json.field("maxItems", count)
            json.field(
                "items",
                object: {
                    $0.field("type", "string"); $0.field("maxLength", limit)
                })
        case .wahrheit: type("boolean", leerbar, &json)
        case .zahl(let range):
            type("integer", leerbar, &json)
            json.field("minimum", range.lowerBound)
            json.field("maximum", range.upperBound)
        }
    }
}
