package import Kernel
package import Storage
package import Web

/// The outline of a place among its neighbours, as a drawing and as a list that says the same.
struct Umriss: Ansicht {
    /// A place beside the one that is shown.
    private struct Nachbar {
        let name: String
        let adresse: String?
        let schluessel: String
        let istNachbar: Bool
    }

    private let bezeichnung: String
    private let ebene: Grenzebene
    private let vermerk: String
    private let nachbarn: [Nachbar]
    private let ort: String
    /// False when small parts lie so far away that the drawing leaves them out.
    private let istGanz: Bool
    private let verweise: [Werte]
    private let andere: [Werte]
    private let zahlen: [Werte]

    /// Bytes that a page may carry for its drawing; a larger drawing is made of simpler lines.
    private static let hoechstens = 30_000

    /// Nil when no boundary is loaded for the place.
    init?(_ gebiet: Gebiet, in db: any SQLConnection) throws {
        guard let (ebene, schluessel) = gebiet.grenze, let stand = try GrenzStore.stand(ebene, in: db),
            let own = try GrenzStore.gebiet(schluessel, ebene, in: db)
        else { return nil }
        let (rahmen, istGanz) = try Umrissausschnitt.rahmen(
            Zeichnung.teile(own, try GrenzStore.linien([schluessel], ebene, in: db)))
        let ausschnitt = Umrissausschnitt(um: rahmen)
        var places = try GrenzStore.gebiete(in: ausschnitt.rahmen, ebene, in: db)
        let lines = try GrenzStore.linien(places.map(\.schluessel), ebene, in: db)
        let adjacent = Set(try GrenzStore.nachbarn(schluessel, ebene, in: db))
        var zeichnung = try Zeichnung(places, lines, ausschnitt, stufe: Topologie.stufen.lowerBound)
        for stufe in Topologie.stufen.dropFirst() where zeichnung.umfang > Umriss.hoechstens {
            zeichnung = try Zeichnung(places, lines, ausschnitt, stufe: stufe)
        }
        if zeichnung.umfang > Umriss.hoechstens {
            // Among hundreds of small places only those matter that the list names.
            places.removeAll { $0.schluessel != schluessel && !adjacent.contains($0.schluessel) }
            zeichnung = try Zeichnung(places, lines, ausschnitt, stufe: Topologie.stufen.upperBound)
        }
        let others = places.filter { $0.schluessel != schluessel }.map { place in
            Nachbar(
                name: Umriss.name(place, ebene), adresse: place.gebiet?.pfad, schluessel: place.schluessel,
                istNachbar: adjacent.contains(place.schluessel))
        }.sorted { (Faltung.sort($0.name), $0.schluessel) < (Faltung.sort($1.name), $1.schluessel) }
        let next = others.filter(\.istNachbar)
        bezeichnung = gebiet.bezeichnung
        (self.ebene, vermerk, nachbarn, self.istGanz) = (ebene, stand.vermerk, next, istGanz)
        ort = zeichnung.pfad(schluessel)
        let drawn = others.filter { !zeichnung.pfad($0.schluessel).isEmpty }
        func werte(_ place: Nachbar) -> Werte {
            Werte([("name", place.name), ("pfad", place.adresse), ("linie", zeichnung.pfad(place.schluessel))])
        }
        verweise = drawn.filter { $0.adresse != nil }.map(werte)
        andere = drawn.filter { $0.adresse == nil }.map(werte)
        zahlen = next.enumerated().compactMap { index, place in
            zeichnung.platz(place.schluessel).map {
                Werte([("x", Int($0.x)), ("y", Int($0.y)), ("zahl", index + 1)])
            }
        }
    }

    private static func name(_ place: Grenzgebiet, _ ebene: Grenzebene) -> String {
        guard let gebiet = place.gebiet else { return "Schlüssel \(place.schluessel)" }
        return ebene == .kreise ? gebiet.bezeichnung : gebiet.name
    }

