import Formats
import Storage

/// Writes a part of a set of boundaries as TopoJSON: places first, then the lines they use.
struct Topologieschreiber {
    private struct Form {
        let schluessel: String
        let ars: String?
        let name: String?
        let flaechen: [[Grenzring]]
    }

    private let ebene: Grenzebene
    private let stufe: Int
    private var formen: [Form] = []
    private var rahmen = Rahmen()
    /// The number of a line in the document by its number in the database.
    private var nummern: [Int: Int] = [:]
    private var linien: [UInt8] = [UInt8(ascii: "[")]

    init(ebene: Grenzebene, stufe: Int) { (self.ebene, self.stufe) = (ebene, stufe) }

    var istLeer: Bool { formen.isEmpty }

    mutating func add(schluessel: String, ars: String?, name: String?, flaechen: Blob, rahmen: Rahmen) throws {
        let areas = try Grenzcode.flaechen(flaechen, stufe: stufe)
        formen.append(Form(schluessel: schluessel, ars: ars, name: name, flaechen: areas))
        self.rahmen.umfasse(rahmen)
        for ring in areas.joined() { for line in ring.linien { nummern[line < 0 ? ~line : line] = 0 } }
    }

    /// After the last place: lines come in the order of the database and are counted anew.
    mutating func nummeriere() {
        for (new, old) in nummern.keys.sorted().enumerated() { nummern[old] = new }
    }

    mutating func add(linie: Int, punkte: Blob) throws {
        guard nummern[linie] != nil else { return }
        if linien.count > 1 { linien.append(UInt8(ascii: ",")) }
        linien.append(UInt8(ascii: "["))
        var last = Gitterpunkt(0, 0)
        let points = try Grenzcode.punkte(punkte, stufe: stufe)
        for (index, point) in points.enumerated() {
            if index > 0 { linien.append(UInt8(ascii: ",")) }
            linien.append(UInt8(ascii: "["))
            Topologieschreiber.append(point.x - last.x, to: &linien)
            linien.append(UInt8(ascii: ","))
            Topologieschreiber.append(point.y - last.y, to: &linien)
            linien.append(UInt8(ascii: "]"))
            last = point
        }
        linien.append(UInt8(ascii: "]"))
    }

    /// Digits without a String in between: a whole map has hundreds of thousands of numbers.
    static func append(_ number: Int, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(48 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    consuming func dokument(vermerk: String) -> [UInt8] {
        linien.append(UInt8(ascii: "]"))
        var json = JSONWriter(capacity: linien.count + formen.count * 160)
        json.object { json in
            json.field("type", "Topology")
            json.field("vermerk", vermerk)
            json.field("stufe", stufe)
            json.field(
                "bbox",
                array: { json in
                    for edge in [rahmen.west, rahmen.sued, rahmen.ost, rahmen.nord] {
                        json.double(Double(edge) / Gitterpunkt.jeGrad)
                    }
                })
            json.field(
                "transform",
                object: { json in
                    json.field(
                        "scale",
                        array: {
                            $0.double(1 / Gitterpunkt.jeGrad)
                            $0.double(1 / Gitterpunkt.jeGrad)
                        })
                    json.field(
                        "translate",
                        array: {
                            $0.int(0)
                            $0.int(0)
                        })
                })
            json.field(
                "objects",
                object: { json in
                    json.key(ebene.rawValue)
                    json.object { json in
                        json.field("type", "GeometryCollection")
                        json.field("geometries", array: { json in for form in formen { write(form, to: &json) } })
                    }
                })
            json.key("arcs")
            json.raw(linien)
        }
        return json.bytes
    }

    private func write(_ form: Form, to json: inout JSONWriter) {
        json.object { json in
            let isSingle = form.flaechen.count == 1
            json.field("type", isSingle ? "Polygon" : "MultiPolygon")
            json.field("id", form.schluessel)
            json.field(
                "properties",
                object: { json in
                    json.field("ags", form.schluessel)
                    json.field("ars", form.ars)
                    json.field("name", form.name)
                })
            var arcs: [UInt8] = []
            Topologieschreiber.liste(form.flaechen, in: &arcs) { rings, arcs in
                Topologieschreiber.liste(rings, in: &arcs) { ring, arcs in
                    Topologieschreiber.liste(ring.linien, in: &arcs) { line, arcs in
                        let number = nummern[line < 0 ? ~line : line] ?? 0
                        Topologieschreiber.append(line < 0 ? ~number : number, to: &arcs)
                    }
                }
            }
            json.key("arcs")
            // A Polygon is the one area of a MultiPolygon, without the outer brackets.
            json.raw(isSingle ? Array(arcs.dropFirst().dropLast()) : arcs)
        }
    }

    private static func liste<T>(_ values: [T], in bytes: inout [UInt8], _ write: (T, inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(value, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
