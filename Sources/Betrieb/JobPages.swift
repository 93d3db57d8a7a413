import Jobs
import Kernel
import Web

struct JobsSeite: Page {
    static let template = "betrieb/jobs"

    let zustand: Job.Zustand
    let art: String?
    let arten: [String]
    let titelJeArt: [String: String]
    let zahlen: [(Job.Zustand, Int)]
    let jobs: [Job]
    let blaettern: Blaettern
    /// How many were just put back into the queue.
    let erneut: Int?

    var titel: String { "Jobs" }
    var brotkrumen: [Krume] { Krume.administration + [Krume("Jobs")] }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "zustaende":
            zahlen.map { one in
                Werte([
                    ("name", one.0.name), ("anzahl", Zahl.deutsch(one.1)), ("aktuell", one.0 == zustand),
                    ("pfad", Adresse("/betrieb/jobs", [("zustand", one.0.rawValue), ("art", art)]).text),
                ])
            }
        case "zustand": zustand.rawValue
        case "zustandsname": zustand.name
        case "art":
            Feld.auswahl(
                "art", "Art", leer: "Alle Arten", arten.map { ($0, titelJeArt[$0] ?? $0) }, gewaehlt: art, pflicht: true
            )
        case "jobs": jobs.map(zeile)
        case "keine": jobs.isEmpty
        case "seiten": blaettern
        case "erneut": erneut.map { Zahl.mit($0, "Job wartet", "Jobs warten") }
        case "alleErneut":
            zustand == .gescheitert && art != nil && !jobs.isEmpty
                ? Werte([("art", art), ("titel", art.map { titelJeArt[$0] ?? $0 })]) : nil
        default: nil
        }
    }

    private func zeile(_ job: Job) -> Werte {
        Werte([
            ("pfad", "/betrieb/jobs/\(job.id.rawValue)"), ("art", titelJeArt[job.art] ?? job.art),
            ("angelegt", job.angelegtAm.berlin), ("wann", job.wann),
            ("versuche", job.versuche > 0 ? "\(job.versuche) von \(job.hoechstens)" : nil), ("meldung", job.meldung),
        ])
    }
}

struct JobSeite: Page {
    static let template = "betrieb/job"
    let job: Job
    let art: String

    var titel: String { art }
    var brotkrumen: [Krume] { Krume.administration + [Krume("Jobs", "/betrieb/jobs"), Krume(art)] }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "art": art
        case "zustand": job.zustand.name
        case "laeuft": job.zustand == .laeuft
        case "unterwegs": !job.zustand.istZuEnde
        case "abbruch": job.abbruch && job.zustand == .laeuft
        case "erneut": job.zustand == .gescheitert || job.zustand == .abgebrochen
        case "verwerfbar": job.zustand == .gescheitert
        case "meldung": job.meldung
        case "prozent": job.gesamt.map { $0 > 0 ? min(100, job.getan * 100 / $0) : 0 }
        case "getan": job.getan > 0 ? Zahl.deutsch(job.getan) : nil
        case "gesamt": job.gesamt.map(Zahl.deutsch)
        case "pfad": "/betrieb/jobs/\(job.id.rawValue)"
        case "angelegt": job.angelegtAm.berlin
        case "begonnen": job.begonnenAm?.berlin
        case "beendet": job.beendetAm?.berlin
        case "faellig": job.zustand == .wartet ? job.faellig.berlin : nil
        case "versuche": "\(job.versuche) von höchstens \(job.hoechstens)"
        case "daten": job.daten
        case "kennung": job.id.rawValue
        default: nil
        }
    }
}

extension Job {
    /// The moment that matters in its state.
    fileprivate var wann: String? {
        switch zustand {
        case .wartet: "fällig \(faellig.berlin)"
        case .laeuft: begonnenAm.map { "läuft seit \($0.berlin)" }
        case .gescheitert, .fertig, .abgebrochen: beendetAm?.berlin
        }
    }
}
