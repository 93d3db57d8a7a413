/// What a password must be like; every place that takes a new one asks here.
package struct Kennwortregel: Sendable {
    package static let mindestens = 12
    package static let hinweis =
        "Mindestens 12 Zeichen, zum Beispiel mehrere Wörter. Kein häufiges Passwort, nicht Ihre E-Mail-Adresse."

    private let haeufige: HaeufigeKennwoerter

    package init(haeufige: HaeufigeKennwoerter = HaeufigeKennwoerter([String]())) { self.haeufige = haeufige }

    /// What is wrong with the password, in a sentence for people; nil when it is good.
    package func einwand(_ klartext: String, email: String) -> String? {
        guard klartext.count >= Kennwortregel.mindestens else {
            return "Das Passwort ist zu kurz. Nehmen Sie mindestens \(Kennwortregel.mindestens) Zeichen."
        }
        guard klartext.utf8.count <= 1_000 else { return "Das Passwort ist zu lang. Höchstens 1.000 Zeichen." }
        let lower = klartext.lowercased()
        guard Set(lower).count >= 5 else {
            return "Das Passwort wiederholt nur wenige Zeichen. Nehmen Sie mehrere verschiedene Wörter."
        }
        // „Passwort2026!“ is as common as „Passwort“.
        let core = String(lower.trimming { !$0.isLetter })
        guard !haeufige.enthaelt(lower), core.isEmpty || !haeufige.enthaelt(core) else {
            return "Dieses Passwort ist so häufig, dass es zuerst geraten wird. Nehmen Sie mehrere verschiedene Wörter."
        }
        let rest = teile(email.lowercased()).reduce(lower) { $0.replacing($1, with: "") }
        guard rest.count == lower.count || rest.filter(\.isLetter).count >= 8 else {
            return "Das Passwort besteht fast nur aus Ihrer E-Mail-Adresse. Nehmen Sie andere Wörter."
        }
        return nil
    }

    /// The address and its parts, long ones first.
    private func teile(_ email: String) -> [String] {
        let sides = email.split(separator: "@").map(String.init)
        let parts = email.split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count >= 4 }
        return ([email] + sides + parts).filter { $0.count >= 4 }.sorted { $0.count > $1.count }
    }
}

extension String {
    fileprivate func trimming(_ isEdge: (Character) -> Bool) -> Substring {
        guard let start = firstIndex(where: { !isEdge($0) }), let end = lastIndex(where: { !isEdge($0) }) else {
            return ""
        }
        return self[start...end]
    }
}
