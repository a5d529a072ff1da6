// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Cordwood

struct StorageTests {
    /// A service with another schedule must have released the files first, and no other has to wait.
    @Test(arguments: [
        ("", "per_stream: {a: {rotation: {when: H}}}", false),
        ("", "per_stream: {a: {format: raw, rotation: {backup_count: 1}}}", true),
        ("", "per_stream: {a: {rotation: {when: MIDNIGHT}}}", true),
        (
            "per_stream: {a: {rotation: {when: H}}}", "per_stream: {b: {rotation: {when: H}}}",
            false
        ),
        (
            #"per_stream: {a: {rotation: {when: H}}, "*": {rotation: {when: D}}}"#,
            #"per_stream: {"*": {rotation: {when: D}}}"#, false
        ),
        (
            "per_stream: {a: {rotation: {when: H}}}",
            "per_stream: {a: {ack: fsync, rotation: {when: H}}, b: {format: raw}}", true
        ),
    ])
    func `the identity of the files is that of all schedules`(
        first: String, second: String, isSame: Bool
    ) throws {
        let directory = FileManager.default.temporaryDirectory.path
        let identities = try [first, second].map { yaml in
            let settings = try configuration("directory: \(directory)\n" + yaml)
            return try Storage(settings, owner: nil).identity
        }
        #expect((identities[0] == identities[1]) == isSame)
        #expect(identities.allSatisfy { $0.hasSuffix(" " + directory) })
    }
}
