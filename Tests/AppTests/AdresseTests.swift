import Kernel
import Testing

@testable import App

/// The public address of an installation.
@Suite struct AdresseTests {
    private func adresse(_ text: String) throws -> String? {
        try Einstellungen(umgebung: ["LEITSTAND_ADRESSE": text]).adresse()
    }

    @Test func `a proxy on this machine that no setting names is warned of`() throws {
        func warnung(_ values: [String: String]) throws -> String? {
            try Einstellungen(umgebung: values).proxywarnung()
        }
        let tls = ["LEITSTAND_ADRESSE": "https://leitstand.example"]
        #expect(try warnung(tls)?.contains("LEITSTAND_PROXYS") == true)
        #expect(try warnung([:]) == nil)
        #expect(try warnung(tls.merging(["LEITSTAND_PROXYS": "127.0.0.1,::1"]) { $1 }) == nil)
        #expect(try warnung(tls.merging(["LEITSTAND_HOST": "0.0.0.0"]) { $1 }) == nil)
    }

    @Test func `the public address loses the slash at its end and is nothing where nobody gave one`() throws {
        #expect(try adresse("https://leitstand.example/") == "https://leitstand.example")
        #expect(try adresse("http://localhost:8080") == "http://localhost:8080")
        #expect(try adresse("") == nil)
    }

    @Test(arguments: [
        "leitstand.example", "https://", "ftp://leitstand.example", "https://a b", "https://leitstand.example/?x=1",
        "https://leitstand.example/#oben", "https://nutzer@leitstand.example",
    ])
    func `what is no address of the web is refused at the start with a sentence`(text: String) {
        #expect(throws: Refusal.self) { try adresse(text) }
    }
}
