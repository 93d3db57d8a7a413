import Crypto
package import Kernel

/// A feed to subscribe to, written as an Atom document (RFC 4287).
package struct AtomFeed: Sendable {
    package struct Eintrag: Sendable {
        let id: String
        let titel: String
        let am: Instant
        let pfad: String
        let text: String
        let kategorie: (wert: String, name: String)?

        /// `id` is an address of its own that never changes, see `AtomFeed.kennung`; `pfad` is the page it is about.
        package init(
            id: String, titel: String, am: Instant, pfad: String, text: String,
            kategorie: (wert: String, name: String)? = nil
        ) {
            self.id = id
            self.titel = titel
            self.am = am
            self.pfad = pfad
            self.text = text
            self.kategorie = kategorie
        }
    }

    package static let typ = "application/atom+xml"

    let id: String
    let titel: String
    let untertitel: String
    let am: Instant
    /// The page that shows the same to people, and the feed's own address.
    let seite: String
    let selbst: String
    let eintraege: [Eintrag]

    package init(
        id: String, titel: String, untertitel: String, am: Instant, seite: String, selbst: String, eintraege: [Eintrag]
    ) {
        self.id = id
        self.titel = titel
        self.untertitel = untertitel
        self.am = am
        self.seite = seite
        self.selbst = selbst
        self.eintraege = eintraege
    }

    /// A `urn:uuid:` made of these parts alone: the same parts, the same name, whatever host serves the feed.
    package static func kennung(_ teile: String...) -> String {
        var bytes = Array(SHA256.hash(data: Array(teile.joined(separator: "\n").utf8)).prefix(16))
        // Version 8, "made in a way of our own" (RFC 9562).
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let parts = [bytes[..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10...]]
        return "urn:uuid:" + parts.map(\.hex).joined(separator: "-")
    }

    /// The document. With the public address of the installation its links are absolute; without it they are relative
    /// to the address that the feed was read from, which a header of the request must not be trusted to name.
    package func bytes(adresse: String?) -> [UInt8] {
        let base = adresse ?? ""
        var xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        xml += "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"de\">\n"
        xml += AtomFeed.element("id", id) + AtomFeed.element("title", titel) + AtomFeed.element("subtitle", untertitel)
        xml += AtomFeed.element("updated", am.iso)
        xml += "<author><name>Leitstand</name></author>\n<generator>Leitstand</generator>\n"
        xml +=
            AtomFeed.link("self", AtomFeed.typ, base + selbst) + AtomFeed.link("alternate", "text/html", base + seite)
        for eintrag in eintraege {
            xml += "<entry>\n" + AtomFeed.element("id", eintrag.id) + AtomFeed.element("title", eintrag.titel)
            xml += AtomFeed.element("published", eintrag.am.iso) + AtomFeed.element("updated", eintrag.am.iso)
            xml += AtomFeed.link("alternate", "text/html", base + eintrag.pfad)
            if let (wert, name) = eintrag.kategorie {
                xml += "<category term=\"\(AtomFeed.escaped(wert))\" label=\"\(AtomFeed.escaped(name))\"/>\n"
            }
            xml += "<content type=\"text\">\(AtomFeed.escaped(eintrag.text))</content>\n</entry>\n"
        }
        return Array((xml + "</feed>\n").utf8)
    }

    private static func element(_ name: String, _ text: String) -> String { "<\(name)>\(escaped(text))</\(name)>\n" }

    private static func link(_ rel: String, _ type: String, _ href: String) -> String {
        "<link rel=\"\(rel)\" type=\"\(type)\" href=\"\(escaped(href))\"/>\n"
    }

    /// Text for content and attributes; characters that XML 1.0 cannot hold become U+FFFD.
    static func escaped(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: out.append(contentsOf: "&amp;".unicodeScalars)
            case 0x3C: out.append(contentsOf: "&lt;".unicodeScalars)
            case 0x3E: out.append(contentsOf: "&gt;".unicodeScalars)
            case 0x22: out.append(contentsOf: "&quot;".unicodeScalars)
            case 0x0D: out.append(contentsOf: "&#13;".unicodeScalars)
            case 0..<0x09, 0x0B, 0x0C, 0x0E..<0x20, 0xFFFE, 0xFFFF: out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
