import Foundation
package import Mustache

/// All templates, compiled at start.
package struct Views: Sendable {
    /// A template that does not compile, with the place of the fault.
    package struct Broken: Error, CustomStringConvertible {
        package let file: String
        package let line: Int?
        package let reason: String

        package var description: String {
            "Vorlage \(file)\(line.map { ", Zeile \($0)" } ?? ""): \(reason)"
        }
    }

    /// Stands before each template and leaves nothing in the page: values are escaped by `HTMLText`.
    private static let kopf = "{{%CONTENT_TYPE:LEITSTAND}}\n"

    let library: MustacheLibrary
    /// Names of all templates: "katalog/leistung".
    package let names: [String]

    /// Reads `*.mustache` of each room's folder.
    /// - Throws: `Broken` with file and line, also for a partial that no file provides.
    package init(ordner: [(room: String, path: String)]) throws {
        MustacheContentTypes.register(HTMLText(), named: "LEITSTAND")
        var library = MustacheLibrary()
        var names: [String] = []
        var sources: [(name: String, file: String, text: String)] = []
        for (room, path) in ordner {
            for file in try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            where file.hasSuffix(".mustache") {
                // The engine's closing tags take no slash, so the one template that pages inherit has a short name.
                let qualified = room + "/" + file.dropLast(".mustache".count)
                let name = qualified == "web/layout" ? "layout" : qualified
                let full = path + "/" + file
                guard let data = FileManager.default.contents(atPath: full),
                    let text = String(validating: data, as: UTF8.self)
                else { throw Broken(file: full, line: nil, reason: "nicht lesbar oder kein UTF-8") }
                sources.append((name, full, text))
                names.append(name)
            }
        }
        let known = Set(names)
        for (name, file, text) in sources {
            do { try library.register(Views.kopf + text, named: name) } catch let error as MustacheTemplate.ParserError
            {
                throw Broken(file: file, line: error.context.lineNumber - 1, reason: "\(error.error)")
            } catch { throw Broken(file: file, line: nil, reason: "\(error)") }
            if let missing = Views.partials(in: text).first(where: { !known.contains($0.name) }) {
                throw Broken(file: file, line: missing.line, reason: "den Baustein „\(missing.name)“ gibt es nicht")
            }
        }
        self.library = library
        self.names = names
    }

    /// - Throws: `Broken` when no template has that name: a fault of the program, not of the request.
    package func render(_ value: any MustacheParent & Sendable, template: String) throws -> String {
        guard let html = library.render(value, withTemplate: template) else {
            throw Broken(file: template, line: nil, reason: "die Vorlage fehlt")
        }
        return html
    }

    /// `{{> room/name}}` and `{{< room/name}}` with their lines.
    static func partials(in text: String) -> [(name: String, line: Int)] {
        var found: [(String, Int)] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = Substring(line)
            while let open = rest.range(of: "{{") {
                rest = rest[open.upperBound...]
                guard let sign = rest.first, sign == ">" || sign == "<", let close = rest.range(of: "}}") else {
                    continue
                }
                let name = rest[rest.index(after: rest.startIndex)..<close.lowerBound].getrimmt
                if !name.hasPrefix("*") { found.append((name, number + 1)) }
            }
        }
        return found
    }
}
