// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: Program.curl != nil, "needs curl"))
struct TakesWhatCurlSendsTests {
    @Test(
        arguments: [
            (#"{"a":1}"#, ["-H", "Content-Type: application/json"], [#"{"a":1}"#]),
            (
                #"[{"a":1},{"a":2}]"#, ["-H", "Content-Type: application/json"],
                [#"{"a":1}"#, #"{"a":2}"#]
            ),
            (#"[{"a":1},{"a":2}]"#, [], [#"{"a":1}"#, #"{"a":2}"#]),
            (
                "{\"a\":1}\n{\"a\":2}\n", ["-H", "Content-Type: application/x-ndjson"],
                [#"{"a":1}"#, #"{"a":2}"#]
            ),
            ("{\"a\":1}\r\n\r\n{\"a\":2}", [], [#"{"a":1}"#, #"{"a":2}"#]),
            (#"{"a":1}{"a":2}"#, [], [#"{"a":1}"#, #"{"a":2}"#]),
            (#"{"logs":[{"a":1},{"a":2}]}"#, ["-H", "Content-Type:"], [#"{"a":1}"#, #"{"a":2}"#]),
            (
                "one line\nand another\n", ["-H", "Content-Type: text/plain"],
                [#"{"message":"one line"}"#, #"{"message":"and another"}"#]
            ),
            ("a=1&b=two+words", [], [#"{"a":"1","b":"two words"}"#]),
            ("{\n  \"a\": [\n    1\n  ]\n}\n", [], [#"{  "a": [    1  ]}"#]),
            ("{\"a\":1}", ["-X", "PUT"], [#"{"a":1}"#]),
            ("{\"a\":1}", ["--http1.0"], [#"{"a":1}"#]),
        ] as [(String, [String], [String])])
    func `a body in any of its forms becomes its records`(
        body: String, arguments: [String], expected: [String]
    ) throws {
        try RunningService.run(environment: RunningService.unstamped) { service in
            let answer = try curl(service, arguments + ["--data-binary", "@-"], body)
            #expect(answer == "200 \(expected.count)")
            #expect(try service.lines() == expected)
        }
    }

    @Test(arguments: ["gzip", "deflate"])
    func `a compressed body is decompressed`(encoding: String) throws {
        try RunningService.run { service in
            let record = #"{"text":"\#(String(repeating: "wood ", count: 5000))"}"#
            let compress = """
                import gzip, sys, zlib
                module = gzip if sys.argv[1] == "gzip" else zlib
                sys.stdout.buffer.write(module.compress(sys.stdin.buffer.read()))
                """
            let file = service.directory.appendingPathComponent("../body").path
            try #require(Program.python != nil)
            _ = try ChildProcess(
                program: "/bin/sh",
                arguments: [
                    "-c", "\"$0\" -c \"$1\" \"$2\" > \"$3\"", Program.python ?? "", compress,
                    encoding, file,
                ],
                input: Data(record.utf8)
            ).output()
            let answer = try curl(
                service, ["-H", "Content-Encoding: \(encoding)", "--data-binary", "@\(file)"])
            #expect(answer == "200 1")
            #expect(try service.lines() == [record])
        }
    }

    @Test
    func `chunks from a pipe are one body`() throws {
        try RunningService.run { service in
            let answer = try ChildProcess(
                program: "/bin/sh",
                arguments: [
                    "-c",
                    """
                    { echo '{"part":1}'; printf '{"pa'; printf 'rt":2}'; } \
                      | "$0" -sS --http1.1 -H 'Expect:' -T - -X POST -w %{http_code} "$1"
                    """,
                    #require(Program.curl), "http://127.0.0.1:\(service.port)/logs",
                ]
            ).output()
            #expect(answer == #"{"accepted":2,"rejected":0}"# + "\n200")
            #expect(try service.lines() == [#"{"part":1}"#, #"{"part":2}"#])
        }
    }

    @Test
    func `two megabytes wait for 100 Continue`() throws {
        try RunningService.run { service in
            let line = #"{"text":"\#(String(repeating: "x", count: 1000))"}"#
            let body = Data(String(repeating: line + "\n", count: 2000).utf8)
            let result = try ChildProcess(
                program: #require(Program.curl),
                arguments: [
                    "-sSv", "-H", "Expect: 100-continue", "--expect100-timeout", "10",
                    "--data-binary", "@-", "http://127.0.0.1:\(service.port)/logs",
                ], input: body
            ).run()
            #expect(result.output == #"{"accepted":2000,"rejected":0}"# + "\n")
            #expect(result.errors.contains("< HTTP/1.1 100 Continue"))
            #expect(try service.lines() == Array(repeating: line, count: 2000))
        }
    }

    /// `--anyauth` asks without a token first, and reads of the answer how to send one.
    @Test(
        arguments: [
            (["-u", "shop:\(Tokens.shop)"], "200"),
            (["--anyauth", "-u", "shop:\(Tokens.shop)"], "200"),
            (["--oauth2-bearer", Tokens.shop], "200"), ([], "401"),
            (["-u", "all:\(Tokens.shop)"], "401"), (["-u", "shop:guess"], "401"),
            (["--anyauth", "-u", "shop:guess"], "401"),
        ] as [([String], String)])
    func `a token is shown as a password or by itself`(arguments: [String], status: String) throws {
        try Tokens.run { (service) throws in
            let record = #"{"a":1}"#
            let answer = try ChildProcess(
                program: #require(Program.curl),
                arguments: ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-d", record]
                    + arguments + ["http://127.0.0.1:\(service.port)/logs/shop"]
            ).output()
            #expect(answer == status)
            #expect(try service.lines(of: "shop") == (status == "200" ? [record] : []))
        }
    }

    /// The status and how many records were accepted.
    private func curl(
        _ service: RunningService, _ arguments: [String], _ input: String = ""
    ) throws -> String {
        let output = try ChildProcess(
            program: #require(Program.curl),
            arguments: ["-sS", "-w", "%{http_code}"] + arguments
                + ["http://127.0.0.1:\(service.port)/logs"],
            input: Data(input.utf8)
        ).output()
        let parts = output.components(separatedBy: "\n")
        let answer = try JSONDecoder().decode(
            Response.Ingested.self, from: Data(parts.dropLast().joined(separator: "\n").utf8))
        return "\(parts.last ?? "") \(answer.accepted)"
    }
}
