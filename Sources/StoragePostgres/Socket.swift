#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The few calls of the operating system that libpq leaves to its user.
enum Socket {
    /// Waits until something can be read, at most so long.
    static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        guard descriptor >= 0 else { return false }
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let found = poll(&wanted, 1, milliseconds)
            if found < 0, errno == EINTR { continue }
            return found > 0
        }
    }

    /// Only for the thread of a connection, which may block.
    static func sleep(milliseconds: Int) { usleep(UInt32(max(0, milliseconds)) * 1_000) }
}
