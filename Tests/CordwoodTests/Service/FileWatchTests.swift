// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Cordwood

@Suite struct FileWatchTests {
    @Test func `a change is reported once it is unchanged from one look to the next`() throws {
        try withFile("a") { path in
            var watch = FileWatch([path])
            expect(&watch, hasChanged: false)
            try Data("b".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            expect(&watch, hasChanged: false)
            // It still changes.
            try Data("bc".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            expect(&watch, hasChanged: false)
            expect(&watch, hasChanged: true)
            // Once.
            expect(&watch, hasChanged: false)
        }
    }

    @Test func `a file that goes has changed, and changes when it comes back`() throws {
        try withFile("a") { path in
            var watch = FileWatch([path])
            try FileManager.default.removeItem(atPath: path)
            let firstLooks = (0..<3).map { _ in watch.hasChanged() }
            #expect(firstLooks == [false, true, false])
            try Data("a".utf8).write(to: URL(fileURLWithPath: path))
            let laterLooks = (0..<3).map { _ in watch.hasChanged() }
            #expect(laterLooks == [false, true, false])
        }
    }

    @Test func `a file that is as it was when it was read has not changed`() throws {
        try withFile("a") { path in
            var watch = FileWatch([path])
            let away = path + ".away"
            try FileManager.default.moveItem(atPath: path, toPath: away)
            expect(&watch, hasChanged: false)
            try FileManager.default.moveItem(atPath: away, toPath: path)
            let looks = (0..<2).map { _ in watch.hasChanged() }
            #expect(looks == [false, false])
        }
    }

    private func expect(
        _ watch: inout FileWatch, hasChanged expected: Bool,
        at location: SourceLocation = #_sourceLocation
    ) {
        let hasChanged = watch.hasChanged()
        #expect(hasChanged == expected, sourceLocation: location)
    }

    /// Gives `body` the path of a file with this text, and removes it.
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("cordwood-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }
}
