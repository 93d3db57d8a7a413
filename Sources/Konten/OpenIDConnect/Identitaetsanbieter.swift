import Formats
import Foundation
import Kernel
package import Web

/// The provider as this program knows it: what it says about itself and its keys, kept for a while.
package actor Identitaetsanbieter {
    package nonisolated let angaben: Anbieterangaben
    private let abruf: Abruf
    private var entdeckung: (Entdeckung, seit: Instant)?
    private var schluessel: (liste: [Signaturschluessel], seit: Instant)?
    private var laufendeEntdeckung: Task<Entdeckung, any Error>?
    private var laufenderSchluesselabruf: Task<[Signaturschluessel], any Error>?

    /// Seconds after which both are asked for again.
    static let haltbar = 3_600
    /// Seconds for which they still serve when the provider does not answer.
    static let notfalls = 24 * 3_600
    /// Seconds between two looks for a key that was not there.
    static let nachsehen = 30

    package init(_ angaben: Anbieterangaben, abruf: Abruf = Abruf()) {
        (self.angaben, self.abruf) = (angaben, abruf)
    }

    /// What the provider says about itself.
    func auskunft(_ jetzt: Instant) async throws(Ablehnung) -> Entdeckung {
        if let (stand, seit) = entdeckung, Self.gilt(seit, Self.haltbar, jetzt) { return stand }
        // All who ask meanwhile wait for the same answer.
        let task =
            laufendeEntdeckung
            ?? Task { [angaben, abruf] in
                let bytes = try await Self.hole(Entdeckung.adresse(angaben.aussteller), angaben, abruf)
                return try Entdeckung(bytes, aussteller: angaben.aussteller)
            }
        laufendeEntdeckung = task
        defer { laufendeEntdeckung = nil }
        do {
            let stand = try await task.value
            entdeckung = (stand, seit: jetzt)
            return stand
        } catch {
            if let (stand, seit) = entdeckung, Self.gilt(seit, Self.notfalls, jetzt) { return stand }
            throw error as? Ablehnung ?? .nichtErreichbar("auskunft")
        }
    }

    /// The key that made a signature. A mark that nobody knows may be that of a new key, so the list is asked for once more,
    /// but not for every invented one.
    func schluessel(fuer kopf: IDToken.Kopf, _ stand: Entdeckung, _ jetzt: Instant) async throws(Ablehnung)
        -> Signaturschluessel
    {
        if let (liste, seit) = schluessel {
            let found = Self.einer(liste, kopf)
            if Self.gilt(seit, Self.haltbar, jetzt), let found { return found }
            if Self.gilt(seit, Self.nachsehen, jetzt) { throw .unglaubwuerdig("schlüssel unbekannt") }
        }
        let task =
            laufenderSchluesselabruf
            ?? Task { [angaben, abruf] in
                let bytes = try await Self.hole(stand.schluessel.text, angaben, abruf)
                guard let liste = Signaturschluessel.lies(bytes) else {
                    throw Ablehnung.falschEingerichtet("schlüssel unlesbar")
                }
                return liste
            }
        laufenderSchluesselabruf = task
        defer { laufenderSchluesselabruf = nil }
        do {
            let liste = try await task.value
            schluessel = (liste, seit: jetzt)
        } catch {
            guard let (liste, seit) = schluessel, Self.gilt(seit, Self.notfalls, jetzt),
                let found = Self.einer(liste, kopf)
            else { throw error as? Ablehnung ?? .nichtErreichbar("schlüssel") }
            return found
        }
        guard let found = schluessel.flatMap({ Self.einer($0.liste, kopf) }) else {
            throw .unglaubwuerdig("schlüssel unbekannt")
        }
        return found
    }

    /// Without a mark only a single fitting key is believed.
    private static func einer(_ liste: [Signaturschluessel], _ kopf: IDToken.Kopf) -> Signaturschluessel? {
        let fitting = liste.filter { $0.passt(kid: kopf.kid, verfahren: kopf.verfahren) }
        return kopf.kid == nil && fitting.count != 1 ? nil : fitting.first
    }

    /// A clock that was set back counts as time gone by.
    private static func gilt(_ seit: Instant, _ sekunden: Int, _ jetzt: Instant) -> Bool {
        jetzt >= seit && jetzt < seit.plus(sekunden: sekunden)
    }

    private static func hole(
        _ adresse: String, _ angaben: Anbieterangaben, _ abruf: Abruf
    ) async throws -> [UInt8] {
        var regel = angaben.regel
        regel.weiterleitungen = 2
        do {
            let antwort = try await abruf.hole(.init(adresse, kopf: [("Accept", "application/json")]), regel)
            guard antwort.status == 200 else { throw Ablehnung.nichtErreichbar("status \(antwort.status)") }
            return antwort.bytes
        } catch let fehler as Abruffehler { throw Ablehnung.nichtErreichbar(fehler.rawValue) }
    }
}

