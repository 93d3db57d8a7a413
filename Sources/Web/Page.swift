package import Mustache

/// One template and the values it may name. `MustacheParent` keeps `Mirror` out of rendering.
package protocol Page: MustacheParent, Sendable {
    /// Room and file of the template: "katalog/leistung".
    static var template: String { get }
    /// The page's own title, first in the browser's tab.
    var titel: String { get }
    /// The way from the start page to here; the last crumb is the page itself.
    var brotkrumen: [Krume] { get }
    /// The navigation entry that this page belongs to, by its path.
    var bereich: String { get }
}

/// A value that templates read by name.
package protocol Ansicht: MustacheParent, Sendable {}

/// One step of the breadcrumb; without a path it is the current page.
package struct Krume: Ansicht, Equatable {
    package let name: String
    package let pfad: String?

    package init(_ name: String, _ pfad: String? = nil) { (self.name, self.pfad) = (name, pfad) }

    package func child(named: String) -> Any? {
        switch named {
        case "name": name
        case "pfad": pfad
        default: nil
        }
    }
}

/// An entry of a navigation or of a list of links.
package struct Verweis: Ansicht, Equatable {
    package let name: String
    package let pfad: String
    package let aktiv: Bool

    package init(_ name: String, _ pfad: String, aktiv: Bool = false) {
        (self.name, self.pfad, self.aktiv) = (name, pfad, aktiv)
    }

    package func child(named: String) -> Any? {
        switch named {
        case "name": name
        case "pfad": pfad
        case "aktiv": aktiv
        default: nil
        }
    }
}

/// A dictionary-like view for small parts; values are what templates understand.
package struct Werte: Ansicht {
    private let values: [(String, any Sendable)]

    package init(_ values: [(String, (any Sendable)?)]) {
        self.values = values.compactMap { pair in pair.1.map { (pair.0, $0) } }
    }

    package func child(named: String) -> Any? { values.first { $0.0 == named }?.1 }
}
