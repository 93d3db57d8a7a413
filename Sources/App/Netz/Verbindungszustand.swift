import NIOCore

/// What a connection is doing and since when, without the connection: only its handlers feed it.
struct Verbindungszustand {
    /// Why a connection is closed that its client did not close.
    enum Grund: String, CaseIterable {
        case leerlauf = "idle"
        case kopf = "slow_head"
        case koerper = "slow_body"
        case abnahme = "slow_reader"
        case gedraenge = "crowded"
        case ende = "shutdown"
    }

    private struct Strecke {
        var seit: NIODeadline
        var bytes: Int
    }

    private(set) var inArbeit = 0
    private(set) var antwortBegonnen = false
    /// The answer under way is the last one of this connection.
    private(set) var letzteAntwort = false
    private var endet = NIODeadline.distantFuture
    private var koerperBeginn: NIODeadline
    /// The answer went out while the body was still coming: whoever sends it reads the answer after it.
    private var nachlese: NIODeadline?
    private var ruhtSeit: NIODeadline
    private var kopf: Strecke?
    /// Bytes of the body that came since the last look, and until when more must come.
    private var koerper: (bytes: Int, bis: NIODeadline?)?
    /// Whether our side wants to read; while it does not, the client is not late.
    private var liest = true
    private var geprueft: NIODeadline
    private var geschrieben = 0
    private var abgenommen = 0
    private var abgenommenAm: NIODeadline

    init(_ jetzt: NIODeadline) { (ruhtSeit, geprueft, abgenommenAm, koerperBeginn) = (jetzt, jetzt, jetzt, jetzt) }

    /// Nothing is under way in either direction.
    var ruht: Bool { inArbeit == 0 && kopf == nil && koerper == nil && geschrieben == abgenommen }
    var ruhtBeginn: NIODeadline { ruhtSeit }
    /// Bytes of a head that is not complete.
    var kopfbytes: Int { kopf?.bytes ?? 0 }
    var alleGeschrieben: Bool { geschrieben == abgenommen }

    mutating func gelesen(_ bytes: Int, _ jetzt: NIODeadline) {
        if koerper != nil {
            koerper?.bytes += bytes
        } else if kopf != nil {
            kopf?.bytes += bytes
        } else {
            kopf = Strecke(seit: jetzt, bytes: bytes)
        }
    }

    mutating func liest(_ reads: Bool) { liest = reads }

    mutating func kopfFertig(bleibt: Bool, _ jetzt: NIODeadline) {
        kopf = nil
        koerper = (0, nil)
        koerperBeginn = jetzt
        inArbeit += 1
        if !bleibt { letzteAntwort = true }
    }

    mutating func koerperFertig() { (koerper, nachlese) = (nil, nil) }

    mutating func antwortBeginnt() { antwortBegonnen = true }

    /// True when the connection is to be closed as soon as the answer is out.
    mutating func antwortFertig(_ jetzt: NIODeadline) -> Bool {
        antwortBegonnen = false
        inArbeit -= 1
        ruhtSeit = jetzt
        if inArbeit == 0, koerper != nil { nachlese = jetzt }
        return letzteAntwort && inArbeit <= 0
    }

    /// What is under way may end until `bis`; nothing new begins.
    mutating func verabschiede(bis: NIODeadline? = nil) {
        letzteAntwort = true
        if let bis { endet = bis }
    }

    mutating func geschrieben(_ bytes: Int, _ jetzt: NIODeadline) {
        if alleGeschrieben { abgenommenAm = jetzt }
        geschrieben += bytes
    }

    /// `ausstehend` are the bytes written that the kernel has not taken yet.
    mutating func pruefe(_ grenzen: Netzgrenzen, ausstehend: Int, _ jetzt: NIODeadline) -> Grund? {
        let pause = jetzt - geprueft
        geprueft = jetzt
        if geschrieben - ausstehend > abgenommen {
            abgenommen = geschrieben - ausstehend
            abgenommenAm = jetzt
            // Who still takes the answer is not idle.
            if inArbeit == 0 { ruhtSeit = jetzt }
        }
        if jetzt > endet { return .ende }
        if geschrieben > abgenommen {
            return jetzt - abgenommenAm > grenzen.abnahme ? .abnahme : nil
        }
        if let body = koerper {
            var bis = (body.bis ?? koerperBeginn + grenzen.koerper) + (liest ? .zero : pause)
            // Time that was earned by sending fast is good for a pause, but not for hours of dripping.
            if body.bytes > 0 {
                let earned = TimeAmount.nanoseconds(Int64(body.bytes) * 1_000_000_000 / Int64(grenzen.koerperrate))
                bis = max(bis, min(bis + earned, jetzt + grenzen.koerpervorrat))
            }
            koerper = (0, bis)
            if let nachlese, jetzt - nachlese > grenzen.koerpernachlese { return .koerper }
            return jetzt > bis ? .koerper : nil
        }
        guard inArbeit == 0 else { return nil }
        if letzteAntwort { return .ende }
        if let kopf { return jetzt - max(kopf.seit, ruhtSeit) > grenzen.kopf ? .kopf : nil }
        return jetzt - ruhtSeit > grenzen.leerlauf ? .leerlauf : nil
    }
}
