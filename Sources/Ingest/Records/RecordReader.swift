// SPDX-License-Identifier: Apache-2.0

import Linux

/// Reads the decoded bodies of one protocol into records.
///
/// A request may take more than one visit, so a reader keeps its place in the body. Each has the
/// bodies of one request at a time.
package protocol RecordReader: AnyObject {
    /// Whether the answer says of each record what became of it.
    var wantsResults: Bool { get }

    /// Begins a body, and forgets the one before.
    ///
    /// - Parameter format: what its media type says it is.
    func begin(_ format: BodyFormat)

    /// Reads on: to the end of the body, or until `deadline` has passed and at least a part of some
    /// 32 KiB is read.
    ///
    /// Records go to the request's own stream at the beginning of each visit; `RecordSink.select`
    /// sends them to another.
    ///
    /// - Parameters:
    ///   - body: the whole body, the same each time. The 64 bytes behind it are readable.
    ///   - sink: where its records go. All that is written is taken back if this throws.
    ///   - deadline: monotonic nanoseconds; `.max` for none.
    /// - Returns: whether all is read.
    /// - Throws: why nothing of the body can be used.
    func proceed(
        _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
    ) throws(IngestError) -> Bool

    /// Gives back memory that only an unusually large request needed.
    ///
    /// After a body that was read this is called once the answer has what it needs of it.
    func shrink()

    /// Bytes of memory that the request takes.
    var heldByteCount: Int { get }
}

extension RecordReader {
    package var wantsResults: Bool { false }

    package func shrink() {}

    package var heldByteCount: Int { 0 }

    /// Whether `deadline`, in monotonic nanoseconds, has passed; `.max` never does.
    package static func hasPassed(_ deadline: Int64) -> Bool {
        deadline != .max && Clock.monotonicNanoseconds() >= deadline
    }
}

extension RecordSink {
    /// Whether a reader may read another part of a body, because `deadline` has not passed.
    package func mayGoOn(until deadline: Int64) -> Bool {
        deadline == .max || Clock.monotonicNanoseconds() < deadline
    }
}