extension Identitaetsanbieter {
    /// What the provider hands over for a code. Neither token is stored.
    struct Marken: Sendable {
        let idToken: String
        let zugriffstoken: String?
    }

    private struct Tokenantwort: Decodable {
        let id_token: String?
        let access_token: String?
        let error: String?
    }

    /// Exchanges the code, with the proof that it was this sign-in that asked for it.
    nonisolated func tausche(
        _ code: String, _ vorgang: Fremdvorgang, _ stand: Entdeckung
    ) async throws(Ablehnung) -> Marken {
        var felder = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", angaben.rueckruf),
            ("code_verifier", vorgang.nachweis),
        ]
        var kopf = [
            (name: "Accept", wert: "application/json"),
            (name: "Content-Type", wert: "application/x-www-form-urlencoded"),
        ]
        if let geheimnis = angaben.geheimnis, stand.ausweise.contains("client_secret_basic") {
            let pair = "\(Prozentkodierung.encode(angaben.kennung)):\(Prozentkodierung.encode(geheimnis))"
            kopf.append((name: "Authorization", wert: "Basic \(Data(pair.utf8).base64EncodedString())"))
        } else {
            felder.append(("client_id", angaben.kennung))
            if let geheimnis = angaben.geheimnis {
                guard stand.ausweise.contains("client_secret_post") else {
                    throw .falschEingerichtet("anbieter verlangt einen anderen ausweis")
                }
                felder.append(("client_secret", geheimnis))
            }
        }
        let inhalt = felder.map { "\($0.0)=\(Prozentkodierung.encode($0.1))" }.joined(separator: "&")
        let antwort = try await frage(.init(stand.token.text, kopf: kopf, inhalt: Array(inhalt.utf8)))
        let gelesen = try? JSONDecoder().decode(Tokenantwort.self, from: Data(antwort.bytes))
        switch (antwort.status, gelesen?.error) {
        case (200, nil): break
        case (_, "invalid_grant"): throw .unglaubwuerdig("code abgelehnt")
        case (_, "invalid_client"), (_, "unauthorized_client"), (401, _):
            throw .falschEingerichtet("ausweis abgelehnt")
        default: throw .nichtErreichbar("token: status \(antwort.status)")
        }
        guard let token = gelesen?.id_token else { throw .unglaubwuerdig("kein id-token") }
        return Marken(idToken: token, zugriffstoken: gelesen?.access_token)
    }

    /// Asks for claims that the ID token left out; they must be about the same person.
    nonisolated func ergaenze(
        _ ansprueche: JSONWert, _ marken: Marken, _ stand: Entdeckung
    ) async throws(Ablehnung) -> JSONWert {
        guard case .objekt(var felder) = ansprueche, let adresse = stand.auskunft, let token = marken.zugriffstoken,
            ansprueche["email"] == nil || angaben.regeln.fehltEtwas(in: ansprueche)
        else { return ansprueche }
        let antwort = try await frage(
            .init(adresse.text, kopf: [("Accept", "application/json"), ("Authorization", "Bearer \(token)")]))
        guard antwort.status == 200,
            let mehr = try? JSONDecoder().decode(JSONWert.self, from: Data(antwort.bytes)),
            case .objekt(let weitere) = mehr
        else { throw .nichtErreichbar("auskunft über die person") }
        guard mehr["sub"]?.text == ansprueche["sub"]?.text else { throw .unglaubwuerdig("auskunft über andere person") }
        // What was signed comes first.
        felder.merge(weitere) { signed, _ in signed }
        return .objekt(felder)
    }

    private nonisolated func frage(_ anfrage: Abruf.Anfrage) async throws(Ablehnung) -> Abruf.Antwort {
        do { return try await abruf.hole(anfrage, angaben.regel) } catch {
            throw .nichtErreichbar((error as? Abruffehler)?.rawValue ?? "abruf")
        }
    }
}
