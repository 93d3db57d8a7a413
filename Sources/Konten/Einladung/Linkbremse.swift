import Kernel
import Storage
import Web

/// Counts how often something was asked for within an hour, in the table of the sign-in's brake.
enum Linkbremse {
    private static let fenster = 60 * 60

    /// Counts this time; false when it is more than `hoechstens` within the hour.
    static func zaehle(_ was: String, _ wer: String, hoechstens: Int, am: Instant, in db: any SQLConnection) throws
        -> Bool
    {
        let key = Geheimnis.hash("\(was) \(wer)")
        let since = am.plus(sekunden: -fenster)
        // `zuletzt_am` is the begin of the hour here: who keeps asking is not kept out for good.
        try db.execute(
            """
            INSERT INTO anmeldebremse (schluessel, fehler, zuletzt_am, frei_ab) VALUES (\(key), 1, \(am), 0)
            ON CONFLICT (schluessel) DO UPDATE SET
                fehler = CASE WHEN anmeldebremse.zuletzt_am < \(since) THEN 1 ELSE anmeldebremse.fehler + 1 END,
                zuletzt_am = CASE WHEN anmeldebremse.zuletzt_am < \(since) THEN \(am)
                                  ELSE anmeldebremse.zuletzt_am END
            """)
        let count: Int = try db.value("SELECT fehler FROM anmeldebremse WHERE schluessel = \(key)") ?? 1
        return count <= hoechstens
    }
}
