import Foundation

/// Why a file of boundaries is refused, as a sentence.
struct Grenzfehler: Error, Equatable {
    let grund: String

    init(_ grund: String) { self.grund = grund }
}

/// Reads one TopoJSON file of boundaries.
enum Topologiedatei {
    /// Far above the finest official set; more would fill the memory.
    static let hoechstens = 64 * 1024 * 1024

    static func read(_ bytes: [UInt8]) throws(Grenzfehler) -> Topologie {
        let roh: Rohtopologie
        do {
            roh = try JSONDecoder().decode(Rohtopologie.self, from: Data(bytes))
        } catch let error as Grenzfehler {
            throw error
        } catch let error as DecodingError {
            throw Grenzfehler(satz(error))
        } catch {
            throw Grenzfehler(keinJSON)
        }
        return try Topologiebau(roh).topologie()
    }

    private static let keinJSON =
        "Das ist kein lesbares JSON. Die Datei ist abgeschnitten, zu tief verschachtelt, von anderer Art, oder eine Zahl darin ist nicht möglich."

    private static func satz(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            return "Das ist keine Topologie (TopoJSON): „\(ort(context.codingPath + [key]))“ fehlt."
        case .dataCorrupted(let context) where context.codingPath.isEmpty: return keinJSON
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
            return
                "Das ist keine Topologie (TopoJSON): „\(ort(context.codingPath))“ ist nicht, was dort stehen muss."
        @unknown default: return keinJSON
        }
    }

    private static func ort(_ path: [any CodingKey]) -> String {
        path.prefix(8).map { $0.intValue.map(String.init) ?? String($0.stringValue.prefix(40)) }.joined(separator: ".")
    }
}

/// A file as it is written, before anything is checked but its form.
struct Rohtopologie: Decodable {
    struct Punkt: Decodable {
        let x: Double
        let y: Double

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            x = try list.decode(Double.self)
            y = try list.decode(Double.self)
        }
    }

    struct Transform: Decodable {
        let scale: Punkt
        let translate: Punkt
    }

    struct Geometrie: Decodable {
        let schluessel: String?
        /// Areas, their rings, the lines of a ring.
        let flaechen: [[[Int]]]

        private struct Merkmale: Decodable { let ags: String? }
        private enum CodingKeys: CodingKey { case type, id, properties, arcs }

        init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            let merkmale = try object.decodeIfPresent(Merkmale.self, forKey: .properties)
            schluessel = try merkmale?.ags ?? object.decodeIfPresent(String.self, forKey: .id)
            switch try object.decodeIfPresent(String.self, forKey: .type) {
            case nil: flaechen = []
            case "Polygon": flaechen = [try object.decode([[Int]].self, forKey: .arcs)]
            case "MultiPolygon": flaechen = try object.decode([[[Int]]].self, forKey: .arcs)
            case let type?:
                throw Grenzfehler(
                    "„\(schluessel?.prefix(20) ?? "Ein Gebiet")“ ist als \(type.prefix(20)) gezeichnet. Grenzen sind Polygon oder MultiPolygon."
                )
            }
        }
    }

    struct Objekt: Decodable { let geometries: [Geometrie] }

    let transform: Transform?
    let objects: [String: Objekt]
    let arcs: [[Punkt]]

    private enum CodingKeys: CodingKey { case type, transform, objects, arcs }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        let type = try object.decode(String.self, forKey: .type)
        guard type == "Topology" else {
            let kind = type.prefix(30)
            throw Grenzfehler(
                type == "FeatureCollection"
                    ? "Das ist GeoJSON. Wandeln Sie die Datei in TopoJSON um, damit Nachbarn ihre Linien teilen."
                    : "Das ist keine Topologie (TopoJSON), sondern „\(kind)“.")
        }
        transform = try object.decodeIfPresent(Transform.self, forKey: .transform)
        objects = try object.decode([String: Objekt].self, forKey: .objects)
        arcs = try object.decode([[Punkt]].self, forKey: .arcs)
    }
}
