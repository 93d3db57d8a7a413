/// The number of a program's release, such as 0.4.0; numbers compare part by part.
package struct Release: Sendable, Hashable, Comparable, LosslessStringConvertible, ExpressibleByStringLiteral {
    private let parts: [Int]

    /// Older than every release.
    package static let any = Release(parts: [])

    /// Numbers with dots between them, or nil.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
        self.init(parts: parts.compactMap(\.self))
    }

    /// For numbers that stand in the program itself.
    package init(stringLiteral value: String) {
        guard let release = Release(value) else { preconditionFailure("\(value) is no release") }
        self = release
    }

    private init(parts: [Int]) {
        var parts = parts
        while parts.last == 0 { parts.removeLast() }
        self.parts = parts
    }

    package var text: String { parts.isEmpty ? "0" : parts.map(String.init).joined(separator: ".") }
    package var description: String { text }

    package static func < (left: Release, right: Release) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}
