import Kernel
import Web

/// A webhook as it was typed, kept so that a refused form comes back filled in.
struct WebhookForm: Sendable {
    var name = ""
    var url = ""
    var ereignisse: Set<String> = []
    var version = 0

    init() {}

    init(_ felder: Abfrage) throws {
        name = felder.roh("name")
        url = felder.roh("url")
        ereignisse = Set(try felder.alle("ereignisse"))
        version = Int(felder.roh("version")) ?? 0
    }

    init(_ webhook: Webhook) {
        name = webhook.name
        url = webhook.url
        ereignisse = Set(webhook.ereignisse.map(\.rawValue))
        version = webhook.version
    }

    static let hoechstlaenge = 100

    /// The typed values checked; `vorher` is the address that it has, which is not looked up again.
    ///
    /// - Throws: `FormErrors` with a sentence for each field.
    func checked(vorher: String?, _ ziele: Webhookziele) async throws -> Webhookangaben {
        var errors = FormErrors()
        let (name, url) = (name.getrimmt, url.getrimmt)
        if name.isEmpty {
            errors.add("name", "Geben Sie dem Webhook einen Namen, etwa den des Programms.")
        } else if name.count > Self.hoechstlaenge || name.contains(where: \.isNewline) {
            errors.add("name", "Der Name darf höchstens \(Self.hoechstlaenge) Zeichen haben und keine Zeilenumbrüche.")
        }
        let ziel = Abrufziel(url)
        if url != vorher, let mangel = try await ziele.mangel(url) { errors.add("url", mangel) }
        let chosen = Webhookereignis.allCases.filter { ereignisse.contains($0.rawValue) }
        if chosen.isEmpty || chosen.count < ereignisse.count {
            errors.add("ereignisse", "Wählen Sie mindestens eine Art von Änderungen aus der Liste.")
        }
        guard errors.isEmpty, let ziel else { throw errors }
        return Webhookangaben(name: name, url: url, ziel: ziel.ursprung.text, ereignisse: chosen)
    }
}

extension Ursprung {
    fileprivate var text: String {
        "\(verschluesselt ? "https" : "http")://\(rechner.contains(":") ? "[\(rechner)]" : rechner):\(port)"
    }
}
