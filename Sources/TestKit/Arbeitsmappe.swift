import Foundation

/// An Excel workbook as a reader finds it that knows nothing of the library that wrote it: Python's zip and XML.
package struct Arbeitsmappe: Decodable, Sendable {
    package struct Zelle: Decodable, Sendable, Equatable {
        /// `text`, `zahl` or `leer`.
        package let art: String
        package let wert: String
        /// Number of the cell's format; 0 for the plain one.
        package let stil: Int
    }

    package struct Blatt: Decodable, Sendable {
        package let name: String
        package let zeilen: [[Zelle]]
        /// First row below those that stay when the sheet is scrolled.
        package let fixiertBis: String?
        package let filter: String?
        package let spaltenbreiten: Int

        /// The texts of a column below its heading.
        package func spalte(_ titel: String) -> [String]? {
            guard let index = zeilen.first?.firstIndex(where: { $0.wert == titel }) else { return nil }
            return zeilen.dropFirst().map { index < $0.count ? $0[index].wert : "" }
        }
    }

    package let blaetter: [Blatt]
    /// Numbers of the formats that are bold.
    package let fett: [Int]

    package struct Unlesbar: Error { package let ausgabe: String }

    /// - Throws: `Unlesbar` with what the reader says.
    package init(bytes: [UInt8]) throws {
        let path = NSTemporaryDirectory() + "mappe-\(UUID().uuidString).xlsx"
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Arbeitsmappe.leser, path]
        let (out, err) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (out, err)
        try process.run()
        let data = out.fileHandleForReading.readDataToEndOfFile()
        let errors = err.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unlesbar(ausgabe: String(decoding: errors, as: UTF8.self)) }
        self = try JSONDecoder().decode(Arbeitsmappe.self, from: data)
    }

    private static let leser = #"""
        import json, re, sys, zipfile
        import xml.etree.ElementTree as ET
        N = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
             "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships"}
        mappe = zipfile.ZipFile(sys.argv[1])
        assert mappe.testzip() is None
        lies = lambda name: ET.fromstring(mappe.read(name))
        ziele = {e.get("Id"): e.get("Target") for e in lies("xl/_rels/workbook.xml.rels")}
        gemeinsam = []
        if "xl/sharedStrings.xml" in mappe.namelist():
            for eintrag in lies("xl/sharedStrings.xml").findall("m:si", N):
                gemeinsam.append("".join(t.text or "" for t in eintrag.iter("{%s}t" % N["m"])))
        stile = lies("xl/styles.xml")
        fette = {i for i, f in enumerate(stile.find("m:fonts", N)) if f.find("m:b", N) is not None}
        fett = [i for i, f in enumerate(stile.find("m:cellXfs", N)) if int(f.get("fontId", 0)) in fette]
        def spalte(bezug):
            zahl = 0
            for zeichen in re.match("[A-Z]+", bezug)[0]:
                zahl = zahl * 26 + ord(zeichen) - 64
            return zahl - 1
        def zelle(c):
            stil, art = int(c.get("s", 0)), c.get("t", "n")
            if art == "inlineStr":
                text = "".join(t.text or "" for t in c.iter("{%s}t" % N["m"]))
                return {"art": "text", "wert": re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text), "stil": stil}
            wert = c.find("m:v", N)
            if wert is None:
                return {"art": "leer", "wert": "", "stil": stil}
            if art == "s":
                return {"art": "text", "wert": gemeinsam[int(wert.text)], "stil": stil}
            assert c.find("m:f", N) is None, "eine Formel"
            return {"art": "zahl", "wert": wert.text, "stil": stil}
        blaetter = []
        for blatt in lies("xl/workbook.xml").find("m:sheets", N):
            baum = lies("xl/" + ziele[blatt.get("{%s}id" % N["r"])].removeprefix("/xl/"))
            zeilen = []
            for row in baum.find("m:sheetData", N):
                nummer = int(row.get("r"))
                while len(zeilen) < nummer - 1:
                    zeilen.append([])
                werte = []
                for c in row:
                    while len(werte) < spalte(c.get("r")):
                        werte.append({"art": "leer", "wert": "", "stil": 0})
                    werte.append(zelle(c))
                zeilen.append(werte)
            scheibe, filter = baum.find(".//m:pane", N), baum.find("m:autoFilter", N)
            blaetter.append({"name": blatt.get("name"), "zeilen": zeilen,
                             "fixiertBis": scheibe.get("topLeftCell") if scheibe is not None else None,
                             "filter": filter.get("ref") if filter is not None else None,
                             "spaltenbreiten": len(baum.findall("m:cols/m:col", N))})
        json.dump({"blaetter": blaetter, "fett": fett}, sys.stdout)
        """#
}
