// SPDX-License-Identifier: Apache-2.0

import Bytes
import RotatingFile

/// The active file of a stream, `app.log`, or of its rejected records, `app.rejected.log`.
package struct StreamFile: Sendable, Equatable {
    package let stream: String
    /// Whether it is the file of the rejected records.
    package let isOfRejected: Bool

    package init(_ stream: String, isOfRejected: Bool = false) {
        self.stream = stream
        self.isOfRejected = isOfRejected
    }

    /// Reads the name of an active file; nil if no stream writes such a file.
    package init?(named name: String) {
        guard name.hasSuffix(FileNames.activeSuffix) else { return nil }
        let stem = name.dropLast(FileNames.activeSuffix.count)
        let isOfRejected = stem.hasSuffix(Self.rejectedSuffix)
        self.init(
            String(isOfRejected ? stem.dropLast(Self.rejectedSuffix.count) : stem),
            isOfRejected: isOfRejected)
    }

    /// The name of the file.
    package var name: String { stem + FileNames.activeSuffix }

    /// The name without `.log`, which is how clients name the file.
    package var stem: String { isOfRejected ? stream + Self.rejectedSuffix : stream }

    /// Whether `stem` is the name of a stream, or that of its rejected records.
    package static func isStem(_ stem: Span<UInt8>) -> Bool {
        guard stem.hasSuffix(".rejected") else { return StreamName.isValid(stem) }
        return StreamName.isValid(stem.extracting(..<(stem.count - rejectedSuffix.utf8.count)))
    }

    private static let rejectedSuffix = ".rejected"
}
