// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Streams

@Suite struct StreamFileTests {
    @Test(arguments: [
        ("app.log", "app", false), ("app.rejected.log", "app", true),
        ("x.log.log", "x.log", false), ("rejected.log", "rejected", false),
    ])
    func `a name is read as it is written`(name: String, stream: String, isOfRejected: Bool) throws
    {
        let file = try #require(StreamFile(named: name))
        #expect(file == StreamFile(stream, isOfRejected: isOfRejected))
        #expect(file.name == name && file.stem + ".log" == name)
    }

    @Test(arguments: ["app", "app.log.state", "app.log.2026-11-23", ".log2", ""])
    func `no other name is that of a stream's file`(name: String) {
        #expect(StreamFile(named: name) == nil)
    }

    @Test(arguments: [
        ("app", true), ("app.rejected", true), ("app.rejected.rejected", false),
        (".rejected", false), ("rejected", true), ("App", false), ("", false),
    ])
    func `clients name a stream or its rejected records`(stem: String, isStem: Bool) {
        #expect(StreamFile.isStem(Array(stem.utf8).span) == isStem)
    }
}
