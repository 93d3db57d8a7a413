import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Web

/// The address of the installation in what leaves it.
@Suite struct GrundadresseTests {
    @Test(
        arguments: [
            ("stadt.example:8080", "stadt.example:8080"), ("[::1]:80", "[::1]:80"), ("localhost", "localhost"),
            ("a\"><script>", nil), ("a b", nil), ("", nil), ("a/b", nil), ("nutzer@stadt.example", nil),
            ("städt.example", nil),
            (String(repeating: "a", count: 256), nil),
        ] as [(String, String?)])
    func `a request's host is used only where it is a plain name`(host: String, used: String?) {
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: host, path: "/"),
            body: RequestBody(buffer: ByteBuffer()))
        #expect(Grundadresse.rechner(request) == used)
    }
}
