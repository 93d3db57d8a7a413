package import Kernel
package import Storage
import Verzeichnis
package import Web

/// All webhooks of an Organisation.
struct WebhooksSeite: Page {
    static let template = "webhooks/webhooks"
    let organisation: Organisation
    let webhooks: [Webhook]
    let wartende: [Webhook.ID: Int]
    let meldung: String?

    var titel: String { "Webhooks \(organisation.name)" }
    var brotkrumen: [Krume] { organisation.krumen + [Krume("Webhooks")] }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": organisation.name
        case "hinweis": meldung == "geloescht" ? "Der Webhook ist gelöscht." : nil
        case "neu": webhooks.count < Webhook.hoechstens ? organisation.pfad + "/webhooks/neu" : nil
        case "hoechstens": Webhook.hoechstens
        case "leer": webhooks.isEmpty
        case "zeilen":
            webhooks.map { webhook in
                Werte([
                    ("name", webhook.name), ("pfad", organisation.pfad(zu: webhook.id)), ("rechner", webhook.ziel),
                    ("aktiv", webhook.zustand == .aktiv), ("ereignisse", webhook.ereigniswort),
                    ("erfolg", webhook.erfolgAm?.berlin ?? "noch nie"),
                    ("fehler", webhook.fehler > 0 ? Zahl.mit(webhook.fehler, "Fehlversuch", "Fehlversuche") : nil),
                    ("wartende", wartende[webhook.id].map { Zahl.mit($0, "Sendung wartet", "Sendungen warten") }),
                ])
            }
        default: nil
        }
    }
}

/// One webhook with its sendings.
struct WebhookSeite: Page {
    static let template = "webhooks/webhook"
    let organisation: Organisation
    let webhook: Webhook
    let sendungen: [Webhooksendung]
    let seiten: Blaettern
    /// How many sendings failed, on all pages.
    let gescheiterte: Int
    /// Until when the secret before the present one signs.
    let uebergang: Instant?
    let meldung: String?

    private var pfad: String { organisation.pfad(zu: webhook.id) }

    var titel: String { "Webhook \(webhook.name)" }
    var brotkrumen: [Krume] {
        organisation.krumen + [Krume("Webhooks", organisation.pfad + "/webhooks"), Krume(webhook.name)]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": organisation.name
        case "name": webhook.name
        case "url": webhook.url
        case "ereignisse": webhook.ereigniswort
        case "aktiv": webhook.zustand == .aktiv
        case "angehalten": webhook.zustand == .angehalten ? webhook.grund?.satz ?? "Er ist angehalten." : nil
        case "angelegt": webhook.angelegtAm.berlin
        case "erfolg": webhook.erfolgAm?.berlin ?? "noch nie"
        case "fehler":
            webhook.fehlerSeit.map {
                "\(Zahl.mit(webhook.fehler, "Fehlversuch", "Fehlversuche")) in Folge seit \($0.berlin)"
            }
        case "bearbeiten": pfad + "/bearbeiten"
        case "probe": pfad + "/probe"
        case "zustand": pfad + "/zustand"
        case "geheimnis": pfad + "/geheimnis"
        case "version": webhook.version
        case "gescheiterte": gescheiterte > 0 ? pfad + "/sendungen" : nil
        case "uebergang": uebergang?.berlin
        case "leer": seiten.gesamt == 0
        case "gesamt": Zahl.mit(seiten.gesamt, "Sendung", "Sendungen")
        case "zeilen": sendungen.map { WebhooksendungZeile(sendung: $0, pfad: pfad) }
        case "seiten": seiten
        case "hinweis": hinweis
        default: nil
        }
    }

    private var hinweis: String? {
        switch meldung {
        case "gespeichert": "Der Webhook ist gespeichert."
        case "zustand": webhook.zustand == .aktiv ? "Der Webhook sendet wieder." : "Der Webhook ist angehalten."
        case "probe": "Die Probe ist unterwegs. Laden Sie die Seite in einigen Sekunden neu."
        case "gescheiterte":
            webhook.zustand == .aktiv
                ? "Die gescheiterten Sendungen werden noch einmal verschickt. Laden Sie die Seite in einigen Sekunden neu."
                : "Die gescheiterten Sendungen gehen hinaus, sobald Sie den Webhook fortsetzen."
        case "sendung": "Die Sendung ist unterwegs. Laden Sie die Seite in einigen Sekunden neu."
        default: nil
        }
    }
}

/// One sending in the log of a webhook.
struct WebhooksendungZeile: Ansicht {
    let sendung: Webhooksendung
    let pfad: String

