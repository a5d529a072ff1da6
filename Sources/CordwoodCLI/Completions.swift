// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The values that a shell offers.
extension CompletionKind {
    static var configurations: Self { .file(extensions: ["yaml", "yml"]) }

    static var units: Self {
        .list(["S", "M", "H", "D", "MIDNIGHT"] + (0...6).map { "W\($0)" })
    }

    static var levels: Self {
        .list(["trace", "debug", "info", "notice", "warning", "error", "critical"])
    }
}
