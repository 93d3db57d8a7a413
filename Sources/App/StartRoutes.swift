import HTTPTypes
import Hummingbird
import Katalog
import Kernel
import NIOCore
import Nachnutzung
import Storage
import Umsetzung
import Verzeichnis
import Web

/// The start page, and what supervisors ask: alive, ready.
struct StartRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let bereitschaft: Bereitschaft

    func add(to routes: inout Routes) {
        routes.get("/", use: start)
        routes.get("/healthz") { _, _ in StartRoutes.plain("ok\n") }
        routes.get("/readyz", use: ready)
    }

    @Sendable func start(_ request: Request, _ context: SiteContext) async throws -> Response {
        let person = context.person
        let page = try await database.read { db in
            var gemeinden = GebietFilter()
            var kreisfrei = GebietFilter()
            gemeinden.arten = [.gemeinde]
            kreisfrei.arten = [.kreisfreieStadt]
            return try StartSeite(
                eigene: EigeneVerwaltung.alle(person, in: db), darfVerlauf: Rechte.darf(person, .verlaufGanzLesen),
                leistungen: LeistungStore.zaehlbar(in: db), ozg: OZGStore.count(OZGFilter(), in: db),
                gemeinden: GebietStore.count(gemeinden, in: db),
                kreisfreieStaedte: GebietStore.count(kreisfrei, in: db),
                dienste: DienstStore.count(DienstFilter(), in: db), listen: EintragStore.listenzahl(in: db),
                katalog: DatenstandStore.newest(.katalog, in: db),
                verzeichnis: DatenstandStore.newest(.gemeindeverzeichnis, in: db))
        }
        return try site.render(page, context)
    }

    /// Ready when the database answers in time with the schema of this program, until the server takes its leave.
    @Sendable func ready(_ request: Request, _ context: SiteContext) async throws -> Response {
        let answer = await bereitschaft.frage()
        return StartRoutes.plain(answer.text, status: answer == .bereit ? .ok : .serviceUnavailable)
    }

    private static func plain(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

struct StartSeite: Page {
    static let template = "app/start"
    let eigene: [EigeneVerwaltung]
    /// The reader may see the whole Verlauf.
    let darfVerlauf: Bool
    let leistungen: Int
    let ozg: Int
    let gemeinden: Int
    let kreisfreieStaedte: Int
    let dienste: Int
    let listen: Int
    let katalog: Datenstand?
    let verzeichnis: Datenstand?

    var titel: String { "Start" }
    var brotkrumen: [Krume] { [] }
    var bereich: String { "/" }

    func child(named: String) -> Any? {
        switch named {
        case "zahlen":
            [
                zahl(leistungen, "Leistungen", "/leistungen?ueberschriften=nein"), zahl(ozg, "OZG-Leistungen", "/ozg"),
                zahl(gemeinden, "kreisangehörige Gemeinden", "/gebiete?art=gemeinde"),
                zahl(kreisfreieStaedte, "kreisfreie Städte", "/gebiete?art=kreisfreie_stadt"),
                zahl(dienste, "Onlinedienste", "/dienste"),
                zahl(listen, "Verwaltungen mit Umsetzungsliste", "/umsetzung"),
            ]
        case "staende": [katalog, verzeichnis].compactMap { $0?.bezeichnung }.joined(separator: ", ")
        case "verwaltungen": eigene
        case "ueberschriftEigene":
            eigene.count == 1 ? "Ihre Verwaltung: \(eigene[0].organisation.name)" : "Ihre Verwaltungen"
        case "mehrereEigene": eigene.count > 1
        case "verlaufGanz": darfVerlauf
        case "leer": katalog == nil && verzeichnis == nil
        default: nil
        }
    }

    private func zahl(_ zahl: Int, _ name: String, _ pfad: String) -> Werte {
        Werte([("zahl", Zahl.deutsch(zahl)), ("name", name), ("pfad", pfad)])
    }
}

/// Serves the description of the JSON interface, made once from the routes registered before it.
struct OpenAPIRoute {
    let version: String
    let schemas: [APISchema]

    mutating func add(to routes: inout Routes) {
        let operation = APIOperation("/openapi.json", "Diese Beschreibung", antwort: .dokument)
        let own = RouteEntry(method: .get, path: "/api/v1/openapi.json", zugang: .oeffentlich, operation: operation)
        let document = OpenAPI.document(version: version, routes: routes.table + [own], schemas: schemas)
        routes.api(operation) { _, _ in .json(document) }
    }
}
