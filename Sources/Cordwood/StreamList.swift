import Linux
import RotatingFile
import SystemPackage

/// What `/ui/streams` answers: the streams in the directory and their files, as they are now.
struct StreamList {
    let directory: String

    /// The most names that are looked at: a worker that does has no time for requests.
    static let maximumNameCount = 2048
    /// Of each stream so many are listed, the newest; the others are only counted.
    static let listedFileCount = 30

    func text() throws(Errno) -> String {
        let names = try Directory.names(in: directory, atMost: Self.maximumNameCount)
        let contents = DirectoryContents(names)
        let bases = contents.bases.filter { $0.hasSuffix(".log") }.sorted()
        return JSONText.object([
            ("streams", JSONText.array(bases.map { stream($0, contents.rotated[$0] ?? []) })),
            ("complete", "\(names.count < Self.maximumNameCount)"),
        ]) + "\n"
    }

    private struct File {
        let name: String
        let status: FileStatus
    }

    private func stream(_ base: String, _ rotated: [RotatedName]) -> String {
        let names = [base] + rotated.reversed().map(\.fileName)
        // What has gone since it was listed is left out.
        let files = names.compactMap { name in
            (try? FileStatus(at: "\(directory)/\(name)")).map { File(name: name, status: $0) }
        }
        let byteCount = files.reduce(0) { $0 + $1.status.byteCount }
        return JSONText.object([
            ("name", JSONText.string(String(base.dropLast(".log".count)))),
            ("file_count", "\(files.count)"), ("byte_count", "\(byteCount)"),
            ("files", JSONText.array(files.prefix(Self.listedFileCount).map(file))),
        ])
    }

    private func file(_ file: File) -> String {
        JSONText.object([
            ("name", JSONText.string(file.name)), ("byte_count", "\(file.status.byteCount)"),
            ("modified_at", JSONText.time(file.status.modified)),
        ])
    }
}
