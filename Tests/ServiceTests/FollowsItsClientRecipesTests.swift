// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What docs/clients prints is run as it stands there.
struct FollowsItsClientRecipesTests {
    @Test(arguments: [
        ("send.sh", "shell", 4), ("pipe.sh", "pipe", 2), ("stream.sh", "stream", 2),
    ])
    func `the shell's lines send what they say`(file: String, stream: String, count: Int) throws {
        try Scratch.with { scratch in
            try RunningService.run { service in
                let process = try Recipe(file, on: "clients/shell.md").start(
                    "/bin/sh", variables: ["LOGS_URL": "http://127.0.0.1:\(service.port)"],
                    in: scratch)
                try waitForEnd(of: process)
                #expect(try service.records(of: stream).count == count)
            }
        }
    }

    /// A page, its file, the program that runs it and its arguments, and the stream.
    struct Client: CustomTestStringConvertible {
        let page: String
        let file: String
        let program: String?
        var arguments: [String] = []
        var variables: [String: String] = [:]
        var stream: String { page }
        var testDescription: String { page }

        static let all = [
            Client(page: "python", file: "cordwood_handler.py", program: Program.python),
            Client(page: "node", file: "cordwood.mjs", program: Program.node),
            Client(page: "java", file: "Ship.java", program: Program.installed("java")),
            Client(
                page: "go", file: "ship.go", program: Program.installed("go"),
                arguments: ["run"], variables: ["GO111MODULE": "off", "GOFLAGS": ""]),
        ].filter { $0.program != nil }

        func start(_ variables: [String: String], in scratch: URL) throws -> Process {
            var all = self.variables.merging(variables) { $1 }
            // Go keeps what it has built in the home directory.
            all["GOCACHE"] = scratch.appendingPathComponent("cache").path
            return try Recipe(file, on: "clients/\(page).md").start(
                #require(program), arguments, variables: all, in: scratch)
        }
    }

    /// Each is started before the service is there, so it must try again, and is stopped for a
    /// reload in its middle.
    @Test(arguments: Client.all)
    func `a client that tries again loses nothing`(client: Client) throws {
        try Scratch.with { scratch in
            let port = try FreePort.find()
            let process = try client.start(["LOGS_URL": "http://127.0.0.1:\(port)"], in: scratch)
            defer { end(process) }
            let configuration = "listen: 127.0.0.1:\(port)\n"
            try RunningService.run(configuration: configuration) { service in
                try service.reload()
                try expectAll(of: client, process, service)
            }
        }
    }

    /// Each is answered 502 before the service is there, and then asked for its token.
    @Test(.enabled(if: Program.nginx != nil, "needs nginx"), arguments: Client.all)
    func `a client behind a proxy loses nothing either`(client: Client) throws {
        try Scratch.with { scratch in
            let port = try FreePort.find()
            let log = scratch.appendingPathComponent("statuses")
            try RealProxy.run(.nginx, { Self.proxy($0, to: port, log) }) { proxy in
                let process = try client.start(
                    [
                        "LOGS_URL": "http://127.0.0.1:\(proxy.port)", "LOGS_TOKEN": Tokens.all,
                    ], in: scratch)
                defer { end(process) }
                try eventually("an answer of the proxy's own", within: 120) {
                    try String(contentsOf: log, encoding: .utf8).contains("502")
                }
                try Tokens.withFile { file in
                    try RunningService.run(
                        environment: ["CORDWOOD_AUTH_TOKENS_FILE": file.path],
                        configuration: "listen: 127.0.0.1:\(port)\n"
                    ) { service in
                        try expectAll(of: client, process, service)
                    }
                }
            }
        }
    }

    @Test(arguments: Client.all.filter { ["python", "node"].contains($0.page) })
    func `a client waits for a token that may write`(client: Client) throws {
        try Scratch.with { scratch in
            try Tokens.withFile("# none yet\n") { file in
                let settings = ["CORDWOOD_AUTH_TOKENS_FILE": file.path]
                try RunningService.run(environment: settings) { service in
                    let process = try client.start(
                        [
                            "LOGS_URL": "http://127.0.0.1:\(service.port)",
                            "LOGS_TOKEN": Tokens.all,
                        ], in: scratch)
                    defer { end(process) }
                    try eventually("its token is refused") {
                        service.times(.accessDenied) > 0
                    }
                    try Data(Tokens.text().utf8).write(to: file, options: .atomic)
                    try expectAll(of: client, process, service)
                }
            }
        }
    }

    @Test(.enabled(if: SyslogNG.program != nil, "needs syslog-ng and its module http"))
    func `syslog-ng follows a file and loses none of its lines`() throws {
        try Scratch.with { scratch in
            let port = try FreePort.find()
            let source = scratch.appendingPathComponent("source.log")
            let lines = (0..<1000).map { #"order \#($0) is "paid""# }
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: source)
            let process = try SyslogNG.start(
                try Recipe("syslog-ng.conf", on: "clients/syslog-ng.md"),
                variables: [
                    "LOGS_URL": "http://127.0.0.1:\(port)", "SOURCE": source.path,
                ], in: scratch)
            defer { end(process) }
            try RunningService.run(configuration: "listen: 127.0.0.1:\(port)\n") { service in
                try eventually("all lines have come", within: 60) {
                    ((try? service.records(of: "syslog")) ?? []).count >= lines.count
                }
                let messages = try service.records(of: "syslog").compactMap { $0["message"]?.text }
                #expect(messages == lines)
            }
        }
    }

