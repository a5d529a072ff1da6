// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `GET /`: a short page for a browser, and text for curl.
struct WelcomesVisitorsTests {
    private static let html = ["Accept: text/html,application/xhtml+xml;q=0.9"]

    @Test(.enabled(if: Program.curl != nil, "needs curl"))
    func `curl gets text with commands that work`() throws {
        try RunningService.run { service in
            let answer = try service.request("GET", "/", ["Accept: */*"])
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "text/plain; charset=utf-8")
            #expect(answer.header("vary") == "Accept")
            let text = try ChildProcess(
                program: Program.curl ?? "curl",
                arguments: ["-s", "http://127.0.0.1:\(service.port)/"]
            ).output()
            #expect(text.contains("/openapi.yaml") && text.contains("/health"))
            #expect(!text.contains("/ui") && !text.contains("Bearer"))
            // The first command, as it stands there.
            let command = try #require(text.split(separator: "\n").first { $0.contains("curl ") })
            let result = try ChildProcess(
                program: "/bin/sh", arguments: ["-c", String(command)]
            ).output()
            #expect(result.contains(#""accepted":1"#), "\(command)")
            #expect(try service.lines() == [#"{"level":"info","msg":"hello"}"#])
        }
    }

    @Test func `a browser gets a page that runs nothing`() throws {
        try RunningService.run(environment: ["CORDWOOD_UI_ENABLED": "true"]) { service in
            let answer = try service.request("GET", "/", Self.html)
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "text/html; charset=utf-8")
            #expect(
                answer.header("content-security-policy")?.contains("default-src 'none'") == true)
            let page = answer.text
            #expect(page.contains("<a href=\"/ui\">/ui</a>"))
            #expect(page.contains("<a href=\"/openapi.yaml\">/openapi.yaml</a>"))
            for path in page.matches(of: /href="([^"]*)"/).map(\.output.1) {
                let linked = try service.get(String(path))
                #expect(linked.status == 200, "\(path)")
            }
            #expect(page.contains("<pre>curl"))
            #expect(!page.contains("<script"))
        }
    }

    @Test(arguments: ["a&lt;b", "$(id)", "a;id", "a'b"])
    func `a host that means something to a shell or a browser is not shown`(host: String) throws {
        try RunningService.run { service in
            for accept in ["text/html", "text/html;q=0, */*"] {
                let connection = try Connection(port: service.port)
                let request = "GET / HTTP/1.1\r\nHost: \(host)\r\nAccept: \(accept)\r\n\r\n"
                try connection.send(Array(request.utf8))
                let answer = try #require(try connection.response())
                #expect(answer.status == 200)
                #expect(answer.text.contains("http://localhost/logs"), "\(answer.text)")
                #expect(answer.text.contains("<pre>") == (accept == "text/html"))
            }
        }
    }

    @Test func `tokens are named where records need them, and the page needs none`() throws {
        try Tokens.run { service in
            let text = try service.get("/").text
            #expect(text.contains("Authorization: Bearer TOKEN"))
        }
    }

    @Test func `HEAD has the fields of GET`() throws {
        try RunningService.run { service in
            let get = try service.request("GET", "/", [])
            let head = try service.request("HEAD", "/", [])
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.header("content-length") == "\(get.body.count)")
            #expect(try service.request("DELETE", "/", []).status == 405)
        }
    }

    @Test func `a listener for operators says that it accepts no records`() throws {
        let port = try FreePort.find()
        let settings = """
            listen: 127.0.0.1:0
            admin: {listen: ["127.0.0.1:\(port)"]}

            """
        try RunningService.run(configuration: settings) { service in
            let connection = try Connection(port: port)
            try connection.send(Request.bytes("GET", "/", []))
            let text = try #require(try connection.response()).text
            #expect(text.contains("for operators") && text.contains("/ui"))
            #expect(!text.contains("curl"))
        }
    }
}
