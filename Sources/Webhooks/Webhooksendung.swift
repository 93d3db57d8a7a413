package import Kernel
package import Storage

/// One request of a webhook: up to a hundred changes, and how it went.
package struct Webhooksendung: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package enum Art: String, SQLConvertible { case aenderung, probe }

    package enum Zustand: String, SQLConvertible {
        case wartet, angekommen, gescheitert
    }

    package let id: ID
    package let webhook: Webhook.ID
    package let art: Art
    package let am: Instant
    /// How many changes it holds.
    package let anzahl: Int
    package let zustand: Zustand
    package let faellig: Instant
    /// Somebody asked for this attempt: it is made although the webhook is paused or rests.
    package let vonHand: Bool
    package let versuche: Int
    package let versuchAm: Instant?
    /// What the last attempt brought: status, milliseconds, the reason why there is no answer, its beginning.
    package let status: Int?
    package let dauer: Int?
    package let fehler: String?
    package let antwort: String?

    /// Changes of one request.
    static let hoechstens = 100

    /// Seconds until the attempt after so many; together a good day. Nil: there is none.
    static func pause(nach versuche: Int) -> Int? {
        let pausen = [30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800]
        return versuche >= 1 && versuche <= pausen.count ? pausen[versuche - 1] : nil
    }
}

extension Webhooksendung: RowDecodable {
    static let columns: SQL = """
        webhook_sendung.id, webhook_sendung.webhook, webhook_sendung.art, webhook_sendung.am, webhook_sendung.anzahl,
        webhook_sendung.zustand, webhook_sendung.faellig, webhook_sendung.von_hand, webhook_sendung.versuche,
        webhook_sendung.versuch_am, webhook_sendung.status, webhook_sendung.dauer, webhook_sendung.fehler,
        webhook_sendung.antwort
        """

    package init(row: Row) throws {
        id = try row["id"]
        webhook = try row["webhook"]
        art = try row["art"]
        am = try row["am"]
        anzahl = try row["anzahl"]
        zustand = try row["zustand"]
        faellig = try row["faellig"]
        vonHand = try row["von_hand"]
        versuche = try row["versuche"]
        versuchAm = try row["versuch_am"]
        status = try row["status"]
        dauer = try row["dauer"]
        fehler = try row["fehler"]
        antwort = try row["antwort"]
    }
}
