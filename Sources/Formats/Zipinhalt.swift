import CArchive

/// Unpacks an archive without keeping anything, to see whether its directory tells the truth.
///
/// What unpacks to more than it says is cut short there, so the work is bounded by what the directory was allowed to say.
package final class Zipinhalt {
    /// Deflate and none: what documents may use, and what every program writes by default.
    package static let verfahren: Set<Int> = [0, 8]

    private let file: any Bytezugriff
    private let handle: OpaquePointer
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 131_072, alignment: 16)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    private var position = 0
    private var failure: FormatError?

    private init(_ file: any Bytezugriff) throws {
        guard let handle = archive_read_new() else { throw Zipverzeichnis.Mangel.unwahr }
        (self.file, self.handle) = (file, handle)
    }

    deinit {
        archive_read_free(handle)
        block.deallocate()
        buffer.deallocate()
    }

    /// Hands each entry and its first bytes to `beginn`.
    ///
    /// - Throws: `Zipverzeichnis.Mangel.unwahr` where content and directory differ, what `beginn` throws, or `FormatError`
    ///   where the file cannot be read.
    package static func pruefe(
        _ file: any Bytezugriff, _ entries: [Zipverzeichnis.Eintrag],
        beginn: (Zipverzeichnis.Eintrag, ArraySlice<UInt8>) throws -> Void
    ) throws {
        let reader = try Zipinhalt(file)
        // The callbacks know the reader by its address alone.
        try withExtendedLifetime(reader) {
            try reader.oeffne()
            // The library hands entries out in the order in which they lie.
            for entry in entries.sorted(by: { $0.inhalt < $1.inhalt }) {
                try beginn(entry, reader.lies(entry))
            }
            var rest: OpaquePointer?
            guard archive_read_next_header(reader.handle, &rest) == ARCHIVE_EOF else { throw reader.fehler }
        }
    }

    private var fehler: any Error { failure ?? Zipverzeichnis.Mangel.unwahr }

    private func oeffne() throws {
        guard archive_read_support_format_zip_seekable(handle) == ARCHIVE_OK,
            archive_read_set_read_callback(
                handle,
                { _, me, start in
                    guard let me else { return -1 }
                    return Unmanaged<Zipinhalt>.fromOpaque(me).takeUnretainedValue().fuelle(start)
                }) == ARCHIVE_OK,
            archive_read_set_seek_callback(
                handle,
                { _, me, offset, from in
                    guard let me else { return Int64(ARCHIVE_FATAL) }
                    return Unmanaged<Zipinhalt>.fromOpaque(me).takeUnretainedValue().springe(offset, from)
                }) == ARCHIVE_OK,
            archive_read_set_callback_data(handle, Unmanaged.passUnretained(self).toOpaque()) == ARCHIVE_OK,
            archive_read_open1(handle) == ARCHIVE_OK
        else { throw fehler }
    }

    /// The first bytes of the next entry, after all of it was unpacked.
    private func lies(_ entry: Zipverzeichnis.Eintrag) throws -> ArraySlice<UInt8> {
        var found: OpaquePointer?
        // A warning is about the name; that was read already.
        guard archive_read_next_header(handle, &found) >= ARCHIVE_WARN, let found,
            archive_entry_size(found) == entry.entpackt
        else { throw fehler }
        var start: [UInt8] = []
        var size = 0
        while true {
            let count = archive_read_data(handle, buffer.baseAddress, buffer.count)
            if count == 0 { break }
            // Wrong checksums are warnings to the library; here nothing that is wrong is taken.
            guard count > 0, size + count <= entry.entpackt else { throw fehler }
            if size == 0 { start = Array(buffer.prefix(min(count, 6))) }
            size += count
        }
        guard size == entry.entpackt else { throw fehler }
        return start[...]
    }

    private func fuelle(_ start: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        do throws(FormatError) {
            let bytes = try file.read(at: position, count: block.count)
            block.copyBytes(from: bytes)
            position += bytes.count
            start?.pointee = UnsafeRawPointer(block.baseAddress)
            return bytes.count
        } catch {
            failure = error
            return -1
        }
    }

    private func springe(_ offset: Int64, _ from: Int32) -> Int64 {
        let base =
            switch from {
            case SEEK_CUR: position
            case SEEK_END: file.byteCount
            default: 0
            }
        let (target, overflow) = base.addingReportingOverflow(Int(offset))
        guard !overflow, (0...file.byteCount).contains(target) else { return Int64(ARCHIVE_FATAL) }
        position = target
        return Int64(target)
    }
}
