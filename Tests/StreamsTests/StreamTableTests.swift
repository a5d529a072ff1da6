// SPDX-License-Identifier: Apache-2.0

import Foundation
import RotatingFile
import SystemPackage
import Testing

@testable import Streams

@Suite struct StreamTableTests {
    @Test func `the stream that was used the longest ago makes room`() throws {
        try withTable(limit: 2) { table, opened in
            for name in ["a", "b", "a", "c", "a", "b"] { try use(name, table) }
            // Not the third time: `a` had been used later than `b`, and later than `c`.
            #expect(opened.names == ["a", "b", "c", "b"])
            #expect(table.count == 2)
        }
    }

    @Test func `each of many is found again`() throws {
        try withTable(limit: 40) { table, opened in
            let names = (0..<40).map { "s\($0)" }
            for name in names { try use(name, table) }
            for name in names.reversed() {
                let index = try use(name, table)
                #expect(table[index].name == name)
            }
            #expect(opened.names == names)
        }
    }

    @Test func `streams in use by this turn stay open, and close at its end`() throws {
        try withTable(limit: 2) { table, opened in
            for name in ["a", "b", "c"] {
                let index = try use(name, table)
                table[index].isTouched = true
            }
            #expect(table.count == 3 && table.isCrowded)
            table.shrink()
            #expect(table.count == 3)
            for index in 0..<3 { table[index].isTouched = false }
            table.shrink()
            #expect(table.count == 2 && !table.isCrowded)
            for name in ["b", "c", "a"] {
                let index = try use(name, table)
                #expect(table[index].name == name)
            }
            #expect(opened.names == ["a", "b", "c", "a"])
        }
    }

    @Test func `released files are opened again`() throws {
        try withTable(limit: 2) { table, opened in
            for name in ["a", "b"] { try use(name, table) }
            table[0].isTouched = true
            table.closeAll()
            #expect(table.count == 1)
            for name in ["a", "b"] { try use(name, table) }
            #expect(opened.names == ["a", "b", "b"])
        }
    }

    @Test func `at a shortage of descriptors another stream closes its files`() throws {
        try withTable(limit: 9) { table, opened in
            for name in ["a", "b", "c"] { try use(name, table) }
            let touched = try use("a", table)
            table[touched].isTouched = true
            // Each of them makes room for one attempt.
            opened.shortages = 2
            try use("d", table)
            let state = (0..<4).map { "\(table[$0].name)\(table[$0].isOpen ? "+" : "-")" }
            #expect(state == ["a+", "b-", "c-", "d+"])
            try use("b", table)
            #expect(table[1].isOpen && table.count == 4)
        }
    }

    @Test func `a shortage that no stream can end is reported`() throws {
        try withTable(limit: 9) { table, opened in
            let touched = try use("a", table)
            table[touched].isTouched = true
            opened.shortages = .max
            #expect(throws: StreamError.self) { try use("b", table) }
            #expect(table.count == 1 && table[0].isOpen)
        }
    }

    private final class Opened {
        var names: [String] = []
        /// How many attempts fail because descriptors are missing.
        var shortages = 0
    }

    @discardableResult
    private func use(_ name: String, _ table: StreamTable) throws -> Int {
        try table.index(of: Array(name.utf8).span)
    }

    private func withTable(
        limit: Int, _ body: (StreamTable, Opened) throws -> Void
    ) throws {
        let directory = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let schedule = try RotationSchedule(when: .midnight, zone: .utc)
        let opened = Opened()
        let table = StreamTable(limit: limit) { name throws(StreamError) in
            if opened.shortages > 0 {
                opened.shortages -= 1
                throw .file(.system(operation: "open", path: name, errno: .tooManyOpenFiles))
            }
            opened.names.append(name)
            do throws(RotatingFileError) {
                return try Stream(
                    name: name, StreamPlan(),
                    open: { file throws(RotatingFileError) in
                        try RotatingFile(
                            path: "\(directory)/\(file.name)", schedule: schedule, now: 0)
                    }, place: { _ in 0 })
            } catch {
                throw .file(error)
            }
        }
        try body(table, opened)
    }
}