    func child(named: String) -> Any? {
        switch named {
        case "am": sendung.am.berlin
        case "id": sendung.id.rawValue
        case "inhalt": sendung.art == .probe ? "Probe" : Zahl.mit(sendung.anzahl, "Änderung", "Änderungen")
        case "zustand": zustand
        case "status": sendung.status.map { "Status \($0)" }
        case "grund": sendung.fehler
        case "versuch":
            sendung.versuchAm.map { am in
                "Versuch \(sendung.versuche) am \(am.berlin), \(Zahl.deutsch(sendung.dauer ?? 0)) ms"
            }
        case "antwort": sendung.antwort
        case "erneut": "\(pfad)/sendungen/\(sendung.id.rawValue)"
        case "knopf": sendung.zustand == .wartet ? "Jetzt senden" : "Erneut senden"
        default: nil
        }
    }

    private var zustand: String {
        switch sendung.zustand {
        case .wartet where sendung.versuche > 0: "wartet bis \(sendung.faellig.berlin)"
        case .wartet: "wartet"
        case .angekommen: "angekommen"
        case .gescheitert: "gescheitert"
        }
    }
}

struct WebhookFormSeite: Page {
    static let template = "webhooks/webhook-formular"
    let organisation: Organisation
    /// Nil for a new one.
    let webhook: Webhook?
    let form: WebhookForm
    let fehler: FormErrors

    private var ueberschrift: String { webhook == nil ? "Webhook anlegen" : "Webhook bearbeiten" }
    private var pfad: String? { webhook.map { organisation.pfad(zu: $0.id) } }

    var titel: String { fehler.isEmpty ? ueberschrift : "Fehler: \(ueberschrift)" }
    var brotkrumen: [Krume] {
        organisation.krumen + [Krume("Webhooks", organisation.pfad + "/webhooks")]
            + (webhook.map { [Krume($0.name, organisation.pfad(zu: $0.id))] } ?? []) + [Krume(ueberschrift)]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": organisation.name
        case "ueberschrift": ueberschrift
        case "fehler": fehler.liste
        case "ziel": pfad.map { $0 + "/bearbeiten" } ?? organisation.pfad + "/webhooks/neu"
        case "abbrechen": pfad ?? organisation.pfad + "/webhooks"
        case "version": form.version
        case "loeschung": pfad.map { $0 + "/loeschung" }
        case "felder":
            [
                Feld(
                    "name", "Name", wert: form.name, hinweis: "So heißt er in Ihren Listen, etwa wie das Programm.",
                    fehler: fehler["name"], pflicht: true),
                Feld(
                    "url", "Adresse des Programms", wert: form.url,
                    hinweis: "Beginnt mit https://. Dorthin schickt Leitstand die Änderungen mit POST.",
                    fehler: fehler["url"], typ: "url", pflicht: true, eingabeart: "url", autocomplete: "off"),
            ]
        case "ereignisfehler": fehler["ereignisse"]
        case "ereignisse":
            Webhookereignis.allCases.enumerated().map { number, one in
                // The summary of errors leads to the first box.
                Werte([
                    ("wert", one.rawValue), ("id", number == 0 ? "ereignisse" : "ereignis-\(one.rawValue)"),
                    ("text", one.wort), ("gewaehlt", form.ereignisse.contains(one.rawValue) ? true : nil),
                ])
            }
        default: nil
        }
    }
}

/// The secret of a webhook, shown this one time.
struct WebhookgeheimnisSeite: Page {
    static let template = "webhooks/geheimnis"
    let organisation: Organisation
    let id: Webhook.ID
    let name: String
    let geheimnis: String
    /// How long the one before still signs; nil for the first.
    let bis: Instant?

    var titel: String { "Geheimnis des Webhooks" }
    var brotkrumen: [Krume] {
        organisation.krumen + [
            Krume("Webhooks", organisation.pfad + "/webhooks"), Krume(name, organisation.pfad(zu: id)),
            Krume("Geheimnis"),
        ]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "name": name
        case "wert": geheimnis
        case "bis": bis?.berlin
        case "weiter": organisation.pfad(zu: id)
        default: nil
        }
    }
}

extension Webhook {
    var ereigniswort: String { ereignisse.map(\.wort).joined(separator: "; ") }
}

extension Organisation {
    fileprivate var krumen: [Krume] {
        [Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume(name, pfad)]
    }
}

/// The part of an Organisation's page that leads to its webhooks.
package enum Webhookabschnitt {
    /// Nil for those who may not keep them.
    package static func abschnitt(
        _ organisation: String, pfad: String, person: Person?, in db: any SQLConnection
    ) throws -> Abschnitt? {
        guard Rechte.darf(person, .webhooksVerwalten(organisation: organisation)) else { return nil }
        let webhooks = try WebhookStore.alle(organisation, in: db)
        let paused = webhooks.filter { $0.zustand == .angehalten }.count
        return Abschnitt(
            "webhooks/abschnitt",
            Werte([
                ("pfad", pfad + "/webhooks"),
                ("anzahl", webhooks.isEmpty ? nil : Zahl.mit(webhooks.count, "Webhook", "Webhooks")),
                ("angehaltene", paused == 0 ? nil : "\(Zahl.deutsch(paused)) angehalten"),
            ]))
    }
}
