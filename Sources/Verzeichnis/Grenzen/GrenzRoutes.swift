import HTTPTypes
import Hummingbird
import Kernel
package import Storage
package import Web

/// Boundaries as TopoJSON, for maps.
package struct GrenzRoutes: RoomRoutes {
    let database: any Database

    package init(database: any Database) { self.database = database }

    package func add(to routes: inout Routes) {
        routes.api(
            APIOperation(
                "/grenzen/{ebene}",
                "Grenzen als TopoJSON mit Quellenvermerk",
                [
                    .init(
                        "ebene", "gemeinden, kreise oder laender", in: "path", beispiel: "laender",
                        regel: .worte(Grenzebene.self)),
                    .init(
                        "stufe", "Vereinfachung: 1 fein (sonst), 2 mittel, 3 grob", kind: .integer,
                        regel: .zahl(von: Topologie.stufen.lowerBound, bis: Topologie.stufen.upperBound)),
                    .init("land", "Nur dieses Land, zwei Ziffern", regel: .ziffern(2)),
                    .init("kreis", "Nur dieser Kreis, fünf Ziffern", regel: .ziffern(5)),
                ], antwort: .dokument), use: map)
    }

    @Sendable func map(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let ebene = Grenzebene(rawValue: try context.parameter("ebene")) else {
            throw Refusal(.notFound, "Grenzen gibt es für gemeinden, kreise und laender.")
        }
        let abfrage = try Abfrage(request)
        let stufe = try stufe(abfrage)
        let beginn = try beginn(abfrage)
        let known = request.headers[.ifNoneMatch]
        let (etag, bytes) = try await database.read { db -> (String, [UInt8]?) in
            guard let stand = try GrenzStore.stand(ebene, in: db) else {
                throw Refusal(.notFound, "Für \(ebene.wort) sind keine Grenzen geladen.")
            }
            // Names come from the directory, so a newer one makes another document.
            let names = try DatenstandStore.newest(.gemeindeverzeichnis, in: db)?.nummer ?? 0
            let etag = "\"\(Self.form).\(stand.nummer).\(names).\(ebene.rawValue).\(stufe).\(beginn)\""
            if known == etag { return (etag, nil) }
            guard
                let bytes = try GrenzStore.topologie(
                    ebene, beginn: beginn, stufe: stufe, vermerk: stand.vermerk, in: db)
            else { throw Refusal(.notFound, "Mit dem Schlüssel \(beginn) beginnt keines der geladenen Gebiete.") }
            return (etag, bytes)
        }
        guard let bytes else {
            return Response(status: .notModified, headers: [.eTag: etag, .cacheControl: "no-cache"])
        }
        var response = Response.json(bytes)
        response.headers[.eTag] = etag
        return response
    }

    /// Raised when the document changes its form.
    private static let form = 1

    private func stufe(_ abfrage: Abfrage) throws -> Int {
        guard let text = abfrage["stufe"] else { return Topologie.stufen.lowerBound }
        guard let stufe = Int(text), Topologie.stufen.contains(stufe) else {
            throw Refusal(.badRequest, "„stufe“ ist 1 (fein), 2 (mittel) oder 3 (grob).")
        }
        return stufe
    }

    private func beginn(_ abfrage: Abfrage) throws -> String {
        for (name, stellen, wort) in [("kreis", 5, "eines Kreises"), ("land", 2, "eines Landes")] {
            guard let text = abfrage[name] else { continue }
            guard text.utf8.count == stellen, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw Refusal(
                    .badRequest, "„\(text.prefix(20))“ ist kein Schlüssel \(wort). Gemeint sind \(stellen) Ziffern.")
            }
            return text
        }
        return ""
    }
}
