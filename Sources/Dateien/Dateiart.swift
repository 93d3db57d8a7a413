import Storage

/// A kind of file that may be attached: how it is named and what it is sent as.
package enum Dateiart: String, Sendable, CaseIterable, SQLConvertible {
    case pdf, png, jpeg, gif, webp
    case text, csv, xml, bpmn, json
    case zip, docx, xlsx, pptx, odt, ods, odp

    /// The endings of names that fit, the usual one first.
    package var endungen: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg"]
        case .text: ["txt"]
        default: [rawValue]
        }
    }

    package var name: String {
        switch self {
        case .text: "Text"
        case .zip: "ZIP-Archiv"
        case .webp: "WebP"
        default: rawValue.uppercased()
        }
    }

    package var medientyp: String {
        switch self {
        case .pdf: "application/pdf"
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        case .gif: "image/gif"
        case .webp: "image/webp"
        case .text: "text/plain"
        case .csv: "text/csv"
        case .xml, .bpmn: "application/xml"
        case .json: "application/json"
        case .zip: "application/zip"
        case .docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        case .odt: "application/vnd.oasis.opendocument.text"
        case .ods: "application/vnd.oasis.opendocument.spreadsheet"
        case .odp: "application/vnd.oasis.opendocument.presentation"
        }
    }

    package static func zur(endung: String) -> Dateiart? {
        let ending = endung.lowercased()
        return allCases.first { $0.endungen.contains(ending) }
    }

    /// All of them, for people who look for what they may attach.
    package static let aufzaehlung =
        "PDF, PNG, JPEG, GIF, WebP, Text, CSV, XML, BPMN, JSON, ZIP, DOCX, XLSX, PPTX, ODT, ODS, ODP"

    /// For the field of a form.
    static let accept = allCases.flatMap(\.endungen).map { "." + $0 }.joined(separator: ",")
}
