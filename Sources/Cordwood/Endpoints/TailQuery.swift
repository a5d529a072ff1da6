// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import RotatingFile
import Streams

/// The query of `/ui/tail`: the end of a stream's file, or the lines that were added since.
struct TailQuery: Equatable {
    /// A name that a stream can have, or its rejected records.
    let stream: String
    let position: Tail.Position?

    /// Reads `stream=NAME`, and `file=FILE&from=OFFSET` as given by an earlier answer; nil for
    /// anything else.
    ///
    /// These values never need encoding.
    init?(_ bytes: Span<UInt8>) {
        var name = 0..<0
        var (file, offset): (Range<Int>?, Range<Int>?)
        var parameters = QueryParameters(0..<bytes.count)
        while let parameter = parameters.next(in: bytes) {
            if bytes.extracting(parameter.name).equals("stream") { name = parameter.value }
            if bytes.extracting(parameter.name).equals("file") { file = parameter.value }
            if bytes.extracting(parameter.name).equals("from") { offset = parameter.value }
        }
        guard StreamFile.isStem(bytes.extracting(name)) else { return nil }
        stream = Self.text(bytes.extracting(name))
        if file == nil, offset == nil {
            position = nil
            return
        }
        guard let file, let offset, let file = Tail.File(Self.text(bytes.extracting(file))),
            let from = Int64(Self.text(bytes.extracting(offset))), from >= 0
        else { return nil }
        position = Tail.Position(file: file, byteCount: from)
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
