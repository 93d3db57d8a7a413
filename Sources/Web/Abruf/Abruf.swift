import Dispatch
import Kernel
import Synchronization

/// Why a request to another server has no answer.
package enum Abruffehler: String, Error, Sendable {
    case keineAdresse = "adresse unlesbar"
    case fremd = "rechner nicht erlaubt"
    case unverschluesselt = "nicht verschlüsselt"
    case unbekannt = "rechner unbekannt"
    case innen = "adresse im inneren netz"
    case verbindung = "keine verbindung"
    case tls = "zertifikat oder tls"
    case zeit = "zeit abgelaufen"
    case zuGross = "antwort zu groß"
    case umgeleitet = "umleitung nicht erlaubt"
    case ausgelastet = "zu viele zugleich"
    case gestoert = "antwort unlesbar"
}

/// The one way by which this program asks another server for something.
///
/// It looks the host up itself, checks the addresses, and connects to a checked one and no other, so that a name cannot
/// mean something else the second time it is asked for. Each redirect goes the same way again.
package struct Abruf: Sendable {
    /// Where a request may go, and how long and large it may get; the caller decides.
    package struct Regel: Sendable {
        /// Nil lets every public host be asked.
        package var ziele: Set<Ursprung>?
        /// Those that the operator configured; they may lie in the inner network.
        package var innen: Set<Ursprung>
        package var frist: Duration
        package var hoechstens: Int
        package var weiterleitungen: Int
        /// Those among `innen` that may be asked without TLS.
        package var unverschluesselt: Set<Ursprung> = []
        /// What is too large or too slow is cut off, and what had come of it counts.
        package var kuerzt = false

        package init(
            ziele: Set<Ursprung>? = nil, innen: Set<Ursprung> = [], frist: Duration = .seconds(10),
            hoechstens: Int = 1 << 20, weiterleitungen: Int = 0
        ) {
            self.ziele = ziele
            self.innen = innen
            self.frist = frist
            self.hoechstens = hoechstens
            self.weiterleitungen = weiterleitungen
        }
    }

    package struct Anfrage: Sendable {
        package let ziel: String
        /// Name and value; both are ours, never a stranger's.
        package let kopf: [(name: String, wert: String)]
        /// Sent with POST; nil asks with GET.
        package let inhalt: [UInt8]?

        package init(_ ziel: String, kopf: [(name: String, wert: String)] = [], inhalt: [UInt8]? = nil) {
            (self.ziel, self.kopf, self.inhalt) = (ziel, kopf, inhalt)
        }
    }

    package struct Antwort: Sendable {
        package let status: Int
        package let bytes: [UInt8]
        /// Seconds after which the other side wants to be asked again.
        package let spaeter: Int?
    }

    /// For limits of time alone: what blocks must not be in front of them.
    private let uhr = DispatchQueue(label: "leitstand.abruf.frist")
    private let plaetze: Plaetze
    private let zertifikate: String?
    private let aufloesen: @Sendable (String) -> [String]

    /// `plaetze` is how many requests may be under way at a time; each holds a thread. `zertifikate` is a file with those
    /// of authorities that are trusted besides the system's.
    package init(
        plaetze: Int = 16, zertifikate: String? = nil,
        aufloesen: @escaping @Sendable (String) -> [String] = { Netzadresse.aufloesen($0) }
    ) {
        self.plaetze = Plaetze(plaetze)
        (self.zertifikate, self.aufloesen) = (zertifikate, aufloesen)
    }

    /// - Throws: `Abruffehler`; any answer with a status is an answer.
    package func hole(_ anfrage: Anfrage, _ regel: Regel) async throws -> Antwort {
        try await imHintergrund(regel.frist) { [zertifikate] aufloesen in
            Abruf.ausfuehren(anfrage, regel, zertifikate, aufloesen)
        }
    }

    /// Whether a request could go there as things are now; sends nothing.
    ///
    /// - Throws: `Abruffehler`.
    @discardableResult
    package func pruefe(_ ziel: String, _ regel: Regel) async throws -> Ursprung {
        try await imHintergrund(regel.frist) { aufloesen in
            do throws(Abruffehler) {
                guard let adresse = Abrufziel(ziel) else { throw .keineAdresse }
                _ = try Abruf.erlaubteAdressen(adresse.ursprung, regel, aufloesen)
                return .success(adresse.ursprung)
            } catch { return .failure(error) }
        }
    }

    private func imHintergrund<Wert: Sendable>(
        _ frist: Duration,
        _ arbeit: @escaping @Sendable (@Sendable (String) -> [String]) -> Result<Wert, Abruffehler>
    ) async throws -> Wert {
        guard plaetze.nimm() else { throw Abruffehler.ausgelastet }
        let (plaetze, aufloesen, einmal) = (plaetze, aufloesen, Einmal<Wert>())
        // A queue of its own is a thread of its own; a shared one runs as many as there are processors.
        DispatchQueue(label: "leitstand.abruf").async {
            einmal.antworte(arbeit(aufloesen))
            plaetze.gib()
        }
        // Looking up a name knows no limit of time; whoever waits does not wait for it.
        uhr.asyncAfter(deadline: .now() + .milliseconds(frist.millisekunden + 500)) {
            einmal.antworte(.failure(.zeit))
        }
        // Nor does a server that shall stop wait for what somebody else may still answer.
        let result = await withTaskCancellationHandler {
            await einmal.warte()
        } onCancel: {
            einmal.antworte(.failure(.zeit))
        }
        if case .failure = result { try Task.checkCancellation() }
        return try result.get()
    }

    private static func ausfuehren(
        _ anfrage: Anfrage, _ regel: Regel, _ zertifikate: String?, _ aufloesen: (String) -> [String]
    ) -> Result<Antwort, Abruffehler> {
        let ende = ContinuousClock.now + regel.frist
        var ziel = anfrage.ziel
        var kopf = anfrage.kopf
        for schritt in 0...max(0, regel.weiterleitungen) {
            do throws(Abruffehler) {
                guard let adresse = Abrufziel(ziel) else { throw .keineAdresse }
                let erlaubte = try erlaubteAdressen(adresse.ursprung, regel, aufloesen)
                let antwort = try versuche(
                    adresse, erlaubte, kopf: kopf, inhalt: anfrage.inhalt, ende: ende, regel, zertifikate)
                guard (300..<400).contains(antwort.status), let neu = antwort.weiter else {
                    return .success(
                        Antwort(status: antwort.status, bytes: antwort.bytes, spaeter: antwort.spaeter))
                }
                // What was posted is never posted to somebody else.
                guard anfrage.inhalt == nil, schritt < regel.weiterleitungen, let next = Abrufziel(neu) else {
                    throw .umgeleitet
                }
                if next.ursprung != adresse.ursprung { kopf = [] }
                ziel = neu
            } catch { return .failure(error) }
        }
        return .failure(.umgeleitet)
    }

    private static func erlaubteAdressen(
        _ ursprung: Ursprung, _ regel: Regel, _ aufloesen: (String) -> [String]
    ) throws(Abruffehler) -> [String] {
        if let ziele = regel.ziele, !ziele.contains(ursprung) { throw .fremd }
        let darfOffen = regel.unverschluesselt.contains(ursprung)
        guard ursprung.verschluesselt || ursprung.nenntEigenenRechner || darfOffen else { throw .unverschluesselt }
        let alle = aufloesen(ursprung.rechner)
        guard !alle.isEmpty else { throw .unbekannt }
        let erlaubte = alle.filter { address in
            guard ursprung.verschluesselt || Netzadresse.istEigene(address) || darfOffen else { return false }
            return Netzadresse.istOeffentlich(address)
                || (regel.innen.contains(ursprung) && Netzadresse.istAdresse(address))
        }
        guard !erlaubte.isEmpty else { throw .innen }
        return erlaubte
    }

    /// The next address is tried only where nothing was sent to the one before.
    private static func versuche(
        _ ziel: Abrufziel, _ adressen: [String], kopf: [(name: String, wert: String)], inhalt: [UInt8]?,
        ende: ContinuousClock.Instant, _ regel: Regel, _ zertifikate: String?
    ) throws(Abruffehler) -> Curlabruf.Antwort {
        var letzter = Abruffehler.verbindung
        for address in adressen.prefix(4) {
            let rest = (ende - ContinuousClock.now).millisekunden
            guard rest > 0 else { throw .zeit }
            do {
                return try Curlabruf.ausfuehren(
                    ziel, adresse: address, kopf: kopf, inhalt: inhalt, millisekunden: rest,
                    hoechstens: regel.hoechstens, kuerzt: regel.kuerzt, zertifikate: zertifikate)
            } catch .verbindung { letzter = .verbindung } catch { throw error }
        }
        throw letzter
    }
}

