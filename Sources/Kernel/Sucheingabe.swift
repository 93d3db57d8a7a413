/// What a person typed into the search box of a list: digits are the beginning of a key, anything else is words.
package enum Sucheingabe: Sendable, Equatable {
    /// Digits alone, as keys are stored.
    case schluessel(String)
    case woerter(Suchmuster)

    /// Keys are typed with blanks, points or dashes between their parts, as they are printed: `99-001-001`.
    package init(_ typed: String) {
        let rest = typed.unicodeScalars.filter { scalar in
            !scalar.properties.isWhitespace && scalar != "." && scalar != "-" && scalar != "\u{2011}"
                && scalar != "\u{2013}"
        }
        let isKey = !rest.isEmpty && rest.allSatisfy { ("0"..."9").contains($0) }
        self = isKey ? .schluessel(String(String.UnicodeScalarView(rest))) : .woerter(Suchmuster(typed))
    }

    package var schluessel: String? { if case .schluessel(let digits) = self { digits } else { nil } }

    package var muster: Suchmuster? { if case .woerter(let muster) = self { muster } else { nil } }
}
