// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// Whatever a client calls a stream, only the directory's own files are written.
struct ConfinesStreamsTests {
    /// As they stand in the request line.
    private static let refused = [
        // Other directories, in every spelling.
        "..", ".", "../x", "../../x", "/etc/x", "//x", "x/", "x/..", "./x", "a/../../x",
        "%2e%2e", "%2e%2e%2fx", "..%2fx", "%2e%2e/x", "..%5cx", "%252e%252e%252fx", "%c0%ae%c0%ae",
        "%c0%ae%c0%ae%c0%afx", "..\\x", "x\\..\\y", "..;/x", "..%00/x", "x%2fy", "%2fetc%2fx",
        "~", "~root", "file:x", "c:x",
        // Hidden files, which state pages are.
        ".x", ".x.log.state", ".x.log.2026-11-23.gz.tmp", "%2ex",
        // NUL and control characters, raw and encoded.
        "x\0", "x\0.log", "\0", "x%00", "x%00.log", "x\t", "x%09", "x%0a", "x%0d%0ay", "x\u{7f}",
        "x\u{1b}",
        // Too long, too short.
        "", String(repeating: "a", count: 65), String(repeating: "a", count: 256),
        String(repeating: "a", count: 5000), String(repeating: "../", count: 100) + "x",
        // Other letters, and other forms of the same.
        "X", "App", "APP", "ä", "%c3%a4", "a\u{308}", "\u{202e}x", "\u{ff0e}\u{ff0e}\u{2215}x",
        "x\u{200b}", "\u{3000}", "%x", "%", "x%2", "%u002e%u002e", "x%6c", "%61pp",
        // What a shell, a browser or another system would read otherwise.
        "*", "x*", "x y", "x+y", "x%20y", "x;y", "x,y", "x&y", "x=y", "x:y", "x|y", "$HOME", "`x`",
        "x'", "x\"", "-x", "_x", "--help", "x@y", "{x}", "x!",
        // Files that are another stream's.
        "x..", "x..y", "x...", "shop.rejected", "x.rejected.rejected", "2026-11-23.rejected",
    ]

