// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A directory for one test.
enum Scratch {
    /// Gives `body` a fresh directory and removes it afterwards.
    static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("cordwood-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }
}
