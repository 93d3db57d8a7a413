/// A mark of what a database held when it was asked; it means nothing outside the process that took it.
package struct DatabaseVersion: Sendable, Hashable {
    private let mark: String

    package init(_ mark: String) { self.mark = mark }
}
