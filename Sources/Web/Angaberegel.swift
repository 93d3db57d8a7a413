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
