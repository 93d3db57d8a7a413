extension ResponseCache: Messquelle {
    /// How much the cache spares the database.
    package func messreihen() -> [Messreihe] {
        let now = figures
        let prefix = "leitstand_cache_"
        return [
            Messreihe(prefix + "entries", .gauge, "Answers kept.", now.entries),
            Messreihe(prefix + "bytes", .gauge, "Memory that kept answers take.", now.bytes),
            Messreihe(prefix + "hits_total", .counter, "Requests answered from the cache.", now.hits),
            Messreihe(prefix + "joins_total", .counter, "Requests that shared a rendering under way.", now.joins),
            Messreihe(prefix + "renderings_total", .counter, "Answers made anew.", now.renderings),
            Messreihe(prefix + "evictions_total", .counter, "Answers let go for lack of room.", now.evictions),
        ]
    }
}
