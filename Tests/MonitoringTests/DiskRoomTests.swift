// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Monitoring

@Suite struct DiskRoomTests {
    @Test(arguments: [(99, true), (100, false), (101, false)])
    func `the room is low below the configured minimum`(freeBytes: Int, isLow: Bool) {
        let room = DiskRoom(freeBytes: freeBytes, totalBytes: 1000, minFreeBytes: 100)
        #expect(room.isLow == isLow)
    }

    @Test func `the minimum may depend on the size of the file system`() throws {
        let fileSystem = try FileSystem(at: "/")
        let room = DiskRoom(fileSystem) { $0 / 2 }
        #expect(room.totalBytes == Int(fileSystem.totalBytes) && room.totalBytes > 0)
        #expect(room.minFreeBytes == room.totalBytes / 2)
        #expect(room.freeBytes == Int(fileSystem.freeBytes))
    }
}
