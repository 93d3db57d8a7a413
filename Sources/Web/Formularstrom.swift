import Formats
import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore

/// A posted form with one large file that is handed on while it arrives.
///
/// The fields stand before the file in the form, and among them the secret of the session: nothing of a file is taken
/// whose origin is not proven. What came of the fields stays readable when reading fails, so that nothing typed is lost.
package final class Formularstrom {
    /// What reading brings.
    package enum Teil {
        /// The file as the browser calls it; asked before its first byte.
        case name(String)
        case stueck([UInt8])
    }

    private let feld: String
    private let hoechstens: Int
    private let zuGross: Refusal
    package private(set) var felder = Abfrage()
    /// Bytes of the file so far; nil where none was chosen.
    package private(set) var bytes: Int?

    /// - Parameters:
    ///   - feld: the name of the field with the file.
    ///   - hoechstens: bytes that the file may have.
    ///   - zuGross: what is said of a larger one.
    package init(feld: String, hoechstens: Int, zuGross: Refusal) {
        (self.feld, self.hoechstens, self.zuGross) = (feld, hoechstens, zuGross)
    }

    /// Fields, heads and boundaries of a form beside its file.
    private static let beiwerk = 256 * 1_024

    /// - Throws: `Refusal` for a foreign form or one that is broken or too large, and what `body` throws.
    package func read(_ request: Request, _ context: SiteContext, _ body: (Teil) throws -> Void) async throws {
        guard let sitzung = context.sitzung else {
            throw Refusal(.signInNeeded, "Bitte melden Sie sich an, um fortzufahren.")
        }
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else {
            // A form without a file is a form all the same.
            felder = try await Formular.read(request, context).felder
            return
        }
        guard let boundary = Multipart.boundary(of: type) else {
            throw Refusal(.badRequest, "Dem Formular fehlt die Angabe, wie seine Teile getrennt sind.")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > hoechstens + Self.beiwerk {
            throw zuGross
        }
        var reader = MultipartLeser(grenze: boundary)
        var beiwerk = 0
        var offen: String?
        func take(_ event: MultipartLeser.Ereignis) throws {
            switch event {
            case .feld(let name, let text):
                guard name == "csrf" || bytes == nil else {
                    throw Refusal(.badRequest, "Die Felder des Formulars stehen hinter der Datei.")
                }
                felder.add(name, text)
            case .datei(let name, let file):
                try requireOrigin(sitzung)
                guard name == feld, bytes == nil else {
                    throw Refusal(.unprocessable, "Hängen Sie eine Datei nach der anderen an.")
                }
                offen = file
            case .stueck(let part): try append(part, offen: &offen, body)
            case .dateiende:
                // Browsers send a nameless empty part where nothing was chosen.
                if let name = offen, !name.isEmpty { try append([], offen: &offen, body) }
                offen = nil
            }
        }
        do {
            for try await buffer in request.body {
                beiwerk += buffer.readableBytes
                guard beiwerk - (bytes ?? 0) <= Self.beiwerk + buffer.readableBytes else { throw zuGross }
                try reader.nimm(buffer.readableBytesView, take)
            }
        } catch let error as Refusal { throw error } catch let error as FormErrors { throw error } catch let error
            as FormatError
        { throw error } catch {
            if error is CancellationError { throw error }
            // The connection broke off in the middle: no fault of ours to report.
            throw Refusal(.badRequest, "Die Datei ist unvollständig angekommen. Bitte versuchen Sie es noch einmal.")
        }
        try reader.schliesse()
        try requireOrigin(sitzung)
    }

    private func append(_ part: [UInt8], offen: inout String?, _ body: (Teil) throws -> Void) throws {
        if let name = offen {
            (offen, bytes) = (nil, 0)
            try body(.name(name))
        }
        let sum = (bytes ?? 0) + part.count
        guard sum <= hoechstens else { throw zuGross }
        bytes = sum
        if !part.isEmpty { try body(.stueck(part)) }
    }

    private func requireOrigin(_ sitzung: Sitzung) throws {
        guard Geheimnis.gleich(felder.roh("csrf"), sitzung.csrf) else { throw Formular.fremd }
    }
}
