// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Linux

@Suite struct CredentialsTests {
    @Test(
        arguments: [
            ("root", "", 0, 0, "root"), ("0", "", 0, 0, "root"), ("root", "daemon", 0, 1, "root"),
            ("root", "1", 0, 1, "root"), ("", "daemon", nil, 1, nil),
            ("", "77777", nil, 77777, nil),
            ("77777", "77778", 77777, 77778, nil),
        ] as [(String, String, uid_t?, gid_t, String?)])
    func `users and groups are names or numbers`(
        user: String, group: String, userNumber: uid_t?, groupNumber: gid_t, name: String?
    ) throws {
        let credentials = try #require(try Credentials.named(user: user, group: group))
        #expect(credentials.user == userNumber)
        #expect(credentials.group == groupNumber)
        #expect(credentials.name == name)
    }

    @Test func `without a name there are no credentials`() throws {
        #expect(try Credentials.named(user: "", group: "") == nil)
    }

    @Test(arguments: [
        ("no-such-user", "", Credentials.Failure.noSuchUser("no-such-user")),
        ("-1", "", .noSuchUser("-1")), ("4294967295", "", .noSuchUser("4294967295")),
        ("root", "no-such-group", .noSuchGroup("no-such-group")),
        ("", "4294967295", .noSuchGroup("4294967295")), ("77777", "", .noGroupOf("77777")),
    ])
    func `an unknown user or group is named`(
        user: String, group: String, failure: Credentials.Failure
    ) {
        #expect(throws: failure) { _ = try Credentials.named(user: user, group: group) }
    }

    @Test(
        .enabled(if: geteuid() == 0, "needs root"),
        arguments: [
            (
                "nobody", "",
                "Uid: 65534 65534 65534 65534|Gid: 65534 65534 65534 65534|Groups: 65534"
            ),
            ("nobody", "daemon", "Uid: 65534 65534 65534 65534|Gid: 1 1 1 1|Groups: 1"),
            (
                "77777", "77778",
                "Uid: 77777 77777 77777 77777|Gid: 77778 77778 77778 77778|Groups: 77778"
            ),
            ("", "77778", "Uid: 0 0 0 0|Gid: 77778 77778 77778 77778|Groups: 77778"),
            ("", "", nil),
        ] as [(String, String, String?)])
    func `root becomes another user in every respect`(
        user: String, group: String, expected: String?
    ) throws {
        let (status, output) = try Probe.run(["drop", user, group])
        #expect(status == 0)
        let lines = output.split(separator: "\n").joined(separator: "|")
        if let expected { #expect(lines == expected) } else { #expect(lines.hasPrefix("Uid: 0 0")) }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to become somebody who may not"))
    func `without root the error says so`() throws {
        let nobody = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
        let asRoot = try Probe.run(["drop", "root", ""], under: ["setpriv"] + nobody)
        #expect(asRoot.status == 1)
        #expect(asRoot.output == "\(Credentials.Failure.notPermitted)\n")
        let asThemselves = try Probe.run(["drop", "nobody", ""], under: ["setpriv"] + nobody)
        #expect(asThemselves.status == 0)
    }
}
