import Kernel

/// Which part of a list is asked for.
package struct Seite: Sendable, Equatable {
    package let nummer: Int
    package let groesse: Int

    package init(nummer: Int, groesse: Int = 50) { (self.nummer, self.groesse) = (nummer, groesse) }

    /// - Throws: `Refusal.badRequest` for a page that is no number from 1.
    package init(_ abfrage: Abfrage, groesse: Int = 50) throws {
        guard let text = abfrage["seite"] else {
            self.init(nummer: 1, groesse: groesse)
            return
        }
        guard let nummer = Int(text), nummer >= 1 else {
            throw Refusal(.badRequest, "„\(text.prefix(20))“ ist keine Seitenzahl. Seiten werden ab 1 gezählt.")
        }
        guard nummer <= 1_000_000 else { throw Refusal(.notFound, "So viele Seiten hat keine Liste.") }
        self.init(nummer: nummer, groesse: groesse)
    }

    package var versatz: Int { (nummer - 1) * groesse }
}

/// The links to the other pages of a list.
package struct Blaettern: Ansicht {
    package let seite: Seite
    package let gesamt: Int
    private let adresse: Adresse

    /// - Throws: `Refusal.notFound` when the list ends before this page.
    package init(_ seite: Seite, gesamt: Int, adresse: Adresse) throws {
        (self.seite, self.gesamt, self.adresse) = (seite, gesamt, adresse)
        guard seite.nummer <= max(1, letzte) else {
            throw Refusal(
                .notFound,
                "Seite \(seite.nummer) gibt es nicht, die Liste hat \(Zahl.mit(max(1, letzte), "Seite", "Seiten")).")
        }
    }

    package var letzte: Int { (gesamt + seite.groesse - 1) / seite.groesse }

    private func pfad(_ nummer: Int) -> String { adresse.mit("seite", nummer == 1 ? nil : "\(nummer)").text }

    package func child(named: String) -> Any? {
        switch named {
        case "mehrere": letzte > 1
        case "aktuell": seite.nummer
        case "letzte": max(1, letzte)
        case "gesamtText": Zahl.deutsch(gesamt)
        case "vorher": seite.nummer > 1 ? pfad(seite.nummer - 1) : nil
        case "naechste": seite.nummer < letzte ? pfad(seite.nummer + 1) : nil
        case "nummern": nummern
        default: nil
        }
    }

    private var nummern: [Werte] {
        let wanted = [1, 2, seite.nummer - 1, seite.nummer, seite.nummer + 1, letzte - 1, letzte]
        let shown = Set(wanted.filter { (1...max(1, letzte)).contains($0) }).sorted()
        var previous = 0
        return shown.map { nummer in
            defer { previous = nummer }
            return Werte([
                ("nummer", nummer), ("pfad", pfad(nummer)), ("aktuell", nummer == seite.nummer),
                ("luecke", nummer > previous + 1),
            ])
        }
    }
}
