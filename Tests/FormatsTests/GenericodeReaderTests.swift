import Testing

@testable import Formats

@Suite struct GenericodeReaderTests {
    private static let kopf = """
        <gc:CodeList xmlns:gc="http://docs.oasis-open.org/codelist/ns/genericode/1.0/">
        <Annotation><Description><x:nameKurz xmlns:x="urn:x">Probe
           liste</x:nameKurz></Description></Annotation>
        <Identification><ShortName>p</ShortName><LongName>Probe</LongName><Version>1</Version>
        <CanonicalUri>urn:p</CanonicalUri><CanonicalVersionUri>urn:p_1</CanonicalVersionUri></Identification>
        <ColumnSet>
        <Column Id="c" Use="required"><ShortName>c</ShortName><Data Type="string"/></Column>
        <Column Id="n" Use="optional"><ShortName>n</ShortName><Data Type="xs:integer"/></Column>
        <Column Id="d" Use="optional"><ShortName>d</ShortName><Data Type="date"/></Column>
        <Key Id="k"><Annotation><AppInfo><x:recommendedKeyColumn xmlns:x="urn:x"/></AppInfo></Annotation><ShortName>k</ShortName><ColumnRef Ref="c"/></Key>
        </ColumnSet>
        <SimpleCodeList>

        """
    private static let fuss = "</SimpleCodeList></gc:CodeList>"

    private func open(_ text: String, limits: GenericodeLimits = .standard) throws -> GenericodeReader {
        try GenericodeReader(XMLReader(bytes: Array(text.utf8), name: "probe.xml"), limits: limits)
    }

