package import Kernel
package import Storage
import Synchronization

/// Keeps finished answers for anonymous readers, within a bound of bytes.
///
/// An answer is kept under the mark that the database had *before* it was made, and given only to a request that found
/// the same mark *after* it began. Equal marks say that nothing was committed in between, so nobody sees less than what
/// was committed when they asked, whichever process wrote it.
package final class ResponseCache: Sendable {
    /// What an answer was made of: the data and the day that pages name.
    struct Moment: Hashable, Sendable {
        let version: DatabaseVersion
        let day: Tag
    }

    /// What a request is to do.
    enum Finding {
        /// There is an answer.
        case hit(CachedResponse)
        /// Somebody is making it.
        case join(Flight)
        /// Nobody is: make it, then call `land`.
        case lead(Flight)
        /// What the address answers at this moment is not shared.
        case bypass
    }

    /// How busy the cache was, for an operator.
    package struct Figures: Sendable, Equatable {
        package var entries = 0
        package var bytes = 0
        package var hits = 0
        package var joins = 0
        package var renderings = 0
        package var evictions = 0
    }

    private struct Slot {
        let key: CacheKey
        let moment: Moment
        /// Nil remembers that answers here are not shared.
        let answer: CachedResponse?
        let cost: Int
        var isUsed: Bool
    }

    private struct State {
        var slots: [Slot?] = []
        var free: [Int] = []
        var places: [CacheKey: Int] = [:]
        var hand = 0
        var flights: [CacheKey: (moment: Moment, flight: Flight)] = [:]
        var figures = Figures()
    }

    private let limit: Int
    private let database: any Database
    private let now: @Sendable () -> Instant
    private let state = Mutex(State())

    /// Keeps at most `bytes`.
    package init(bytes: Int, database: any Database, now: @escaping @Sendable () -> Instant) {
        (limit, self.database, self.now) = (bytes, database, now)
    }

    package var figures: Figures { state.withLock { $0.figures } }

    /// To be asked after a request began and before anything is looked up for it.
    func moment() async throws -> Moment { Moment(version: try await database.version(), day: now().tag) }

    func find(_ key: CacheKey, at moment: Moment) -> Finding {
        state.withLock { state in
            if let place = state.places[key], let slot = state.slots[place], slot.moment == moment {
                if !slot.isUsed { state.slots[place]?.isUsed = true }
                guard let answer = slot.answer else { return .bypass }
                state.figures.hits += 1
                return .hit(answer)
            }
            if let (started, flight) = state.flights[key], started == moment {
                state.figures.joins += 1
                return .join(flight)
            }
            // One under way for an older moment goes on for those who wait for it.
            let flight = Flight()
            state.flights[key] = (moment, flight)
            state.figures.renderings += 1
            return .lead(flight)
        }
    }

    /// Ends a flight: keeps the answer and hands it to those who wait.
    func land(_ flight: Flight, _ key: CacheKey, at moment: Moment, _ outcome: Flight.Outcome) {
        // An answer made across midnight may name the new day.
        let isToday = now().tag == moment.day
        state.withLock { state in
            guard state.flights[key]?.flight === flight else { return }
            state.flights[key] = nil
            switch outcome {
            case .done(let answer): if isToday { keep(answer, key, moment, in: &state) }
            case .never: keep(nil, key, moment, in: &state)
            case .alone, .again: break
            }
        }
        flight.land(outcome)
    }

    private func keep(_ answer: CachedResponse?, _ key: CacheKey, _ moment: Moment, in state: inout State) {
        if let place = state.places[key] { remove(place, in: &state) }
        let cost = key.cost + (answer?.cost ?? 0)
        guard cost <= limit else { return }
        while state.figures.bytes + cost > limit { evict(for: moment, in: &state) }
        let slot = Slot(key: key, moment: moment, answer: answer, cost: cost, isUsed: false)
        if let place = state.free.popLast() {
            state.slots[place] = slot
            state.places[key] = place
        } else {
            state.places[key] = state.slots.count
            state.slots.append(slot)
        }
        state.figures.bytes += cost
        state.figures.entries += 1
    }

    /// Second chance: the hand goes round, spares what was used since it last came by, and takes the next.
    private func evict(for moment: Moment, in state: inout State) {
        while true {
            state.hand = state.hand + 1 < state.slots.count ? state.hand + 1 : 0
            guard let slot = state.slots[state.hand] else { continue }
            // Nobody will ever ask for what was made at another moment.
            if slot.isUsed, slot.moment == moment {
                state.slots[state.hand]?.isUsed = false
                continue
            }
            remove(state.hand, in: &state)
            state.figures.evictions += 1
            return
        }
    }

    private func remove(_ place: Int, in state: inout State) {
        guard let slot = state.slots[place] else { return }
        state.slots[place] = nil
        state.places[slot.key] = nil
        state.free.append(place)
        state.figures.bytes -= slot.cost
        state.figures.entries -= 1
    }
}

/// One rendering that several requests wait for.
final class Flight: Sendable {
    enum Outcome: Sendable {
        case done(CachedResponse)
        /// The answer is nobody else's; whoever waited makes an own one.
        case alone
        /// As `alone`, and so it is for all who come at the same moment.
        case never
        /// Whoever made it went away; somebody else is to try.
        case again
    }

    private struct State {
        var outcome: Outcome?
        var waiting: [CheckedContinuation<Outcome, Never>] = []
    }

    private let state = Mutex(State())

    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.outcome == nil { state.waiting.append(continuation) }
                return state.outcome
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    fileprivate func land(_ outcome: Outcome) {
        let waiting = state.withLock { state in
            state.outcome = outcome
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }
}
