import Formats
import Hummingbird
import Kernel
import Logging
import Web

/// Impressum, Datenschutz, Barrierefreiheit.
struct FusstextRoutes: RoomRoutes {
    let texte: Fusstexte
    let site: Site

    func add(to routes: inout Routes) {
        for which in Fusstext.allCases {
            routes.get(which.pfad) { _, context in
                let page: FusstextSeite
                do throws(Refusal) {
                    page = FusstextSeite(which: which, text: try texte.text(which))
                } catch {
                    context.logger.warning("text nicht lesbar", metadata: ["grund": "\(error.message)"])
                    page = FusstextSeite(which: which, fehler: error.message)
                }
                return try site.render(page, context)
            }
        }
    }
}

struct FusstextSeite: Page {
    static let template = "app/fusstext"
    let which: Fusstext
    var text: Fusstexte.Text?
    var fehler: String?

    var titel: String { text?.inhalt.titel ?? which.name }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume(which.name)] }
    var bereich: String { which.pfad }

    func child(named: String) -> Any? {
        switch named {
        case "vorlage": text?.istVorlage == true ? which.datei : nil
        case "unlesbar": fehler
        case "abschnitte": text.map { [Fragment(markdown: $0.inhalt)] } ?? []
        default: nil
        }
    }
}