    private func row(_ values: (String?, String)...) -> String {
        "<Row>"
            + values.map { name, value in
                "<Value\(name.map { " ColumnRef=\"\($0)\"" } ?? "")><SimpleValue>\(value)</SimpleValue></Value>"
            }.joined() + "</Row>\n"
    }

    private func rows(_ text: String, limits: GenericodeLimits = .standard) throws -> ([[String?]], [FormatError]) {
        let reader = try open(Self.kopf + text + Self.fuss, limits: limits)
        var (rows, faults) = ([[String?]](), [FormatError]())
        while true {
            do {
                guard let row = try reader.next() else { return (rows, faults) }
                rows.append(row.values)
            } catch {
                faults.append(error)
            }
        }
    }

    @Test func `the header says what the list is, its columns and keys`() throws {
        let header = try open(Self.kopf + Self.fuss).header
        #expect(header.shortName == "p" && header.longName == "Probe" && header.version == "1")
        #expect(header.canonicalURI == "urn:p" && header.canonicalVersionURI == "urn:p_1")
        #expect(header.notes == [.init(name: "nameKurz", text: "Probe liste")])
        #expect(header.columns.map(\.id) == ["c", "n", "d"])
        #expect(header.columns.map(\.type) == [.text, .integer, .date])
        #expect(header.columns.map(\.isRequired) == [true, false, false])
        #expect(header.keys == [.init(id: "k", columns: [0], marks: ["recommendedKeyColumn"])])
    }

    @Test func `values come by their column, in order where none is named, and undefined where they are missing`()
        throws
    {
        let (rows, faults) = try rows(
            row(("n", "7"), ("c", " a\n   b ")) + row((nil, "x"), (nil, "1"), (nil, "2026-12-31"))
                + row(("c", "y"), ("d", ""))
                + "<Row><Value ColumnRef=\"c\"><SimpleValue>z</SimpleValue></Value><Value ColumnRef=\"n\"/></Row>"
                + row(("n", "1"), (nil, "2026-01-01Z"), ("c", "w")))
        #expect(faults == [])
        #expect(
            rows == [
                ["a b", "7", nil], ["x", "1", "2026-12-31"], ["y", nil, nil], ["z", nil, nil],
                ["w", "1", "2026-01-01Z"],
            ])
    }

    @Test func `a row that cannot be is named with line and column, and the others are read`() throws {
        let (good, faults) = try rows(
            row(("c", "a")) + row(("n", "1")) + row(("c", "b"), ("q", "1")) + row(("c", "a"))
                + row(("c", "d"), ("c", "e"))
                + row(("c", "f"), ("n", "1,5")) + row(("c", "g"), ("d", "2026-02-30"))
                + row((nil, "h"), (nil, "1"), (nil, "2026-01-01"), (nil, "zu viel"))
                + "<Row><Value ColumnRef=\"c\"><ComplexValue><x/></ComplexValue></Value></Row>\n" + row(("c", ""))
                + row(("c", "last")))
        #expect(good.map { $0[0] } == ["a", "last"])
        #expect(faults.map(\.line) == Array(14...22))
        #expect(faults.map(\.field) == ["c", "ColumnRef", "c", "c", "n", "d", "ColumnRef", "c", "c"])
        #expect(faults.allSatisfy { !$0.fatal })
        #expect(faults[2].reason.contains("Zeile 13"))
    }

    @Test(arguments: [
        ("gc:CodeList", "gc:ColumnSet", "ColumnSet"),
        ("genericode/1.0/\"", "genericode/2.0/\"", "keine genericode-Datei"),
        ("<ShortName>p</ShortName>", "", "ShortName"),
        ("<ShortName>p</ShortName>", "<ShortName> </ShortName>", "ShortName"),
        ("<Version>1</Version>", "", "Version"), ("<CanonicalUri>urn:p</CanonicalUri>", "", "CanonicalUri"),
        ("<CanonicalUri>urn:p<", "<CanonicalUri>p<", "Kennung"),
        ("<CanonicalUri>urn:p<", "<CanonicalUri>urn: p<", "Kennung"),
        ("<CanonicalVersionUri>urn:p_1</CanonicalVersionUri>", "", "CanonicalVersionUri"),
        ("Ref=\"c\"", "Ref=\"q\"", "„q“"), ("<ColumnRef Ref=\"c\"/>", "", "keine Spalte"),
        ("<Column Id=\"n\"", "<Column Id=\"c\"", "zweimal"), ("<Column Id=\"n\"", "<Column", "Id"),
        ("<Column Id=\"n\" Use=\"optional\"><ShortName>n</ShortName>", "<Column Id=\"n\">", "ShortName"),
        ("Use=\"required\"", "Use=\"manchmal\"", "required"),
        ("<ColumnSet>", "<ColumnSet><ColumnRef Ref=\"x\"/>", "andere Datei"),
        ("<ColumnSet>", "<ColumnSetRef/><ColumnSet>", "andere Datei"),
        ("<SimpleCodeList>", "<Leer>", "SimpleCodeList"),
    ])
    func `a file that is no code list is refused as a whole`(old: String, new: String, part: String) throws {
        var text = (Self.kopf + row(("c", "a")) + Self.fuss).replacing(old, with: new)
        text = text.replacing("</gc:CodeList>", with: new == "gc:ColumnSet" ? "</gc:ColumnSet>" : "</gc:CodeList>")
        text = new == "<Leer>" ? text.replacing("</SimpleCodeList>", with: "</Leer>") : text
        if old == "<Version>1</Version>" { #expect(text.contains("<Version>") == false) }
        let error = #expect(throws: FormatError.self) { try open(text) }
        #expect(error?.reason.contains(part) == true, "\(error?.reason ?? "")")
        #expect(error?.fatal == true)
        #expect((error?.line ?? 0) > 0)
    }

    @Test func `without columns, without a key or without Identification there is no list`() throws {
        for (start, end, part) in [
            ("<Identification>", "</Identification>", "Identification"), ("<ColumnSet>", "</ColumnSet>", "ColumnSet"),
            ("<Key", "</Key>", "Key"),
        ] {
            let text = Self.kopf + Self.fuss
            let (from, to) = (try #require(text.firstRange(of: start)), try #require(text.firstRange(of: end)))
            let cut = text[..<from.lowerBound] + text[to.upperBound...]
            let error = #expect(throws: FormatError.self) { try open(String(cut)) }
            #expect(error?.reason.contains(part) == true)
        }
    }

    @Test func `more rows than allowed, or an end that is missing, end the reading`() throws {
        let three = row(("c", "a")) + row(("c", "b")) + row(("c", "d"))
        let (good, faults) = try rows(three, limits: .init(rows: 2))
        #expect(good.count == 2 && faults.map(\.fatal) == [true])
        let cut = try open(Self.kopf + three)
        for _ in 0..<3 { _ = try cut.next() }
        #expect(throws: FormatError.self) { try cut.next() }
        #expect(try cut.next() == nil)
        #expect(throws: FormatError.self) { try open(Self.kopf + Self.fuss, limits: .init(columns: 2)) }
    }

    @Test(arguments: [
        (GenericodeType.integer, ["0", "-1", "+12", "007"], ["", "1.0", "x", "-", "１"]),
        (.decimal, ["1.5", "-2", "1e3"], ["1,5", "", "x"]),
        (.boolean, ["true", "false", "0", "1"], ["ja", "TRUE", ""]),
        (
            .date, ["2024-02-29", "0843-08-10", "2026-01-01+01:00"],
            ["2023-02-29", "1.1.2026", "2026-13-01", "2026-01-01x"]
        ),
        (.text, ["", "x"], []),
    ])
    func `a value fits the datatype of its column`(type: GenericodeType, good: [String], bad: [String]) {
        for text in good { #expect(type.accepts(text), "\(type): \(text)") }
        for text in bad { #expect(!type.accepts(text), "\(type): \(text)") }
    }

    @Test func `lines that a program broke are joined, and the points of an enumeration stay apart`() {
        #expect(
            " Eins\n     zwei  \n\n drei\n * vier\n   fünf\n 1) sechs ".unwrapped
                == "Eins zwei\ndrei\n* vier fünf\n1) sechs")
        #expect("a \t b".collapsed == "a   b")
        #expect(" a\r\n  b ".collapsed == "a b")
    }
}
