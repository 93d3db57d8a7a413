import HTTPTypes
import Hummingbird

/// What kind of device a session runs on, as short as people recognise their own.
enum Geraet {
    /// Names in the order asked: browsers pretend to be those further down.
    private static let programme = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ]
    private static let systeme = [
        ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"), ("X11", "Linux"),
    ]

    static func text(_ request: Request) -> String { text(request.headers[.userAgent] ?? "") }

    static func text(_ userAgent: String) -> String {
        let agent = userAgent.prefix(500)
        let browser = programme.first { agent.contains($0.0) }?.1
        let system = systeme.first { agent.contains($0.0) }?.1
        return switch (browser, system) {
        case (let browser?, let system?): "\(browser) auf \(system)"
        case (let browser?, nil): browser
        case (nil, let system?): "Unbekanntes Programm auf \(system)"
        case (nil, nil): "Unbekanntes Gerät"
        }
    }
}
