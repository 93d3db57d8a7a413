/// How an attempt at a job ended.
package enum Jobausgang: String, Sendable { case fertig = "done", fehler = "failed", abgebrochen = "cancelled" }

/// Hears of every attempt that ended, e.g. to count them.
package protocol Jobbeobachter: Sendable {
    func beendet(art: String, ausgang: Jobausgang, anzahl: Int)
}
