// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

/// The whole is tested with the service: it concerns the entire process.
@Suite struct ProcessTitleTests {
    @Test(
        arguments: [
            (bounds: "100 200 200 300", 100..<300), ("100 200 208 300", 100..<200),
            ("100 200 200 200", 100..<200), ("0 0 0 0", nil), ("100 100 100 300", nil),
            ("100 200 200", nil), ("", nil),
        ] as [(String, Range<UInt>?)])
    func `the room is that of the arguments and of the environment after them`(
        bounds: String, expected: Range<UInt>?
    ) {
        let before = (3...47).map { "\($0)" }.joined(separator: " ")
        #expect(ProcessTitle.argumentArea(in: "12 (a) b) \(before) \(bounds)\n") == expected)
        #expect(ProcessTitle.argumentArea(in: bounds) == nil)
    }

    @Test func `the room of this process holds its arguments`() throws {
        let stat = try Descriptor.contents(of: "/proc/self/stat")
        let area = try #require(ProcessTitle.argumentArea(in: stat))
        let first = try #require(UnsafePointer<CChar>(bitPattern: area.lowerBound))
        #expect(String(cString: first) == CommandLine.arguments[0])
    }

    @Test(arguments: [
        ("ab", "ab\0\0\0\0"), ("abcde", "abcde\0"), ("abcdefgh", "abcde\0"), ("", "\0\0\0\0\0\0"),
    ])
    func `a title is cut to its room and ends with a zero`(title: String, expected: String) {
        withUnsafeTemporaryAllocation(byteCount: 6, alignment: 1) { area in
            area.copyBytes(from: "xxxxxx".utf8)
            ProcessTitle.write(title, into: area)
            #expect(String(decoding: area, as: UTF8.self) == expected)
        }
    }

    @Test(arguments: [(nil, "cordwood: worke\n"), ("cordwood", "cordwood\n")])
    func `the short name is the title's beginning or one of its own`(
        name: String?, expected: String
    ) throws {
        // Of this thread alone, which is the only one that a service has.
        let before = try Descriptor.contents(of: "/proc/thread-self/comm")
        defer { ProcessTitle.set(String(before.dropLast())) }
        ProcessTitle.set("cordwood: worker 2", name: name)
        let now = try Descriptor.contents(of: "/proc/thread-self/comm")
        #expect(now == expected)
    }

    @Test(arguments: ["cordwood", String(repeating: "x", count: 300)])
    func `arguments and environment can still be read after a title is set`(title: String) throws {
        let padding = "PADDING=" + String(repeating: "p", count: 500)
        let (status, output) = try Probe.run(
            ["title", title, "VARIABLE"], under: ["env", padding, "VARIABLE=kept"])
        #expect(status == 0)
        #expect(output == "\(title)\n\(title) kept\n")
    }

    @Test func `the environment is copied whole`() throws {
        let copy = try #require(ProcessTitle.copiedEnvironment(environ))
        var count = 0
        while let text = copy[count], let original = environ[count] {
            #expect(text != original)
            #expect(String(cString: text) == String(cString: original))
            count += 1
        }
        #expect(count > 0 && copy[count] == nil && environ[count] == nil)
    }
}