/// Counts what is under way, without letting anybody wait.
private final class Plaetze: Sendable {
    private let frei: Mutex<Int>

    init(_ count: Int) { frei = Mutex(count) }

    func nimm() -> Bool {
        frei.withLock { frei in
            guard frei > 0 else { return false }
            frei -= 1
            return true
        }
    }

    func gib() { frei.withLock { $0 += 1 } }
}

/// Has one answer, from whoever is first.
private final class Einmal<Wert: Sendable>: Sendable {
    private struct Stand {
        var antwort: Result<Wert, Abruffehler>?
        var wartende: CheckedContinuation<Result<Wert, Abruffehler>, Never>?
    }

    private let stand = Mutex(Stand())

    func warte() async -> Result<Wert, Abruffehler> {
        await withCheckedContinuation { continuation in
            let answer = stand.withLock { stand in
                if stand.antwort == nil { stand.wartende = continuation }
                return stand.antwort
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    func antworte(_ result: Result<Wert, Abruffehler>) {
        let waiting = stand.withLock { stand -> CheckedContinuation<Result<Wert, Abruffehler>, Never>? in
            guard stand.antwort == nil else { return nil }
            stand.antwort = result
            defer { stand.wartende = nil }
            return stand.wartende
        }
        waiting?.resume(returning: result)
    }
}
