import CQREncode
import Web

/// A text as a square of dark and light modules (ISO/IEC 18004), drawn as one SVG path.
struct QRCode: Ansicht {
    /// Modules along one side, with the quiet zone of four around them.
    let groesse: Int
    let pfad: String

    /// Nil for a text that does not fit.
    init?(_ text: String) {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let (width, rand) = (Int(code.pointee.width), 4)
        var path = ""
        for y in 0..<width {
            var x = 0
            while x < width {
                // The lowest bit of a module says whether it is dark.
                guard code.pointee.data[y * width + x] & 1 == 1 else {
                    x += 1
                    continue
                }
                let start = x
                while x < width, code.pointee.data[y * width + x] & 1 == 1 { x += 1 }
                path += "M\(start + rand) \(y + rand)h\(x - start)v1h-\(x - start)z"
            }
        }
        (groesse, pfad) = (width + 2 * rand, path)
    }

    func child(named: String) -> Any? {
        switch named {
        case "groesse": groesse
        case "pfad": pfad
        default: nil
        }
    }
}
