// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import Testing

@testable import Linux

@Suite struct DirectoryTests {
    @Test func `a directory of more names than one call gives is listed whole`() throws {
        let directory = try TemporaryDirectory()
        let names = (0..<3000).map { "a file with a rather long name, number \($0)" }
        for name in names {
            _ = try Descriptor.open("\(directory.path)/\(name)", O_WRONLY | O_CREAT, mode: 0o600)
        }
        #expect(try Directory.names(in: directory.path).sorted() == names.sorted())
        #expect(try Directory.names(in: directory.path, atMost: 7).count == 7)
        #expect(try Directory.count(in: directory.path) { $0[$0.count - 1] == 0x30 } == 300)
    }

    @Test func `a name of any bytes is one of the names`() throws {
        let directory = try TemporaryDirectory()
        let names = [".hidden", "..two dots", "ä", String(repeating: "n", count: 255), " "]
        for name in names {
            _ = try Descriptor.open("\(directory.path)/\(name)", O_WRONLY | O_CREAT, mode: 0o600)
        }
        #expect(try Directory.names(in: directory.path).sorted() == names.sorted())
    }

    @Test(arguments: [("/dev/null", Errno.notDirectory), ("/nowhere", .noSuchFileOrDirectory)])
    func `a path that is not a directory is an error`(path: String, expected: Errno) {
        #expect(throws: expected) { try Directory.names(in: path) }
    }

    @Test(arguments: [
        "getdents64:1=EIO", "getdents64:2=EIO", "open:1=EIO", "readlink:1=EIO",
    ])
    func `every call that listing a directory needs can be made to fail`(fault: String) throws {
        let directory = try TemporaryDirectory()
        let result = try Probe.run(["list", directory.path], under: ["CORDWOOD_FAULTS=" + fault])
        #expect(result.status == 1)
        #expect(result.output.hasSuffix("Input/output error\n"))
    }

    @Test func `a link is followed to the directory that is listed`() throws {
        let directory = try TemporaryDirectory()
        let link = directory.path + "/link"
        try #require(symlink(".", link) == 0)
        #expect(try SymbolicLink.target(of: link) == ".")
        #expect(try Probe.run(["list", link]).output == "\(directory.path)\nlink\n")
        #expect(throws: Errno.invalidArgument) { try SymbolicLink.target(of: directory.path) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try SymbolicLink.resolve(link + "/none") }
    }
}
