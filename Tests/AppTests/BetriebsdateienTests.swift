import App
import Foundation
import TestKit
import Testing
import Web

/// What operators get besides the program: units, examples for proxies, the page of the manual.
@Suite(.timeLimit(.minutes(5))) struct BetriebsdateienTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: Welt.ordner("Betrieb/" + path), encoding: .utf8)
    }

    private func wert(_ name: String, in unit: String) throws -> String {
        let line = unit.split(separator: "\n").first { $0.hasPrefix(name + "=") }
        return String(try #require(line, "\(name) fehlt").dropFirst(name.count + 1))
    }

    @Test func `the manual names every command, option and setting of the program`() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Welt.ordner("Werkzeuge/handbuchseite"), Welt.ordner(".build/debug/leitstand")]
        let out = Pipe()
        process.standardOutput = out
        try process.run()
        let page = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        for setting in Einstellung.alle { #expect(page.contains("\\fB\(setting.name)\\fR"), "\(setting.name)") }
        for command in ["serve", "migrate", "import gemeindeverzeichnis", "export umsetzung", "user add", "check"] {
            #expect(page.contains(".SS \(command)\n"), "\(command)")
        }
        for option in ["port", "data", "postgres", "probe", "konfiguration"] {
            #expect(page.contains("\\fB\\-\\-\(option)\\fR"), "\(option)")
        }
    }

    @Test(arguments: ["leitstand.service", "leitstand@.service", "leitstand-arbeit@.service"])
    func `the service gives requests their time to end and is closed to the rest of the system`(_ name: String) throws {
        let unit = try text("systemd/" + name)
        let limit = try #require(Int(try wert("TimeoutStopSec", in: unit)))
        #expect(Duration.seconds(limit) > Server.nachlauf)
        for line in [
            "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
            "MemoryDenyWriteExecute=yes", "CapabilityBoundingSet=", "UMask=0077", "Restart=on-failure",
            "User=leitstand", "EnvironmentFile=/etc/leitstand/leitstand.env",
        ] {
            #expect(unit.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test func `several processes are shut off like the one, and so is the backup`() throws {
        func schutz(_ name: String) throws -> [Substring] {
            let lines = try text("systemd/" + name).split(separator: "\n")
            return lines.drop { !$0.hasPrefix("NoNewPrivileges") }.prefix { $0 != "[Install]" }.filter {
                $0.first != "#"
            }
        }
        let one = try schutz("leitstand.service")
        #expect(one.count > 20)
        #expect(try schutz("leitstand@.service") == one)
        #expect(try schutz("leitstand-arbeit@.service") == one)
        #expect(try schutz("leitstand-sicherung.service") == one)
    }

    @Test func `every setting in the template of the settings exists`() throws {
        let known = Set(Einstellung.alle.map(\.name))
        let lines = try text("leitstand.env").split(separator: "\n")
        let named = lines.compactMap { $0.firstMatch(of: /^#?(LEITSTAND_[A-Z_]+)=/)?.1 }.map(String.init)
        #expect(named.count >= 5 && Set(named).isSubset(of: known), "\(Set(named).subtracting(known))")
    }

    @Test func `the proxies let pass what a form may send and close idle connections first`() throws {
        let (nginx, caddy) = (try text("nginx/leitstand.conf"), try text("caddy/Caddyfile"))
        let megabyte = 1_024 * 1_024
        let given = Einstellung.alle.first { $0.name == "LEITSTAND_DATEI_MB" }?.vorgabe
        let limit = try #require(given.flatMap { Int($0) }) * megabyte
        for (text, pattern) in [(nginx, /client_max_body_size (\d+)m;/), (caddy, /max_size (\d+)MB/)] {
            let size = try #require(text.firstMatch(of: pattern).flatMap { Int($0.1) })
            #expect(size * megabyte > limit && size * megabyte < 2 * limit)
        }
        for (text, pattern) in [(nginx, /keepalive_timeout (\d+)s;/), (caddy, /keepalive (\d+)s/)] {
            let seconds = try #require(text.firstMatch(of: pattern).flatMap { Int($0.1) })
            #expect(seconds < 60)
        }
        for text in [nginx, caddy] { #expect(text.contains("/metrics") && text.contains("/readyz")) }
    }

    @Test func `no proxy passes on whom a reader claims to be, or writes down a link that opens an account`() throws {
        let nginx = try text("nginx/leitstand.conf")
        #expect(nginx.contains("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"))
        let servers = nginx.split(separator: "\n").count { $0.hasPrefix("server {") }
        #expect(nginx.matches(of: /\n    access_log .* leitstand;/).count == servers)
        let format = try #require(nginx.split(separator: "\n").first { $0.hasPrefix("log_format leitstand ") })
        for word in ["$request ", "$request\"", "$request_uri", "$uri", "$args", "$http_referer"] {
            #expect(!format.contains(word), "\(word)")
        }
        // Caddy writes X-Forwarded-For itself, and no log unless told to.
        let caddy = try text("caddy/Caddyfile").split(separator: "\n").filter { !$0.contains("#") }
        #expect(!caddy.contains { $0.contains("log") || $0.contains("X-Forwarded-For") })
    }
}
