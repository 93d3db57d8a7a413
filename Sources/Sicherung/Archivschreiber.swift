import CArchive
import Crypto
import Glibc
import Kernel

/// Writes the entries of a backup: a POSIX tar archive (pax), compressed with zstd.
final class Archivschreiber {
    private let handle: OpaquePointer
    private let output: Ausgabe
    private var failure: (any Error)?
    private var isFinished = false

    init(_ output: Ausgabe) throws {
        guard let handle = archive_write_new() else { throw Refusal(.unavailable, "Zum Sichern fehlt Speicher.") }
        (self.handle, self.output) = (handle, output)
        try require(archive_write_set_format_pax_restricted(handle))
        // Names are UTF-8 already; a conversion would depend on the locale of the machine.
        try require(archive_write_set_options(handle, "pax:hdrcharset=BINARY"))
        try require(archive_write_add_filter_zstd(handle))
        try require(archive_write_set_bytes_per_block(handle, 65_536))
        try require(archive_write_set_bytes_in_last_block(handle, 1))
        let me = Unmanaged.passUnretained(self).toOpaque()
        try require(
            archive_write_open(
                handle, me, nil,
                { _, me, bytes, count in
                    guard let me else { return -1 }
                    let writer = Unmanaged<Archivschreiber>.fromOpaque(me).takeUnretainedValue()
                    do {
                        try writer.output.append(UnsafeRawBufferPointer(start: bytes, count: count))
                        return count
                    } catch {
                        writer.failure = error
                        return -1
                    }
                }, nil))
    }

    deinit {
        // Without this, freeing would write the rest of an archive that nobody wants.
        if !isFinished { archive_write_fail(handle) }
        archive_write_free(handle)
    }

    @discardableResult
    func append(_ name: String, bytes: [UInt8], at seconds: Int) throws -> Dateisumme {
        try begin(name, size: bytes.count, seconds: seconds)
        try bytes.withUnsafeBytes { try put($0) }
        return Dateisumme(name: name, bytes: bytes.count, sha256: SHA256.hash(data: bytes).hex)
    }

    /// Appends `size` bytes from the beginning of an open file.
    func append(_ name: String, descriptor: Int32, size: Int, at seconds: Int) throws -> Dateisumme {
        try begin(name, size: size, seconds: seconds)
        var sum = SHA256()
        var offset = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
        defer { buffer.deallocate() }
        while offset < size {
            try Task.checkCancellation()
            let count = pread(descriptor, buffer.baseAddress, min(buffer.count, size - offset), off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw systemfehler(name) }
            guard count > 0 else {
                throw Refusal(.conflict, "\(name) wurde kürzer, während sie gesichert wurde. Sichern Sie noch einmal.")
            }
            let part = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            sum.update(bufferPointer: part)
            try put(part)
            offset += count
        }
        return Dateisumme(name: name, bytes: size, sha256: sum.finalize().hex)
    }

    func finish() throws {
        try require(archive_write_close(handle))
        isFinished = true
    }

    private func begin(_ name: String, size: Int, seconds: Int) throws {
        guard let entry = archive_entry_new() else { throw Refusal(.unavailable, "Zum Sichern fehlt Speicher.") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_size(entry, Int64(size))
        archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
        archive_entry_set_perm(entry, 0o600)
        archive_entry_set_mtime(entry, seconds, 0)
        try require(archive_write_header(handle, entry))
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count {
            let count = archive_write_data(handle, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            guard count > 0 else { throw failure ?? error }
            written += count
        }
    }

    private func require(_ code: Int32) throws {
        guard code == ARCHIVE_OK else { throw failure ?? error }
    }

    private var error: Refusal {
        let text = archive_error_string(handle).map { String(cString: $0) } ?? "unbekannter Fehler"
        return Refusal(.unprocessable, "Das Archiv ließ sich nicht schreiben: \(text).")
    }
}
