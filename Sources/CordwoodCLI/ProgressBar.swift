// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Shows progress in one line of standard error, if that is a terminal.
struct ProgressBar {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var shownAt = ContinuousClock.now
    private var isDrawn = false

    /// Redraws at most ten times a second; a short job shows nothing at all.
    private static let pause = Duration.milliseconds(100)
    private static let width = 30

    mutating func show(_ done: Int64, of total: Int64) {
        guard isShown, total > 0, ContinuousClock.now - shownAt >= Self.pause else { return }
        shownAt = .now
        isDrawn = true
        let filled = Int(Double(done) / Double(total) * Double(Self.width))
        let bar =
            String(repeating: "=", count: filled)
            + String(repeating: " ", count: Self.width - filled)
        draw("\r[\(bar)] \(done / 1_000_000) of \(total / 1_000_000) MB")
    }

    /// Clears the line.
    mutating func clear() {
        if isDrawn { draw("\r\u{1b}[K") }
        isDrawn = false
    }

    private func draw(_ text: String) {
        // A terminal that is gone must not stop the command.
        _ = text.utf8CString.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
    }
}
