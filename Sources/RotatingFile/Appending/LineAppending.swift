// SPDX-License-Identifier: Apache-2.0

import Linux

/// Appending one line at a time.
extension RotatingFile {
    /// Appends a line and the line feed behind it.
    ///
    /// Nothing else is added, left out or escaped. To append many lines, join them and call
    /// `append(_:now:)` once: it costs as much for a thousand as for one.
    ///
    /// - Parameters:
    ///   - line: holds no line feed: that is ``RotatingFileError/innerLineFeed``.
    ///   - now: seconds since 1970; nil asks the clock.
    public func append(line: String, now: Int64? = nil) throws(RotatingFileError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.utf8.count + 1)
        bytes.append(contentsOf: line.utf8)
        try append(terminating: &bytes, now: now)
    }

    /// Appends a line of bytes and the line feed behind it.
    ///
    /// - Parameters:
    ///   - line: holds no line feed: that is ``RotatingFileError/innerLineFeed``.
    ///   - now: seconds since 1970; nil asks the clock.
    public func append(line: Span<UInt8>, now: Int64? = nil) throws(RotatingFileError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count + 1)
        line.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        try append(terminating: &bytes, now: now)
    }

    /// Does the work that is due without an append, at the clock's time: see `tick(now:)`.
    public func tick() throws(RotatingFileError) { try tick(now: Clock.epochSeconds()) }

    private func append(terminating bytes: inout [UInt8], now: Int64?) throws(RotatingFileError) {
        guard !bytes.contains(UInt8(ascii: "\n")) else { throw .innerLineFeed }
        bytes.append(UInt8(ascii: "\n"))
        try append(bytes.span, now: now ?? Clock.epochSeconds())
    }
}
