// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program or a configuration as a page of `docs` prints it: a block of code whose first line
/// names its language and a file.
struct Recipe {
    let file: String
    private(set) var text: String

    /// The block with this file name on `page`, a path below `docs`.
    init(_ file: String, on page: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/\(page)")
        let lines = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n")
        guard
            let opening = lines.firstIndex(where: {
                $0.hasPrefix("```") && $0.hasSuffix(" \(file)")
            }), let closing = lines[(opening + 1)...].firstIndex(of: "```")
        else {
            throw ChildProcess.Failure(description: "docs/\(page) has no block \(file)")
        }
        self.file = file
        text = lines[(opening + 1)..<closing].joined(separator: "\n") + "\n"
    }

    /// The same with `place` where it says `path`, once at least.
    func with(_ place: URL, for path: String) throws -> Recipe {
        try with(place.path, for: path)
    }

    /// The same with `other` where it says `words`, once at least.
    func with(_ other: String, for words: String) throws -> Recipe {
        guard text.contains(words) else {
            throw ChildProcess.Failure(description: "\(file) says nothing of \(words)")
        }
        var recipe = self
        recipe.text = text.replacing(words, with: other)
        return recipe
    }

    /// Starts `program` with the recipe as its last argument.
    ///
    /// - Parameter variables: environment variables on top of the tests' own.
    func start(
        _ program: String, _ arguments: [String] = [], variables: [String: String],
        in directory: URL
    ) throws -> Process {
        let place = directory.appendingPathComponent(file)
        try Data(text.utf8).write(to: place)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments + [place.path]
        process.currentDirectoryURL = directory
        process.environment = ChildProcess.inherited.merging(variables) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.runUnblocked()
        return process
    }
}