    func child(named: String) -> Any? {
        switch named {
        case "titel": "Umriss: \(bezeichnung)"
        case "beschreibung": nachbarn.isEmpty ? ohneNachbarn : "Die Zahlen nennen die Nachbarn in der Liste."
        case "istTeil": !istGanz
        case "breite": Int(Umrissausschnitt.breite)
        case "hoehe": Int(Umrissausschnitt.hoehe)
        case "ort": ort
        case "verweise": verweise
        case "andere": andere
        case "zahlen": zahlen
        case "hatNachbarn": !nachbarn.isEmpty
        case "nachbarWort": nachbarWort
        case "nachbarn":
            nachbarn.map { Werte([("name", $0.name), ("pfad", $0.adresse), ("istVerlinkt", $0.adresse != nil)]) }
        case "ohneNachbarn": nachbarn.isEmpty ? ohneNachbarn : nil
        case "vermerk": vermerk
        // The licence of the Bundesamt asks for this link with its name.
        case "vermerkAdresse": vermerk.contains("GeoBasis-DE / BKG") ? "http://www.bkg.bund.de" : nil
        default: nil
        }
    }

    private var nachbarWort: String {
        switch ebene {
        case .gemeinden: "Nachbargemeinden"
        case .kreise: "Benachbarte Kreise und kreisfreie Städte"
        case .laender: "Nachbarländer"
        }
    }

    private var ohneNachbarn: String {
        switch ebene {
        case .gemeinden: "\(bezeichnung) grenzt an keine andere Gemeinde."
        case .kreise: "\(bezeichnung) grenzt an keinen anderen Kreis."
        case .laender: "\(bezeichnung) grenzt an kein anderes Land."
        }
    }
}

/// All places of a drawing on one level, cut to what shows.
private struct Zeichnung {
    private let ausschnitt: Umrissausschnitt
    private var ringe: [String: [[Umrissausschnitt.Punkt]]] = [:]
    private var pfade: [String: String] = [:]

    init(
        _ places: [Grenzgebiet], _ lines: [Int: Blob], _ ausschnitt: Umrissausschnitt, stufe: Int
    ) throws {
        self.ausschnitt = ausschnitt
        let points = try lines.mapValues { try Grenzcode.punkte($0, stufe: stufe) }
        for place in places {
            let rings = try Grenzcode.flaechen(place.flaechen, stufe: stufe).joined().map { ring in
                ausschnitt.gezeichnet(Zeichnung.punkte(ring, points))
            }.filter { !$0.isEmpty }
            ringe[place.schluessel] = rings
            pfade[place.schluessel] = Umrissausschnitt.pfad(rings)
        }
    }

    /// The areas of one place with their sizes and frames.
    static func teile(_ place: Grenzgebiet, _ lines: [Int: Blob]) throws -> [(flaeche: Int, rahmen: Rahmen)] {
        let stufe = Topologie.stufen.lowerBound
        let points = try lines.mapValues { try Grenzcode.punkte($0, stufe: stufe) }
        return try Grenzcode.flaechen(place.flaechen, stufe: stufe).compactMap(\.first).map { ring in
            let ring = punkte(ring, points)
            var frame = Rahmen()
            for point in ring { frame.umfasse(point) }
            return (abs(Topologie.flaeche(ring)), frame)
        }
    }

    private static func punkte(_ ring: Grenzring, _ lines: [Int: [Gitterpunkt]]) -> [Gitterpunkt] {
        ring.linien.flatMap { signed -> [Gitterpunkt] in
            let line = lines[signed < 0 ? ~signed : signed, default: []]
            return signed < 0 ? Array(line.reversed().dropFirst()) : Array(line.dropFirst())
        }
    }

    /// Bytes of the drawing: its ways, and name and address around each.
    var umfang: Int { pfade.values.reduce(0) { $0 + $1.utf8.count + 100 } }

    func pfad(_ schluessel: String) -> String { pfade[schluessel] ?? "" }

    func platz(_ schluessel: String) -> Umrissausschnitt.Punkt? {
        ausschnitt.platz(in: ringe[schluessel] ?? [], radius: 22)
    }
}

/// Draws the outline on the page of each place that has a boundary.
package struct UmrissImGebiet: GebietErgaenzung {
    package init() {}

    package func abschnitt(
        zu gebiet: Gebiet, verwaltung: Organisation?, person: Person?, in db: any SQLConnection
    ) throws -> Abschnitt? {
        try Umriss(gebiet, in: db).map { Abschnitt("verzeichnis/umriss", $0) }
    }
}
