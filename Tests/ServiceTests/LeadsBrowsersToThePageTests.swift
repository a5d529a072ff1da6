// SPDX-License-Identifier: Apache-2.0

import Testing

/// Somebody who opens the address of the service in a browser.
struct LeadsBrowsersToThePageTests {
    private static let accept = ["Accept: text/html,application/xhtml+xml"]

    @Test(arguments: ["/logs", "/logs/shop"], [true, false])
    func `GET on a path for records names its use and the page`(path: String, isOn: Bool) throws {
        try RunningService.run(environment: ["CORDWOOD_UI_ENABLED": "\(isOn)"]) { service in
            let answer = try service.request("GET", path, Self.accept)
            #expect(answer.status == 405)
            let message = try answer.failure.message
            #expect(message.contains("POST") && message.contains("/logs"), "\(message)")
            #expect(message.contains("/ui"), "\(message)")
            #expect(message.contains("ui.enabled") != isOn, "\(message)")
        }
    }

    @Test(arguments: ["/index.html", "/dashboard", "/ui/"])
    func `the answer for an unknown path names the page if there is one`(path: String) throws {
        for isOn in [true, false] {
            try RunningService.run(environment: ["CORDWOOD_UI_ENABLED": "\(isOn)"]) { service in
                let answer = try service.request("GET", path, Self.accept)
                #expect(answer.status == 404)
                let message = try answer.failure.message
                #expect(message.contains("/logs"), "\(message)")
                #expect(message.contains("/ui") == isOn, "\(message)")
            }
        }
    }

    @Test func `a page that only operators see is named only to them`() throws {
        let port = try FreePort.find()
        let settings = """
            listen: 127.0.0.1:0
            admin: {listen: ["127.0.0.1:\(port)"]}
            observation: {access: admin}
            ui: {enabled: true}

            """
        try RunningService.run(configuration: settings) { service in
            let there = try Self.get(port, "/index.html")
            #expect(there.status == 404)
            #expect(try there.failure.message.contains("/ui"))
            #expect(try !there.failure.message.contains("/logs"))
            let elsewhere = try Self.get(service.port, "/nowhere")
            #expect(try !elsewhere.failure.message.contains("/ui"))
        }
    }

    private static func get(_ port: UInt16, _ path: String) throws -> Response {
        let connection = try Connection(port: port)
        try connection.send(Request.bytes("GET", path, accept))
        return try #require(try connection.response())
    }
}