    @Test func `a name that could mean anything else touches nothing`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            let inside = try names(in: service.directory)
            let outside = try place(around: service)
            for name in Self.refused {
                let connection = try service.connect()
                try connection.send(Request.post("{}", to: "/logs/\(name)"))
                let answer = try #require(try connection.response(), "\(name.debugDescription)")
                #expect([400, 404].contains(answer.status), "\(name.debugDescription)")
                #expect(try !answer.failure.message.isEmpty)
                #expect(try names(in: service.directory) == inside, "\(name.debugDescription)")
            }
            #expect(try place(around: service) == outside)
            #expect(try service.lines().isEmpty)
        }
    }

    /// Names that look like other files of `app` and of each other.
    private static let alike = [
        "app", "app.log", "app.log.log", "app.gz", "app.log.gz", "app.state", "app.log.state",
        "app.rejected.log", "rejected", "rejected.log", "app.tmp", "app.log.gz.tmp", "app.",
        "2026-11-23", "app.2026-11-23", "app.log.2026-11-23", "app.log.2026-11-23.gz",
        "app.log.2026-11-23.1", "app.log.2026-11-23_10-15-30", "app.log.2026-11-23.log", "0",
        "app.rejected.log.2026-11-23",
    ]

    /// With a rollover every second, and sealing.
    @Test func `streams that are called like files are kept apart`() throws {
        try RunningService.run(["--workers", "2", "--when", "S", "--utc"]) { service in
            for round in 0..<3 {
                for name in Self.alike {
                    let body = "{\"from\":\"\(name)\",\"n\":\(round)}\n{broken\n"
                    #expect(try service.post("/logs/\(name)", body).status == 200, "\(name)")
                }
                try eventually("a rollover of each") {
                    let names = try names(in: service.directory)
                    return Self.alike.allSatisfy { files(of: $0, among: names).count > round + 1 }
                }
            }
            try service.stop()
            let all = try names(in: service.directory)
            var known = Set<String>()
            for name in Self.alike {
                let files = files(of: name, among: all)
                let expected = (0..<3).map { "{\"from\":\"\(name)\",\"n\":\($0)}" }
                #expect(try lines(of: files, in: service.directory) == expected, "\(name)")
                let rejected = self.files(of: name + ".rejected", among: all)
                #expect(try lines(of: rejected, in: service.directory).count == 3, "\(name)")
                known.formUnion(files + rejected)
            }
            #expect(all.filter { !known.contains($0) && !$0.hasPrefix(".") } == [])
            let verdict = try Binary.run(["verify", service.directory.path])
            #expect(verdict.status == 0 && !verdict.output.contains("not of a stream"))
        }
    }

    @Test func `links in the directory are not followed`() throws {
        try RunningService.run(["--workers", "1", "--when", "S", "--utc"]) { service in
            let above = service.directory.deletingLastPathComponent()
            for name in ["target", "page", "rotated"] {
                try Data("keep\n".utf8).write(to: above.appendingPathComponent(name))
            }
            func link(_ name: String, to target: String) {
                symlink("../" + target, service.directory.path + "/" + name)
            }
            link("to-file.log", to: "target")
            link("to-nothing.log", to: "made")
            link("to-directory.log", to: ".")
            link(".to-page.log.state", to: "page")
            link(".to-no-page.log.state", to: "made")
            link("bad.rejected.log", to: "target")
            Glibc.link(above.path + "/target", service.directory.path + "/hard.log")
            Glibc.link(above.path + "/page", service.directory.path + "/.hard-page.log.state")
            let now = Int(Date().timeIntervalSince1970)
            for second in now..<now + 60 {
                link("rolled.log." + Self.suffix(second), to: "rotated")
                link(".rolled.log." + Self.suffix(second) + ".1.gz.tmp", to: "rotated")
            }
            let outside = try place(around: service)

            let broken = [
                "to-file", "to-nothing", "to-directory", "to-page", "to-no-page", "hard",
                "hard-page",
            ]
            for name in broken {
                let answer = try service.post("/logs/\(name)", "{}")
                #expect(answer.status == 503, "\(name)")
                #expect(try answer.failure.code == "write_failed")
            }
            #expect(try service.post("/logs/bad", #"{"broken"#).status == 503)
            #expect(try service.post("/logs/bad", "{}").status == 200)
            #expect(try service.post("/logs/rolled", "{}").status == 200)
            try eventually("a rolled and sealed file") {
                try names(in: service.directory).contains {
                    $0.hasPrefix("rolled.log.") && $0.hasSuffix(".1.gz")
                }
            }
            try service.stop()
            #expect(try place(around: service) == outside)
        }
    }

    // MARK: What is there

    private static func suffix(_ second: Int) -> String {
        var (time, parts) = (time_t(second), tm())
        gmtime_r(&time, &parts)
        return String(
            format: "%04d-%02d-%02d_%02d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1,
            parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
    }

    private func names(in directory: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }

    /// What stands beside the directory, with contents and times; not what the service says.
    private func place(around service: RunningService) throws -> [String] {
        let above = service.directory.deletingLastPathComponent()
        return try names(in: above).filter { $0 != "stderr" && $0 != "logs" }.map { name in
            let file = above.appendingPathComponent(name)
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            let time = attributes[.modificationDate] as? Date ?? .distantPast
            return "\(name) \(time.timeIntervalSince1970) \(text)"
        }
    }

    /// The active file of `stream` and what a rollover can have made of it, and nothing else.
    private func files(of stream: String, among names: [String]) -> [String] {
        let active = NSRegularExpression.escapedPattern(for: stream + ".log")
        let time = #"\.\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d"#
        let pattern = "^\(active)(\(time)(\\.\\d+)?(\\.gz)?)?$"
        let found = names.filter { $0.range(of: pattern, options: .regularExpression) != nil }
        return found.filter { $0 != stream + ".log" } + found.filter { $0 == stream + ".log" }
    }

    private func lines(of files: [String], in directory: URL) throws -> [String] {
        try files.flatMap { name in
            let path = directory.appendingPathComponent(name).path
            let program = name.hasSuffix(".gz") ? "/bin/gzip" : "/bin/cat"
            let arguments = name.hasSuffix(".gz") ? ["-dc", path] : [path]
            let text = try ChildProcess(program: program, arguments: arguments).output()
            return text.split(separator: "\n").map(String.init)
        }
    }
}
