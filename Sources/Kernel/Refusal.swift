/// A reason a person can act on; the only error text that leaves the server.
package struct Refusal: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case badRequest, signInNeeded, notAllowed, notFound, conflict, tooLarge, uriTooLong, unprocessable
        case unsupportedMediaType, unavailable
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        (self.kind, self.message) = (kind, message)
    }
}

extension Refusal: CustomStringConvertible {
    package var description: String { message }
}

/// What is wrong with the fields of a form, in the order of the form.
package struct FormErrors: Error, Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let feld: String
        package let text: String
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    package subscript(_ feld: String) -> String? { entries.first { $0.feld == feld }?.text }

    /// Notes a fault; the first fault of a field is the one shown.
    package mutating func add(_ feld: String, _ text: String) {
        if self[feld] == nil { entries.append(Entry(feld: feld, text: text)) }
    }
}
