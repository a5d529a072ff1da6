// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import RotatingFile

/// The answer of `/ui/tail`: whole lines of a stream's active file, and where to continue.
struct TailDocument: ~Copyable {
    private let stream: String
    /// Nil between two files, for an instant; the next request finds a file again.
    private let tail: Tail?
    /// Whether a stream has this name.
    let isOfStream: Bool

    init(_ query: TailQuery, in directory: String) {
        let name = query.stream + FileNames.activeSuffix
        stream = query.stream
        let found = try? Tail(of: name, in: directory, after: query.position)
        let page = LogDirectory(directory).path(of: FileNames(of: name).statePage)
        isOfStream = found != nil || (try? FileStatus(at: page)) != nil
        tail = found
    }

    func encode(into out: inout ByteBuffer) {
        out.append("{\"stream\":")
        out.append(jsonString: stream)
        switch tail {
        case .some(let tail): Self.encode(tail, &out)
        case .none:
            out.append(
                ",\"file\":null,\"next\":0,\"size\":0,\"rolled_over\":false,\"skipped_bytes\":0")
            out.append(",\"lines\":[]")
        }
        out.append("}\n")
    }

    private static func encode(_ tail: borrowing Tail, _ out: inout ByteBuffer) {
        out.append(",\"file\":")
        out.append(jsonString: tail.next.file.description)
        out.append(",\"next\":")
        out.append(decimal: Int(tail.next.byteCount))
        out.append(",\"size\":")
        out.append(decimal: Int(tail.committedByteCount))
        out.append(",\"rolled_over\":")
        out.append(tail.isOfNewFile ? "true" : "false")
        out.append(",\"skipped_bytes\":")
        out.append(decimal: Int(tail.skippedByteCount))
        out.append(",\"lines\":[")
        var isFirst = true
        for line in tail.text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .dropLast()
        {
            if !isFirst { out.append(",") }
            isFirst = false
            out.append("\"")
            out.append(jsonEscaping: line.span)
            out.append("\"")
        }
        out.append("]")
    }
}
