import CArchive
import Glibc
import Kernel

/// Reads the entries of a backup one after the other.
final class Archivleser {
    struct Eintrag {
        let name: String
        let size: Int
        let seconds: Int
        /// Neither a folder nor a link nor a device.
        let isFile: Bool
    }

    private let handle: OpaquePointer
    private let input: Eingabe
    private var block: UnsafeMutableRawBufferPointer = .allocate(byteCount: 131_072, alignment: 16)
    private var failure: (any Error)?

    init(_ input: Eingabe) throws {
        guard let handle = archive_read_new() else { throw Refusal(.unavailable, "Zum Lesen fehlt Speicher.") }
        (self.handle, self.input) = (handle, input)
        try require(archive_read_support_filter_zstd(handle))
        try require(archive_read_support_format_tar(handle))
        let me = Unmanaged.passUnretained(self).toOpaque()
        try require(
            archive_read_open(
                handle, me, nil,
                { _, me, start in
                    guard let me else { return -1 }
                    return Unmanaged<Archivleser>.fromOpaque(me).takeUnretainedValue().fill(start)
                }, nil))
    }

    deinit {
        archive_read_free(handle)
        block.deallocate()
    }

    func next() throws -> Eintrag? {
        var entry: OpaquePointer?
        let code = archive_read_next_header(handle, &entry)
        if code == ARCHIVE_EOF { return nil }
        try require(code)
        guard let entry, let path = archive_entry_pathname(entry) else {
            throw beschaedigt("ein Eintrag hat keinen Namen")
        }
        guard let name = String(validatingCString: path) else { throw beschaedigt("ein Name ist nicht lesbar") }
        return Eintrag(
            name: name, size: Int(archive_entry_size(entry)), seconds: Int(archive_entry_mtime(entry)),
            isFile: mode_t(archive_entry_filetype(entry)) == Glibc.S_IFREG && archive_entry_hardlink(entry) == nil)
    }

    /// Hands the content of the present entry to `body` in parts.
    func content(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try Task.checkCancellation()
            let count = archive_read_data(handle, buffer.baseAddress, buffer.count)
            if count == 0 { return }
            guard count > 0 else { throw failure ?? error }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private func fill(_ start: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        do {
            let bytes = try input.next() ?? []
            if bytes.count > block.count {
                block.deallocate()
                block = .allocate(byteCount: bytes.count, alignment: 16)
            }
            block.copyBytes(from: bytes)
            start?.pointee = UnsafeRawPointer(block.baseAddress)
            return bytes.count
        } catch {
            failure = error
            return -1
        }
    }

    private func require(_ code: Int32) throws {
        guard code == ARCHIVE_OK else { throw failure ?? error }
    }

    private var error: Refusal {
        let text = archive_error_string(handle).map { String(cString: $0) } ?? "unlesbar"
        return beschaedigt("das Archiv ist nicht lesbar (\(text))")
    }
}
