import Kernel
import Web

/// Says on the page of a closed place what became of it.
struct Aufloesung: Ansicht {
    let gebiet: Gebiet
    let folge: Gebietsfolge

    func child(named: String) -> Any? {
        switch named {
        case "bezeichnung": gebiet.bezeichnung
        case "wort": folge.nachfolger.count == 1 ? "Nachfolger ist" : "Nachfolger sind"
        case "nachfolger": folge.nachfolger.isEmpty ? nil : Ortsnamen(gebiete: folge.nachfolger)
        case "ueber": folge.ueber.isEmpty ? nil : Ortsnamen(gebiete: folge.ueber)
        case "satz": gebiet.aufloesung(folge)
        case "aenderung": folge.art.map(Gebietsaenderung.wort)
        case "seit": seit
        case "erschlossen": folge.istErschlossen
        default: nil
        }
    }

    private var seit: String {
        if let tag = folge.wirksamAm, gebiet.gueltigBis == tag.plus(tage: -1) {
            return "Die Änderung gilt seit dem \(tag.deutsch)."
        }
        guard let bis = gebiet.gueltigBis else { return "Seit wann, ist nicht bekannt." }
        return "Dieses Gebiet gibt es im Verzeichnis seit dem Gebietsstand \(bis.deutsch) nicht mehr."
    }
}

/// Places in a sentence, each with its link: "A, B und C".
struct Ortsnamen: Ansicht {
    let gebiete: [Gebiet]

    func child(named: String) -> Any? {
        guard named == "orte" else { return nil }
        return gebiete.enumerated().map { index, gebiet in
            Werte([
                ("vor", index == 0 ? nil : index == gebiete.count - 1 ? " und " : ", "),
                ("name", gebiet.bezeichnung), ("pfad", gebiet.pfad),
            ])
        }
    }
}

extension [String] {
    /// Nil for a list without elements, which a page leaves out.
    var nonEmpty: [String]? { isEmpty ? nil : self }
}
