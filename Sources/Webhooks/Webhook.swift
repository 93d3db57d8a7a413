package import Kernel
package import Storage

/// An address to which changes of an Organisation are sent, so that another program hears of them.
package struct Webhook: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package enum Zustand: String, SQLConvertible { case aktiv, angehalten }

    /// Why it is paused.
    package enum Grund: String, SQLConvertible {
        case person
        /// Nothing arrived for days.
        case fehler
        /// The target answered that it is gone for good.
        case abgemeldet
        /// It came from an authority that is no more.
        case nachfolge

        var satz: String {
            switch self {
            case .person: "Jemand hat ihn angehalten."
            case .fehler:
                "Seit \(Webhook.geduld) Tagen kam nichts an. Bringen Sie das Ziel in Ordnung und setzen Sie ihn fort."
            case .abgemeldet: "Das Ziel hat sich abgemeldet (Status 410)."
            case .nachfolge:
                "Er kam mit einer aufgelösten Verwaltung. Prüfen Sie Ziel und Ereignisse, bevor Sie ihn fortsetzen."
            }
        }
    }

    /// Days without any success after which it is paused.
    static let geduld = 5
    /// Of one Organisation.
    static let hoechstens = 20

    package let id: ID
    package let organisation: String
    package let name: String
    package let url: String
    /// Scheme, host and port of the address.
    package let ziel: String
    package let ereignisse: [Webhookereignis]
    package let zustand: Zustand
    package let grund: Grund?
    package let angelegtVon: Person.ID?
    package let angelegtAm: Instant
    package let erfolgAm: Instant?
    /// Attempts in a row that failed, and since when.
    package let fehler: Int
    package let fehlerSeit: Instant?
    /// After failures nothing is sent there before.
    package let ruhtBis: Instant?
    package let version: Int
}

extension Webhook: RowDecodable {
    static let columns: SQL = """
        webhook.id, webhook.organisation, webhook.name, webhook.url, webhook.ziel, webhook.ereignisse, webhook.zustand,
        webhook.grund, webhook.angelegt_von, webhook.angelegt_am, webhook.erfolg_am, webhook.fehler,
        webhook.fehler_seit, webhook.ruht_bis, webhook.version
        """

    package init(row: Row) throws {
        id = try row["id"]
        organisation = try row["organisation"]
        name = try row["name"]
        url = try row["url"]
        ziel = try row["ziel"]
        let words: String = try row["ereignisse"]
        // A newer program may have written others.
        ereignisse = words.split(separator: " ").compactMap { Webhookereignis(rawValue: String($0)) }
        zustand = try row["zustand"]
        grund = try row["grund"]
        angelegtVon = try row["angelegt_von"]
        angelegtAm = try row["angelegt_am"]
        erfolgAm = try row["erfolg_am"]
        fehler = try row["fehler"]
        fehlerSeit = try row["fehler_seit"]
        ruhtBis = try row["ruht_bis"]
        version = try row["version"]
    }
}

/// A group of changes that a webhook can be told of.
package enum Webhookereignis: String, CaseIterable, Sendable {
    case umsetzung, dienst, organisation

    var wort: String {
        switch self {
        case .umsetzung: "Einträge der Umsetzungsliste"
        case .dienst: "Onlinedienste"
        case .organisation: "Angaben der Organisation, Ämter und Delegationen"
        }
    }

    /// Nil for changes of which nobody outside is told, as those of accounts and roles.
    package init?(art: String) {
        switch Verlauf.Art(rawValue: art) {
        case .eintragAngelegt, .eintragGeaendert, .uebernahme: self = .umsetzung
        case .dienstAngelegt, .dienstGeaendert: self = .dienst
        case .organisationAngelegt, .organisationGeaendert, .einheitAngelegt, .einheitGeaendert, .einheitZusammengelegt,
            .angabeAngelegt, .angabeGeaendert, .angabeGeloescht, .delegationGegeben, .delegationBeendet,
            .nachfolgeUebertragen:
            self = .organisation
        default: return nil
        }
    }
}
