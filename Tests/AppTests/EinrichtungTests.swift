import Foundation
import Kernel
import TestKit
import Testing

@testable import App

/// A wrong setting is told before anything is changed.
@Suite struct EinrichtungTests {
    @Test(arguments: [
        ("LEITSTAND_WEBHOOK_ZIELE", "esb.kreis.intern"), ("LEITSTAND_ADRESSE", "keine"), ("LEITSTAND_FRISTEN", "x"),
        ("LEITSTAND_PROXYS", "x"), ("LEITSTAND_CLAMAV", "x"), ("LEITSTAND_PORT", "0"),
        ("LEITSTAND_ZERTIFIKATE", "/nirgends/eigene.pem"), ("LEITSTAND_ZERTIFIKATE", "/dev/null"),
    ])
    func `a setting that makes no sense leaves the database untouched`(_ name: String, _ wert: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("leitstand-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let einstellungen = Einstellungen(umgebung: [name: wert], vorrang: ["LEITSTAND_DATA": folder])
        let error = await #expect(throws: Refusal.self) {
            _ = try await Leitstand.eingerichtet(einstellungen, Ressourcen(konfiguriert: nil))
        }
        #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
        #expect(!FileManager.default.fileExists(atPath: folder + "/leitstand.sqlite"))
    }
}
