// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// What a room with pages may use; the arrows between rooms are in docs/ARCHITEKTUR.md and checked by a test.
let ground: [Target.Dependency] = ["Storage", "Kernel", "Formats", "Web", hummingbird, httpTypes, nioCore, mustache]

/// A room of the domain: its templates lie in `views` beside its code and are read at start, not compiled in.
func room(
    _ name: String, uses rooms: [Target.Dependency] = [], also: [Target.Dependency] = [], files: [String] = ["views"]
) -> Target {
    .target(name: name, dependencies: ground + rooms + also, exclude: files, swiftSettings: strict)
}

func tests(_ name: String, uses: [Target.Dependency]) -> Target {
    .testTarget(
        name: name,
        dependencies: ["TestKit", "Storage"] + uses + [
            hummingbird, httpTypes, nioCore, .product(name: "HummingbirdTesting", package: "hummingbird"),
        ],
        swiftSettings: [.enableUpcomingFeature("ExistentialAny")])
}

let package = Package(
    name: "leitstand",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "leitstand", targets: ["leitstand"]), .executable(name: "messen", targets: ["messen"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Storage", swiftSettings: strict),
        .target(
            name: "StorageSQLite",
            dependencies: [
                "Storage", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "StoragePostgres", dependencies: ["Storage", "CPostgres"], swiftSettings: strict),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CCMark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "Formats", dependencies: ["CArchive", "CLibXML2", "CXLSXWriter", "CCMark"], swiftSettings: strict),
        .target(name: "Kernel", dependencies: ["Storage", crypto], swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                "Storage", "Kernel", "Formats", "CCurl", hummingbird, httpTypes, nioCore, logging, mustache, crypto,
            ],
            exclude: ["views", "assets"], swiftSettings: strict),
        .target(name: "Jobs", dependencies: ["Storage", "Kernel", logging], swiftSettings: strict),
        room("Post", uses: ["Jobs"], also: ["CCurl", crypto, logging]),
        room("Konten", uses: ["Jobs", "Post"], also: [crypto, cryptoExtras, jwt, logging, "CQREncode"]),
        room("Verzeichnis"),
        room("Katalog", also: [crypto]),
        room("Codelisten", also: [crypto]),
        room("Suche", uses: ["Verzeichnis", "Katalog"], files: ["views", "woerter"]),
        room("Nachnutzung", uses: ["Verzeichnis", "Katalog"]),
        room("Umsetzung", uses: ["Verzeichnis", "Katalog"]),
        room("Protokoll", uses: ["Jobs", "Verzeichnis"]),
        room("Betrieb", uses: ["Jobs"]),
        room("Dateien", uses: ["Jobs", "Verzeichnis"], also: [crypto]),
        room("Webhooks", uses: ["Jobs", "Verzeichnis"], also: [crypto]),
        .target(
            name: "Sicherung",
            dependencies: ["Storage", "StorageSQLite", "StoragePostgres", "Kernel", "CArchive", crypto, cryptoExtras],
            swiftSettings: strict),
        .target(
            name: "App",
            dependencies: ground + [
                "StorageSQLite", "StoragePostgres", "Betrieb", "Jobs", "Post", "Konten", "Verzeichnis", "Katalog",
                "Codelisten", "Suche", "Nachnutzung", "Umsetzung", "Protokoll", "Dateien", "Webhooks",
                logging, lifecycle, .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            exclude: ["views", "texte"], swiftSettings: strict),
        .executableTarget(
            name: "leitstand",
            dependencies: [
                "CMalloc", "App", "Storage", "Kernel", "Formats", "Web", "Jobs", "Post", "Konten", "Verzeichnis",
                "Katalog",
                "Codelisten", "Suche", "Nachnutzung", "Umsetzung", "Protokoll", "Sicherung", arguments, logging,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "messen",
            dependencies: [
                "App", "Storage", "StorageSQLite", "StoragePostgres", "Kernel", "Formats", "Web", "Jobs", "Konten",
                "Verzeichnis", "Katalog", "Suche", "Dateien", logging, "CPostgres",
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                arguments, httpTypes,
            ],
            path: "Benchmarks/messen", swiftSettings: strict),
        .target(
            name: "TestKit",
            dependencies: [
                "App", "Storage", "StorageSQLite", "StoragePostgres", "Kernel", "Formats", "Web", "Verzeichnis",
                "Katalog", "Konten", "Suche", "Jobs", "Post", "Dateien", "Webhooks",
                hummingbird, httpTypes, nioCore, logging, crypto, cryptoExtras,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: strict),
        tests("StorageTests", uses: ["StorageSQLite", "StoragePostgres"]),
        tests("FormatsTests", uses: ["Formats"]),
        tests("KernelTests", uses: ["Kernel"]),
        tests("WebTests", uses: ["Web", "Kernel", "Formats", mustache]),
        tests("JobsTests", uses: ["Jobs", "Kernel", logging]),
        tests("BetriebTests", uses: ["Betrieb", "Jobs", "App", "Konten", "Kernel", "Web", logging]),
        tests("PostTests", uses: ["App", "Jobs", "Post", "Konten", "Kernel", "Web", logging]),
        tests(
            "KontenTests", uses: ["App", "Jobs", "Post", "Konten", "Verzeichnis", "Kernel", "Web", "Formats", logging]),
        tests("VerzeichnisTests", uses: ["Verzeichnis", "Kernel", "Web", "Formats"]),
        tests("KatalogTests", uses: ["Katalog", "Kernel", "Web", "Formats"]),
        tests("CodelistenTests", uses: ["Codelisten", "Kernel", "Web", "Formats"]),
        tests("SucheTests", uses: ["App", "Suche", "Katalog", "Verzeichnis", "Kernel", "Web", "Formats"]),
        tests("NachnutzungTests", uses: ["Nachnutzung", "Katalog", "Verzeichnis", "Kernel", "Web", "Formats"]),
        tests(
            "UmsetzungTests", uses: ["Umsetzung", "Nachnutzung", "Katalog", "Verzeichnis", "Kernel", "Web", "Formats"]),
        tests(
            "DateienTests",
            uses: ["Dateien", "App", "Verzeichnis", "Kernel", "Web", "Formats", "Sicherung", logging, crypto]),
        tests(
            "WebhooksTests",
            uses: ["Webhooks", "App", "Jobs", "Verzeichnis", "Umsetzung", "Kernel", "Web", "Formats", crypto, logging]),
        tests("ProtokollTests", uses: ["Protokoll", "App", "Verzeichnis", "Umsetzung", "Kernel", "Web", "Formats"]),
        tests(
            "SicherungTests",
            uses: [
                "Sicherung", "App", "StorageSQLite", "StoragePostgres", "Kernel", "Formats", "Verzeichnis", crypto,
                cryptoExtras,
            ]),
        tests(
            "AppTests",
            uses: [
                "App", "StorageSQLite", "Formats", "Web", "Kernel", "Katalog", "Verzeichnis", "Nachnutzung",
                "Umsetzung", "Konten", "Codelisten", "Suche", "Jobs", "Post",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
