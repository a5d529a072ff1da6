// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The first lines of the diagnostic log.
struct SaysWhatItServesTests {
    @Test func `the start says where records are taken, where they go and when files rotate`()
        throws
    {
        let admin = try FreePort.find()
        try RunningService.run(
            ["--utc", "--when", "H"], environment: ["CORDWOOD_ADMIN_LISTEN": "127.0.0.1:\(admin)"]
        ) { service in
            let listening = service.lines(about: .listening)
            #expect(listening.count == 2)
            #expect(
                listening[0].contains(
                    "listening on http://127.0.0.1:\(service.port) for records, without a token"))
            #expect(
                listening[1].contains("listening on http://127.0.0.1:\(admin) for operators"))
            let files = try #require(service.lines(about: .timeZone).first)
            #expect(files.contains("files in \(service.directory.path) "))
            let next = (Int(Date().timeIntervalSince1970) / 3600 + 1) * 3600
            let time = Date(timeIntervalSince1970: TimeInterval(next)).ISO8601Format()
            let earlier = Date(timeIntervalSince1970: TimeInterval(next - 3600)).ISO8601Format()
            #expect(
                files.contains("app.log next at \(time)")
                    || files.contains("app.log next at \(earlier)"), "\(files)")
        }
        try Tokens.run { service in
            let listening = service.lines(about: .listening)
            #expect(listening.allSatisfy { $0.contains("for records, with a token") })
        }
    }
}
