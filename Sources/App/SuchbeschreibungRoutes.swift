import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// Tells browsers how to search here (OpenSearch 1.1).
struct SuchbeschreibungRoutes: RoomRoutes {
    let site: Site
    let suchpfad: String

    func add(to routes: inout Routes) {
        routes.get("/opensearch.xml") { [site, suchpfad] _, context in
            let base = site.grundadresse.text(context).replacing("&", with: "&amp;")
            let text = """
                <?xml version="1.0" encoding="UTF-8"?>
                <OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
                <ShortName>Leitstand</ShortName>
                <Description>Leistungen, OZG-Leistungen und Gebiete suchen</Description>
                <Language>de-DE</Language>
                <InputEncoding>UTF-8</InputEncoding>
                <Image type="image/svg+xml">\(base)\(site.assets.base)/favicon.svg</Image>
                <Url type="text/html" method="get" template="\(base)\(suchpfad)?q={searchTerms}"/>
                <Url type="application/opensearchdescription+xml" rel="self" template="\(base)/opensearch.xml"/>
                </OpenSearchDescription>

                """
            return Response(
                status: .ok,
                headers: [
                    .contentType: "application/opensearchdescription+xml; charset=utf-8", .cacheControl: "no-cache",
                ], body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
