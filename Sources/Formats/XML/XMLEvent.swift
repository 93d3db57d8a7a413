/// The name of an element or attribute: its local part and the namespace it belongs to.
package struct XMLName: Sendable, Hashable {
    package let local: String
    /// Nil where it belongs to none.
    package let namespace: String?

    package init(_ local: String, in namespace: String? = nil) { (self.local, self.namespace) = (local, namespace) }
}

/// The beginning of an element.
package struct XMLElement: Sendable, Equatable {
    package struct Attribute: Sendable, Equatable {
        package let name: XMLName
        package let value: String
    }

    package let name: XMLName
    package let attributes: [Attribute]
    /// The line on which the start tag ends, from 1.
    package let line: Int

    /// The value of the attribute without a namespace.
    package subscript(_ local: String) -> String? {
        attributes.first { $0.name.local == local && $0.name.namespace == nil }?.value
    }
}

/// What a document consists of, in its order. Comments and processing instructions are left out.
package enum XMLEvent: Sendable, Equatable {
    case start(XMLElement)
    /// All text between two tags, CDATA included, as one piece.
    case text(String)
    case end(XMLName)
}

/// How much of a document is taken into memory, and how much of it is read at all.
package struct XMLLimits: Sendable {
    /// Elements within each other.
    package var depth: Int
    /// Attributes and namespace declarations of one element.
    package var attributes: Int
    /// The text between two tags, in bytes; all that `elementText` gathers, too.
    package var textBytes: Int
    /// One tag, comment or processing instruction, in bytes.
    package var tagBytes: Int
    /// Different names of elements, attributes and namespaces: each is kept until the end.
    package var names: Int
    /// The whole document, in bytes as they are stored.
    package var totalBytes: Int

    package init(
        depth: Int = 100, attributes: Int = 200, textBytes: Int = 4 << 20, tagBytes: Int = 256 << 10,
        names: Int = 20_000, totalBytes: Int = 8 << 30
    ) {
        self.depth = depth
        self.attributes = attributes
        self.textBytes = textBytes
        self.tagBytes = tagBytes
        self.names = names
        self.totalBytes = totalBytes
    }

    package static let standard = XMLLimits()
}