    /// The file is given another name in the middle, as logrotate does.
    @Test(
        .enabled(
            if: SyslogNG.program != nil && Program.nginx != nil, "needs nginx and syslog-ng"))
    func `nginx's access log comes whole, over a rotation of its file`() throws {
        try Scratch.with { scratch in
            let port = try FreePort.find()
            let log = scratch.appendingPathComponent("records.log")
            func recipe(_ file: String) throws -> Recipe {
                try Recipe(file, on: "clients/nginx.md")
                    .with(log, for: "/var/log/nginx/records.log")
            }
            let format = try recipe("access.conf").text
            let process = try SyslogNG.start(
                try recipe("access.syslog-ng.conf"),
                variables: ["LOGS_URL": "http://127.0.0.1:\(port)"], in: scratch)
            defer { end(process) }
            try RunningService.run(configuration: "listen: 127.0.0.1:\(port)\n") { service in
                try RealProxy.run(.nginx, { Self.site($0, format) }) { site in
                    func ask(_ request: [UInt8]) throws {
                        let connection = try Connection(port: site.port)
                        try connection.send(request)
                        #expect(try connection.response()?.status == 204)
                    }
                    func ask(_ paths: Range<Int>) throws {
                        for path in paths {
                            try ask(
                                Request.bytes("GET", "/\(path)?q=\"%22", ["User-Agent: a\"\\b"]))
                        }
                    }
                    func hasCome(_ count: Int) throws {
                        try eventually("\(count) requests have come", within: 60) {
                            ((try? service.records(of: "nginx")) ?? []).count >= count
                        }
                    }
                    // Alone in its batch, and no UTF-8: it is not sent again and again.
                    try ask(
                        Array("GET / HTTP/1.1\r\nHost: a\r\nReferer: ".utf8) + [0xFF]
                            + Array("\r\n\r\n".utf8))
                    try eventually("it is kept aside", within: 60) {
                        try service.lines(of: "nginx.rejected").count == 1
                    }
                    try ask(0..<100)
                    // Only a file that it has seen is followed to its new name.
                    try hasCome(100)
                    try FileManager.default.moveItem(
                        at: log, to: scratch.appendingPathComponent("records.log.1"))
                    try ask(100..<200)
                    kill(site.processID, SIGUSR1)
                    try eventually("a new file is there") {
                        FileManager.default.fileExists(atPath: log.path)
                    }
                    try service.reload()
                    try ask(200..<300)
                    try hasCome(300)
                }
                let records = try service.records(of: "nginx")
                #expect(records.map { $0["uri"] } == (0..<300).map { .string("/\($0)?q=\"%22") })
                #expect(records.allSatisfy { $0["status"] == "204" && $0["agent"] == "a\"\\b" })
                #expect(try service.lines(of: "nginx.rejected").count == 1)
            }
        }
    }

    private static func proxy(_ port: UInt16, to service: UInt16, _ log: URL) -> String {
        """
        daemon off; master_process off; pid nginx.pid; error_log stderr;
        events {}
        http {
            log_format status $status;
            access_log \(log.path) status;
            server {
                listen 127.0.0.1:\(port);
                location / { proxy_pass http://127.0.0.1:\(service); }
                # The other form of it: RFC 9110, section 10.2.3.
                add_header Retry-After "Fri, 31 Dec 1999 23:59:59 GMT" always;
            }
        }
        """
    }

    private static func site(_ port: UInt16, _ recipe: String) -> String {
        """
        daemon off; master_process off; pid nginx.pid; error_log stderr;
        events {}
        http {
            \(recipe)
            server { listen 127.0.0.1:\(port); location / { return 204; } }
        }
        """
    }

    private func expectAll(
        of client: Client, _ process: Process, _ service: RunningService
    ) throws {
        try waitForEnd(of: process)
        let records = try service.records(of: client.stream)
        #expect(records.count == 1000)
        #expect(Set(records.compactMap { $0["msg"]?.text }).count == 1000)
    }

    private func waitForEnd(of process: Process) throws {
        // A compiler may have to start first, on a machine that is busy.
        try eventually("the end of the client", within: 120) { !process.isRunning }
        #expect(process.terminationStatus == 0)
    }

    private func end(_ process: Process) {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}

/// A syslog-ng of the machine, or one that `.ci/packages` has unpacked: installed beside another
/// system logger it would take its place.
enum SyslogNG {
    private static let root = Program.unpackedRoot("syslog-ng")
    private static let modules = "\(root)/usr/lib/syslog-ng/3.38"

    static let program =
        FileManager.default.fileExists(atPath: "\(modules)/libhttp.so")
        ? "\(root)/usr/sbin/syslog-ng" : nil

    /// Where it finds what it has been unpacked with.
    private static var libraries: String {
        let places = ["\(root)/usr/lib", "\(root)/lib"].flatMap { place in
            ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [])
                .filter { $0.hasSuffix("-linux-gnu") }.map { "\(place)/\($0)" }
        }
        return ([modules, "\(root)/usr/lib/syslog-ng"] + places).joined(separator: ":")
    }

    static func start(
        _ recipe: Recipe, variables: [String: String], in directory: URL
    ) throws -> Process {
        let places = [
            "--foreground", "--no-caps", "--module-path=\(modules)",
            "--persist-file=\(directory.path)/persist", "--pidfile=\(directory.path)/pid",
            "--control=\(directory.path)/control", "--cfgfile",
        ]
        return try recipe.start(
            program ?? "", places,
            variables: variables.merging(["LD_LIBRARY_PATH": libraries]) { $1 }, in: directory)
    }
}
