import Formats

/// What a parameter of the JSON interface takes, in the words of JSON Schema; the route refuses everything else.
package enum Angaberegel: Sendable {
    case worte([String])
    /// A regular expression that the whole value fits, and how long it may be.
    case muster(String, hoechstens: Int? = nil)
    case zahl(von: Int, bis: Int? = nil)
    case tag

    /// The known words of a property.
    package static func worte<T: RawRepresentable & CaseIterable>(_: T.Type) -> Angaberegel where T.RawValue == String {
        .worte(T.allCases.map(\.rawValue))
    }

    /// So many digits.
    package static func ziffern(_ count: Int) -> Angaberegel { .muster("^[0-9]{\(count)}$", hoechstens: count) }

    /// The cursor of a list.
    static let marke = Angaberegel.muster("^[A-Za-z0-9_-]+$", hoechstens: Marke.laengste)

    /// Joins the other fields of a schema.
    func write(to json: inout JSONWriter) {
        switch self {
        case .worte(let words): json.field("enum", array: { json in for word in words { json.string(word) } })
        case .muster(let pattern, let most):
            json.field("pattern", pattern)
            if let most { json.field("maxLength", most) }
        case .zahl(let least, let most):
            json.field("minimum", least)
            if let most { json.field("maximum", most) }
        case .tag:
            json.field("format", "date")
            // The years that a day of ours can lie in.
            json.field("pattern", "^(1[89]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")
        }
    }
}

extension APIOperation {
    /// The refusals that this operation can answer with, each with its sentence.
    var absagen: [(status: Int, satz: String)] {
        // A name may be found and yet not mean one thing of that kind.
        let needsMore: [(Int, String)] = path.contains("{") ? [(422, "Gefunden, aber nicht das Gefragte")] : []
        return [(400, "Eine Angabe ist nicht möglich"), (404, "Nicht gefunden"), (414, "Adresse zu lang")] + needsMore
            + [(429, "Zu viele Anfragen"), (503, "Gerade nicht erreichbar")]
    }
}

extension OpenAPI {
    /// What is answered instead of 200: the same form for all.
    static func absagen(of operation: APIOperation, to json: inout JSONWriter) {
        json.field("304", object: { $0.field("description", "Unverändert seit der Antwort mit diesem ETag") })
        for (status, satz) in operation.absagen {
            json.key("\(status)")
            json.object { json in
                json.field("description", satz)
                if [429, 503].contains(status) {
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
                json.field(
                    "content",
                    object: { json in
                        json.field(
                            "application/problem+json",
                            object: { json in
                                json.field(
                                    "schema", object: { $0.field("$ref", "#/components/schemas/Problem") })
                            })
                    })
            }
        }
    }
}
