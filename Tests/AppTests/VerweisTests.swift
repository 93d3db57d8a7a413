import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

/// Every address that a page names leads somewhere.
@Suite struct VerweisTests {
    /// More pages than the example world has kinds of.
    private static let hoechstens = 500
    private static let nurAenderungen = [
        "/abmelden", "/uebernahme", "/reihenfolge", "/zusammenlegung", "/schliessung", "/loeschung", "/ende",
        "/widerruf",
    ]

    @Test(arguments: [Rollenspiel.besuch, .administration])
    func `every link and every form of every page finds its route`(rolle: Rollenspiel) async throws {
        let site = try TestSite(try await Welt.beispiel(.sqliteMemory))
        try await site.run { anyone in
            let client = try await anyone.als(rolle)
            var todo = ["/"]
            var seen: Set<String> = ["/"]
            var formen: [String: Int] = [:]
            // Where a form goes, whose address need not be a page.
            var formulare: Set<String> = []
            while let path = todo.popLast(), seen.count < Self.hoechstens * 4 {
                // Many addresses of one kind prove no more than some of them.
                let form =
                    path.split(separator: "?")[0].split(separator: "/").prefix(1).joined()
                    + "\(path.split(separator: "/").count)"
                formen[form, default: 0] += 1
                guard formen[form, default: 0] <= 60, !path.hasPrefix("/assets/") else { continue }
                let antwort = try await client.get(path)
                let takesForms = formulare.contains(path) && antwort.headers[.allow]?.contains("POST") == true
                #expect(
                    [.ok, .permanentRedirect, .seeOther].contains(antwort.status) || takesForms,
                    "\(path) antwortet \(antwort.status)")
                // Where on the page is the browser's business.
                if let location = antwort.headers[.location]?.prefix(while: { $0 != "#" }).description,
                    seen.insert(location).inserted
                {
                    todo.append(location)
                }
                guard antwort.headers[.contentType]?.hasPrefix("text/html") ?? false else { continue }
                for match in antwort.text.matches(of: #/(href|action)="(/[^"#]*)"/#) {
                    let target = String(match.2).replacing("&amp;", with: "&")
                    if match.1 == "action" { formulare.insert(target) }
                    // These only take changes.
                    guard !Self.nurAenderungen.contains(where: target.hasSuffix), seen.insert(target).inserted else {
                        continue
                    }
                    todo.insert(target, at: 0)
                }
            }
            #expect(formen.count > 8)
        }
    }

    @Test func `each number of the start page is the number of rows its link shows`() async throws {
        let site = try TestSite(try await Welt.beispiel(.sqliteMemory))
        try await site.run { client in
            let start = try await client.get("/").text
            for path in ["/ozg", "/gebiete?art=gemeinde", "/gebiete?art=kreisfreie_stadt", "/dienste"] {
                let shown = try #require(
                    start.firstMatch(
                        of: try Regex(
                            "<a href=\"\(path.replacing("?", with: "\\?"))\"><span class=\"ls-zahlen__zahl\">([0-9.]+)<",
                            as: (Substring, Substring).self)))
                let list = try await client.get(path).text
                #expect(list.contains("<strong>\(shown.1) "), "\(path): \(shown.1)")
            }
        }
    }
}
