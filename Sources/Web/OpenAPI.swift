package import HTTPTypes

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
        /// One object of a schema that is new, with its address.
        case angelegt(String)
        /// The usual list of such objects, some with the counts of their facets where these are asked for.
        case liste(String, facetten: Bool = false)
        /// A document of another kind, e.g. this very description.
        case dokument
        /// Nothing, because nothing is left.
        case leer
    }

    package let methode: HTTPRequest.Method
    /// Below `/api/v1`, parameters in braces.
    package let path: String
    let titel: String
    let parameter: [Parameter]
    package let eingabe: Eingabeform?
    let antwort: Antwort
    /// Nobody gets in without a Zugangstoken.
    let nurMitToken: Bool

    package init(
        _ path: String, _ titel: String, _ parameter: [Parameter] = [], nurMitToken: Bool = false, antwort: Antwort
    ) {
        (self.path, self.titel, self.parameter, self.antwort) = (path, titel, parameter, antwort)
        (methode, eingabe, self.nurMitToken) = (.get, nil, nurMitToken)
    }

    /// A change, which always needs a Zugangstoken.
    package init(
        _ methode: HTTPRequest.Method, _ path: String, _ titel: String, _ parameter: [Parameter] = [],
        eingabe: Eingabeform? = nil, antwort: Antwort
    ) {
        (self.methode, self.path, self.titel, self.parameter) = (methode, path, titel, parameter)
        (self.eingabe, self.antwort, nurMitToken) = (eingabe, antwort, true)
    }

    /// Changes something.
    package var aendert: Bool { methode != .get }
}

/// The shape of a JSON object.
package struct APISchema: Sendable {
    package indirect enum Art: Sendable {
        case text, zahl, wahrheit
        case auswahl([String])
        case feld(Art)
        case objekt([Eigenschaft])
        case verweis(String)
        /// A field of a body; a needed text has at least one character.
        case eingabe(Eingabefeld.Art, noetig: Bool)
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
    /// The body of a request, which may hold nothing else.
    let istEingabe: Bool

    package init(_ name: String, _ eigenschaften: [Eigenschaft]) {
        (self.name, self.eigenschaften, istEingabe) = (name, eigenschaften, false)
    }

    init(eingabe name: String, _ eigenschaften: [Eigenschaft]) {
        (self.name, self.eigenschaften, istEingabe) = (name, eigenschaften, true)
    }
}

extension [APIOperation] {
    /// The shapes of all bodies, each once.
    var eingaben: [APISchema] {
        var seen: Set<String> = []
        return compactMap(\.eingabe).filter { seen.insert($0.name).inserted }.map(\.schema)
    }
}
