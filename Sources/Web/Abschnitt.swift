/// A part that one room adds to another room's page: its template and values.
package struct Abschnitt: Sendable {
    package let template: String
    package let ansicht: any Ansicht

    package init(_ template: String, _ ansicht: any Ansicht) { (self.template, self.ansicht) = (template, ansicht) }
}

extension Site {
    package func fragments(_ parts: [Abschnitt]) throws -> [Fragment] {
        try parts.map { try fragment($0.ansicht, template: $0.template) }
    }
}
