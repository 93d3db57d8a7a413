import CLibXML2
import Glibc

/// Says in German what the parser found wrong.
enum XMLFault {
    /// How far the document was read when the parser stopped: inside of it, and that because nothing more came?
    enum Progress { case before, inside, cutOff, after }

    static func error(_ error: xmlError, _ progress: Progress) -> FormatError {
        FormatError(
            line: Int(error.line), column: error.int2 > 0 ? Int(error.int2) : nil, reason: reason(error, progress),
            fatal: true)
    }

    private static func reason(_ error: xmlError, _ progress: Progress) -> String {
        let word = error.str1.map {
            String(decoding: UnsafeRawBufferPointer(start: $0, count: length($0)), as: UTF8.self)
        }
        let named = word.map { "„\($0)“" } ?? "unbekannt"
        // Some faults have the number of others; then the parser's message tells them apart.
        if says(error, "xmlParseEntityRef") { return ampersand(named) }
        if progress == .cutOff { return cutOff }
        switch xmlParserErrors(rawValue: UInt32(bitPattern: error.code)) {
        case XML_ERR_DOCUMENT_EMPTY, XML_ERR_DOCUMENT_START: return noXML
        // The parser has one number for both.
        case XML_ERR_DOCUMENT_END where progress == .before:
            return "Die Datei beginnt nicht mit XML oder ist abgeschnitten. Bitte eine vollständige XML-Datei wählen."
        case XML_ERR_DOCUMENT_END where progress == .after:
            return "Nach dem Ende des Dokuments steht noch etwas. Bitte die Datei neu herunterladen."
        case XML_ERR_DOCUMENT_END, XML_ERR_TAG_NOT_FINISHED, XML_ERR_CDATA_NOT_FINISHED, XML_ERR_COMMENT_NOT_FINISHED,
            XML_ERR_PI_NOT_FINISHED, XML_ERR_ATTRIBUTE_NOT_FINISHED:
            return cutOff
        case XML_ERR_TAG_NAME_MISMATCH:
            return "Hier wird ein anderes Element geschlossen als das zuletzt geöffnete (\(named))."
        case XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY, XML_ERR_ENTITYREF_SEMICOL_MISSING,
            XML_ERR_ENTITYREF_NO_NAME:
            return ampersand(named)
        case XML_ERR_INVALID_CHAR where says(error, "Input is not proper UTF-8"): return wrongBytes
        case XML_ERR_INVALID_CHAR, XML_ERR_INVALID_CHARREF, XML_ERR_INVALID_HEX_CHARREF, XML_ERR_INVALID_DEC_CHARREF:
            return "Hier steht ein Zeichen, das in XML nicht vorkommen darf."
        case XML_ERR_INVALID_ENCODING, XML_I18N_CONV_FAILED:
            return wrongBytes
        case XML_ERR_UNSUPPORTED_ENCODING, XML_ERR_UNKNOWN_ENCODING, XML_ERR_ENCODING_NAME, XML_I18N_NO_HANDLER:
            return "Den Zeichensatz \(named) gibt es nicht oder er wird nicht gelesen. Bitte als UTF-8 speichern."
        case XML_ERR_ATTRIBUTE_REDEFINED, XML_NS_ERR_ATTRIBUTE_REDEFINED:
            return "Das Attribut \(named) steht an einem Element zweimal."
        case XML_ERR_ATTRIBUTE_NOT_STARTED, XML_ERR_ATTRIBUTE_WITHOUT_VALUE, XML_ERR_LT_IN_ATTRIBUTE,
            XML_ERR_SPACE_REQUIRED, XML_ERR_EQUAL_REQUIRED, XML_ERR_NAME_REQUIRED, XML_ERR_GT_REQUIRED,
            XML_ERR_LTSLASH_REQUIRED:
            return "Hier ist eine Marke falsch geschrieben. Im Text werden < und & als &lt; und &amp; geschrieben."
        case XML_NS_ERR_UNDEFINED_NAMESPACE, XML_NS_ERR_XML_NAMESPACE, XML_NS_ERR_QNAME, XML_NS_ERR_EMPTY,
            XML_NS_ERR_COLON:
            return "Das Kürzel eines Namensraums (\(named)) ist nicht erklärt."
        case XML_ERR_XMLDECL_NOT_STARTED, XML_ERR_XMLDECL_NOT_FINISHED, XML_ERR_VERSION_MISSING,
            XML_ERR_UNKNOWN_VERSION, XML_ERR_STANDALONE_VALUE, XML_ERR_RESERVED_XML_NAME:
            return "Die erste Zeile (<?xml …?>) ist falsch geschrieben oder steht nicht am Anfang."
        case XML_ERR_MISPLACED_CDATA_END: return "Die Zeichenfolge ]]> darf im Text nicht stehen."
        case XML_ERR_NO_MEMORY: return "Der Arbeitsspeicher reicht zum Lesen nicht aus."
        default: return "Das ist kein wohlgeformtes XML (Fehler \(error.code) des Lesers)."
        }
    }

    private static let cutOff =
        "Die Datei endet, bevor alle Elemente geschlossen sind. Sie ist vermutlich abgeschnitten: bitte neu herunterladen."
    private static let wrongBytes =
        "Hier stehen Bytes, die nicht zum angegebenen Zeichensatz passen. Bitte als UTF-8 speichern."
    private static let noXML = "Die Datei beginnt nicht mit XML. Bitte eine XML-Datei wählen."

    private static func ampersand(_ named: String) -> String {
        "Hier steht ein & ohne bekannten Namen (\(named)). Ein kaufmännisches Und wird &amp; geschrieben."
    }

    private static func says(_ error: xmlError, _ beginning: String) -> Bool {
        error.message.map { strncmp($0, beginning, beginning.utf8.count) == 0 } ?? false
    }

    /// The length of a text, at most what a sentence bears; libxml2's own copy ends with a zero.
    private static func length(_ text: UnsafeMutablePointer<CChar>) -> Int {
        var count = 0
        while count < 80, text[count] != 0 { count += 1 }
        return count
    }
}
