import Crypto
import Formats
import Foundation
import Kernel

/// What is sent: made anew from the lines of the Verlauf each time, always the same for the same sending.
struct Webhookinhalt: Sendable {
    let sendung: Webhooksendung
    let organisation: String
    let zeilen: [Verlaufszeile]
    /// Slugs of the services that the lines name, by id.
    let dienste: [String: String]
    /// The public address of the installation; without one there are no links.
    let adresse: String?

    var json: [UInt8] {
        var json = JSONWriter(capacity: 512 + zeilen.count * 512)
        json.object { json in
            json.field("id", sendung.id.rawValue)
            json.field("art", sendung.art.rawValue)
            json.field("am", sendung.am.iso)
            json.field("organisation", organisation)
            json.field("ereignisse", array: { json in for zeile in zeilen { write(zeile, to: &json) } })
        }
        return json.bytes
    }

    private func write(_ zeile: Verlaufszeile, to json: inout JSONWriter) {
        let zeigt = Self.darfWerte(zeile)
        json.object { json in
            json.field("id", zeile.id)
            json.field("art", zeile.art)
            json.field("am", zeile.am.iso)
            json.field("wer", zeile.person == nil ? "betrieb" : "person")
            json.field("organisation", zeile.organisation)
            json.field("eintrag", zeile.eintrag)
            json.field("leistung", zeile.leistung)
            json.field("dienst", zeile.dienst)
            json.field("feld", zeile.feld)
            json.field("von", zeigt ? zeile.von : nil)
            json.field("nach", zeigt ? zeile.nach : nil)
            json.field("ohneWerte", !zeigt)
            json.field("adresse", adresse(zeile))
        }
    }

    private func adresse(_ zeile: Verlaufszeile) -> String? {
        guard let adresse else { return nil }
        switch Webhookereignis(art: zeile.art) {
        case .umsetzung?:
            guard let organisation = zeile.organisation, let eintrag = zeile.eintrag else { return nil }
            return "\(adresse)/api/v1/umsetzung/\(organisation)/\(eintrag)"
        case .dienst?: return zeile.dienst.flatMap { dienste[$0] }.map { "\(adresse)/api/v1/dienste/\($0)" }
        case .organisation?: return zeile.organisation.map { "\(adresse)/api/v1/organisationen/\($0)" }
        case nil: return nil
        }
    }

    /// Fields whose values may be told outside; those of a new field only once somebody has decided it.
    private static let felder: [Webhookereignis: Set<String>] = [
        .umsetzung: [
            "titel", "leistungen", "ozg", "amt", "stand", "variante", "onlinedienst", "onlinedienst_text", "url",
            "reifegrad", "prioritaet", "frist", "rolle", "schlagworte", "verwaltung",
        ],
        .dienst: [
            "name", "anbieter", "url", "hersteller", "formularsystem", "variante", "reifegrad", "beschreibung",
            "leistungen",
        ],
        .organisation: [
            "name", "webadresse", "kuerzel", "ueber", "bezeichnung", "rang", "gueltig_von", "gueltig_bis", "ziel",
        ],
    ]
    /// Statements of an authority about itself, but for contacts.
    private static let angaben = ["fachverfahren.", "it-dienstleister.", "rechtsstatus."]

    /// Whether from and to are told: never what people write about people, and never what the Verlauf itself hides.
    static func darfWerte(_ zeile: Verlaufszeile) -> Bool {
        guard let gruppe = Webhookereignis(art: zeile.art),
            ![zeile.von, zeile.nach].compactMap({ $0 }).contains(where: Verlauf.istGeschuetzt)
        else { return false }
        switch Verlauf.Art(rawValue: zeile.art) {
        // The field is a role, the values are Organisationen.
        case .delegationGegeben, .delegationBeendet: return true
        default: break
        }
        guard let feld = zeile.feld else { return gruppe == .dienst }
        if gruppe == .organisation, angaben.contains(where: feld.hasPrefix) { return true }
        return felder[gruppe]?.contains(feld) == true
    }
}

/// How a receiver knows that a sending is ours and not changed: as „Standard Webhooks“ has it.
enum Webhooksignatur {
    static let vorsatz = "whsec_"

    /// A new secret: 32 random bytes, written so that the libraries of receivers read it.
    static func neuesGeheimnis() -> String {
        vorsatz + SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
    }

    /// One signature for each secret that is valid, with spaces between them.
    static func kopf(_ inhalt: [UInt8], id: String, sekunden: Int, geheimnisse: [String]) -> String {
        geheimnisse.compactMap { geheimnis in
            guard let key = Data(base64Encoded: String(geheimnis.dropFirst(vorsatz.count))) else { return nil }
            var code = HMAC<SHA256>(key: SymmetricKey(data: key))
            code.update(data: Array("\(id).\(sekunden).".utf8))
            code.update(data: inhalt)
            return "v1," + Data(code.finalize()).base64EncodedString()
        }.joined(separator: " ")
    }
}
