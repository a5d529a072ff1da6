// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of the project that are neither sources nor tests.
enum Repository {
    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func file(_ path: String) -> URL { directory.appendingPathComponent(path) }

    static func text(of path: String) throws -> String {
        try String(contentsOf: file(path), encoding: .utf8)
    }

    /// The paths of the files in a directory, in order.
    static func files(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(path).path).sorted()
            .map { "\(path)/\($0)" }
    }
}
