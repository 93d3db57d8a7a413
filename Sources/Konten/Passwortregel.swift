/// Whether a password is good enough to be chosen.
package enum Passwortregel {
    /// A sentence that says what to change; nil for a password that may be chosen.
    package static func pruefe(_ klartext: String, email: String) -> String? {
        (12...1_000).contains(klartext.utf8.count) ? nil : "Das Passwort braucht 12 bis 1.000 Zeichen."
    }
}
