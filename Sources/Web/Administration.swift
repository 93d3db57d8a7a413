extension Krume {
    /// The way to every page of the Administration.
    package static let administration = [Krume("Start", "/"), Krume("Administration", "/betrieb")]
}
