import Dispatch
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
    }

    /// For limits of time alone: what blocks must not be in front of them.
    private let uhr = DispatchQueue(label: "leitstand.abruf.frist")
    private let plaetze: Plaetze
    private let aufloesen: @Sendable (String) -> [String]

    /// `plaetze` is how many requests may be under way at a time; each holds a thread.
    package init(
        plaetze: Int = 16, aufloesen: @escaping @Sendable (String) -> [String] = { Netzadresse.aufloesen($0) }
    ) {
        self.plaetze = Plaetze(plaetze)
        self.aufloesen = aufloesen
    }

    /// - Throws: `Abruffehler`; any answer with a status is an answer.
    package func hole(_ anfrage: Anfrage, _ regel: Regel) async throws -> Antwort {
        guard plaetze.nimm() else { throw Abruffehler.ausgelastet }
        let (plaetze, aufloesen) = (plaetze, aufloesen)
        let result: Result<Antwort, Abruffehler> = await withCheckedContinuation { continuation in
            let einmal = Einmal(continuation)
            // A queue of its own is a thread of its own; a shared one runs as many as there are processors.
            DispatchQueue(label: "leitstand.abruf").async {
                einmal.antworte(Abruf.ausfuehren(anfrage, regel, aufloesen))
                plaetze.gib()
            }
            // Looking up a name knows no limit of time; whoever waits does not wait for it.
            uhr.asyncAfter(deadline: .now() + .milliseconds(regel.frist.milliseconds + 500)) {
                einmal.antworte(.failure(.zeit))
            }
        }
        return try result.get()
    }

    private static func ausfuehren(
        _ anfrage: Anfrage, _ regel: Regel, _ aufloesen: (String) -> [String]
    ) -> Result<Antwort, Abruffehler> {
        let ende = ContinuousClock.now + regel.frist
        var ziel = anfrage.ziel
        var kopf = anfrage.kopf
        for schritt in 0...max(0, regel.weiterleitungen) {
            do throws(Abruffehler) {
                guard let adresse = Abrufziel(ziel) else { throw .keineAdresse }
                let erlaubte = try erlaubteAdressen(adresse.ursprung, regel, aufloesen)
                let antwort = try versuche(
                    adresse, erlaubte, kopf: kopf, inhalt: anfrage.inhalt, ende: ende, hoechstens: regel.hoechstens)
                guard (300..<400).contains(antwort.status), let neu = antwort.weiter else {
                    return .success(Antwort(status: antwort.status, bytes: antwort.bytes))
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
        guard ursprung.verschluesselt || ursprung.nenntEigenenRechner else { throw .unverschluesselt }
        let alle = aufloesen(ursprung.rechner)
        guard !alle.isEmpty else { throw .unbekannt }
        let erlaubte = alle.filter { address in
            guard ursprung.verschluesselt || Netzadresse.istEigene(address) else { return false }
            return Netzadresse.istOeffentlich(address)
                || (regel.innen.contains(ursprung) && Netzadresse.istAdresse(address))
        }
        guard !erlaubte.isEmpty else { throw .innen }
        return erlaubte
    }

    /// The next address is tried only where nothing was sent to the one before.
    private static func versuche(
        _ ziel: Abrufziel, _ adressen: [String], kopf: [(name: String, wert: String)], inhalt: [UInt8]?,
        ende: ContinuousClock.Instant, hoechstens: Int
    ) throws(Abruffehler) -> Curlabruf.Antwort {
        var letzter = Abruffehler.verbindung
        for address in adressen.prefix(4) {
            let rest = (ende - ContinuousClock.now).milliseconds
            guard rest > 0 else { throw .zeit }
            do {
                return try Curlabruf.ausfuehren(
                    ziel, adresse: address, kopf: kopf, inhalt: inhalt, millisekunden: rest, hoechstens: hoechstens)
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

/// Resumes once, whoever is first.
private final class Einmal: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<Abruf.Antwort, Abruffehler>, Never>?>

    init(_ continuation: CheckedContinuation<Result<Abruf.Antwort, Abruffehler>, Never>) {
        self.continuation = Mutex(continuation)
    }

    func antworte(_ result: Result<Abruf.Antwort, Abruffehler>) {
        let waiting = continuation.withLock { stored in
            defer { stored = nil }
            return stored
        }
        waiting?.resume(returning: result)
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
