/// Scheme, host and port: what a rule about outgoing requests speaks of.
package struct Ursprung: Sendable, Hashable {
    package let verschluesselt: Bool
    /// In lower case, an IPv6 address without its brackets.
    package let rechner: String
    package let port: Int

    package init(verschluesselt: Bool, rechner: String, port: Int) {
        (self.verschluesselt, self.rechner, self.port) = (verschluesselt, rechner, port)
    }

    /// The host as it stands in an address.
    var geklammert: String { rechner.contains(":") ? "[\(rechner)]" : rechner }

    /// Says of itself that it is this machine; whether it is, its address tells.
    package var nenntEigenenRechner: Bool {
        rechner == "localhost" || Netzadresse.istEigene(rechner)
    }
}

/// An absolute web address, read strictly: what two readers could understand in two ways is refused.
package struct Abrufziel: Sendable, Hashable {
    package let ursprung: Ursprung
    /// Path and query, at least a slash.
    package let pfad: String

    package var text: String {
        "\(ursprung.verschluesselt ? "https" : "http")://\(ursprung.geklammert):\(ursprung.port)\(pfad)"
    }

    package init?(_ text: String) {
        guard text.utf8.count <= Webadresse.hoechstlaenge, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
            !text.contains(where: { "<>\"\\^`{}|#".contains($0) })
        else { return nil }
        let lower = text.lowercased()
        let verschluesselt = lower.hasPrefix("https://")
        guard verschluesselt || lower.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(verschluesselt ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest.dropFirst(authority.count)
        guard let (rechner, port) = Self.rechner(authority.lowercased()),
            let number = port.isEmpty ? (verschluesselt ? 443 : 80) : Int(port), (1...65_535).contains(number)
        else { return nil }
        ursprung = Ursprung(verschluesselt: verschluesselt, rechner: rechner, port: number)
        pfad = tail.hasPrefix("/") ? String(tail) : "/\(tail)"
    }

    private static func rechner(_ authority: String) -> (String, port: String)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let address = String(authority[authority.index(after: authority.startIndex)..<end])
            let rest = authority[authority.index(after: end)...]
            guard address.contains(":"), Netzadresse.istAdresse(address), rest.isEmpty || rest.hasPrefix(":"),
                istPort(rest.dropFirst())
            else { return nil }
            return (address, String(rest.dropFirst()))
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let host = parts.first.map(String.init) ?? ""
        let port = parts.count == 2 ? parts[1] : ""
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, istPort(port),
            labels.allSatisfy({ label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 }
            })
        else { return nil }
        return (host, String(port))
    }

    private static func istPort(_ text: Substring) -> Bool {
        text.utf8.count <= 5 && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
