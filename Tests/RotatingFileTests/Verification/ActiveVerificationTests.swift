// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// The file that is being appended to, and its page.
@Suite struct ActiveVerificationTests {
    let place: MadeDirectory

    init() throws { place = try MadeDirectory() }

    private func finding(_ kind: Verification.Kind) -> [Verification.Finding] {
        [.init(fileName: "app.log", kind: kind)]
    }

    @Test func `an append in progress is not damage`() throws {
        try place.appended("1\n2\n", to: "app.log")
        try place.setPage(.phase, of: "app.log", to: StatePage.Phase.appending.rawValue)
        try place.append("3\nx and a ha", to: "app.log")
        #expect(try place.findings() == finding(.unfinishedAppend(byteCount: 12)))
        let report = try place.verify()
        #expect(report.total.lineCount == 2 && !report.isDamaged)
    }

    @Test func `bytes that others have written after the last append are checked`() throws {
        try place.appended("1\n", to: "app.log")
        try place.append("x\n3", to: "app.log")
        let kinds = try place.findings().map(\.kind)
        #expect(kinds == [.tornLine, .invalidLines(count: 1, first: 2)])
    }

    @Test func `a file that was cut is damage`() throws {
        try place.appended("1\n22\n", to: "app.log")
        try #require(truncate(place["app.log"], 2) == 0)
        #expect(try place.findings() == finding(.shortened(missingByteCount: 3)))
    }

    @Test func `a torn line within the acknowledged bytes is damage`() throws {
        try place.appended("1\n22\n", to: "app.log")
        try place.setPage(.committedByteCount, of: "app.log", to: 3)
        try place.setPage(.phase, of: "app.log", to: StatePage.Phase.appending.rawValue)
        let kinds = try place.findings().map(\.kind)
        #expect(kinds == [.unfinishedAppend(byteCount: 2), .tornLine])
    }

    @Test func `a tail from before a reboot is not damage`() throws {
        try place.appended("1\n", to: "app.log")
        try place.append("22", to: "app.log")
        try place.setPage(.bootLow, of: "app.log", to: 1)
        #expect(try place.findings() == finding(.unfinishedAppend(byteCount: 2)))
    }

    @Test func `without a page a torn line is damage`() throws {
        try place.write("1\n22", to: "app.log")
        #expect(try place.findings() == finding(.tornLine))
    }

    @Test func `a page that names another file says nothing about this one`() throws {
        try place.appended("1\n22\n", to: "app.log")
        rename(place["app.log"], place["moved"])
        try place.write("1\n", to: "app.log")
        #expect(try place.findings().isEmpty)
        try place.append("2", to: "app.log")
        #expect(try place.findings() == finding(.tornLine))
    }

    @Test func `a page without a file is nothing to report`() throws {
        try place.appended("1\n", to: "app.log")
        unlink(place["app.log"])
        let report = try place.verify()
        #expect(report.streams.count == 1 && report.total.fileCount == 0 && !report.isDamaged)
    }

    @Test func `a file that was rotated after the listing is found under its new name`() throws {
        let file = try place.appended("1\n", to: "app.log")
        try place.appended("1\n", to: "zoo.log")
        // The first line of the first stream is read when both have been listed.
        var isRotated = false
        let verification = Verification(directory: place.path) { [place] name in
            guard name == "zoo.log", !isRotated else { return nil }
            isRotated = true
            let zoo = try? place.appended("22\n", to: "zoo.log", now: 200_000)
            return zoo == nil ? { _ in false } : nil
        }
        let report = try verification.run()
        #expect(isRotated && report.total.lineCount == 3 && report.total.fileCount == 3)
        withExtendedLifetime(file) {}
    }

    @Test func `a file that is rotated twice meanwhile is counted once`() throws {
        try place.appended("1\n", to: "app.log")
        // Once after the listing, and again while the file of then is read.
        var times: [Int64] = [200_000, 400_000]
        func rotate() {
            guard let now = times.popLast().map({ 600_000 - $0 }) else { return }
            _ = try? place.appended("22\n", to: "app.log", now: now)
        }
        let verification = Verification(directory: place.path) { _ in
            rotate()
            return { _ in
                rotate()
                return true
            }
        }
        let report = try verification.run()
        #expect(times.isEmpty && report.total.lineCount == 2 && report.total.fileCount == 2)
        #expect(try place.verify().total.fileCount == 3)
    }
}
