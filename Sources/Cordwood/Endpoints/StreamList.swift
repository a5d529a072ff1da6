// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import RotatingFile
import SystemPackage

/// The answer of `/ui/streams`: the streams in the directory and their files, as they are now.
struct StreamList {
    let directory: String

    /// The most names that are read, because a worker that reads them has no time for requests.
    static let maximumNameCount = 2048
    /// How many files of each stream are listed, newest first; the others are only counted.
    static let listedFileCount = 30

    /// Appends the list, as JSON; if it throws, nothing is appended.
    func encode(into out: inout ByteBuffer) throws(Errno) {
        let names = try Directory.names(in: directory, atMost: Self.maximumNameCount)
        let contents = LogDirectory.Contents(names)
        out.append("{\"streams\":[")
        var isFirst = true
        for base in contents.bases.filter({ $0.hasSuffix(FileNames.activeSuffix) }).sorted() {
            if !isFirst { out.append(",") }
            isFirst = false
            encode(base, contents.rotated[base] ?? [], &out)
        }
        out.append("],\"complete\":")
        out.append(names.count < Self.maximumNameCount ? "true}\n" : "false}\n")
    }

    private struct File {
        let name: String
        let status: FileStatus
    }

    private func encode(_ base: String, _ rotated: [RotatedName], _ out: inout ByteBuffer) {
        let names = [base] + rotated.reversed().map(\.fileName)
        // Files that were removed since they were listed are left out.
        let files = names.compactMap { name in
            (try? FileStatus(at: "\(directory)/\(name)")).map { File(name: name, status: $0) }
        }
        out.append("{\"name\":")
        out.append(jsonString: String(base.dropLast(FileNames.activeSuffix.count)))
        out.append(",\"file_count\":")
        out.append(decimal: files.count)
        out.append(",\"byte_count\":")
        out.append(decimal: Int(files.reduce(0) { $0 + $1.status.byteCount }))
        out.append(",\"files\":[")
        for (index, file) in files.prefix(Self.listedFileCount).enumerated() {
            if index > 0 { out.append(",") }
            encode(file, &out)
        }
        out.append("]}")
    }

    private func encode(_ file: File, _ out: inout ByteBuffer) {
        out.append("{\"name\":")
        out.append(jsonString: file.name)
        out.append(",\"byte_count\":")
        out.append(decimal: Int(file.status.byteCount))
        out.append(",\"modified_at\":\"")
        out.append(rfc3339: file.status.modified * 1000)
        out.append("\"}")
    }
}
