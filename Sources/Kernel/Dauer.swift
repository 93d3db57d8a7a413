extension Duration {
    /// Whole milliseconds; what is less than one is dropped.
    package var millisekunden: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
