// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Runs the commands on standard input, one a line, so that a test decides their order.
///
/// `append NOW BYTES ID...` appends records and says `+ ID` or `- ID reason` for each;
/// With `limit`, no file may grow beyond so many bytes, and a write that reaches it is short.
/// `tick NOW` and `synchronize` say `+` or `- reason`. The first answer is that of opening.
enum DriveMode {
    static func run(_ settings: Settings) {
        limitFiles(to: settings.number("limit", default: 0))
        var file: RotatingFile?
        let start = Int64(settings.number("now", default: 0))
        answer { file = try settings.openFile(now: start) }
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            // A file that could not be opened is opened at the next command, as in a service.
            if file == nil { file = try? settings.openFile(now: start) }
            switch words.first {
            case "append":
                let (now, byteCount) = (Int64(words[1]) ?? 0, Int(words[2]) ?? 0)
                let lines = words.dropFirst(3).map { record($0, byteCount: byteCount) }
                    .reduce([], +)
                answer(words.dropFirst(3).joined(separator: ",")) {
                    try opened(file).append(lines.span, now: now)
                }
            case "tick":
                let now = Int64(words[1]) ?? 0
                answer { try opened(file).tick(now: now) }
            case "synchronize": answer { try opened(file).synchronize() }
            default: fail("not a command: \(line)")
            }
        }
    }

    private static func limitFiles(to byteCount: Int) {
        guard byteCount > 0 else { return }
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: UInt(byteCount), rlim_max: UInt(byteCount))
        if setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) != 0 { fail("no limit") }
    }

    private struct NotOpen: Error {}

    private static func opened(_ file: RotatingFile?) throws -> RotatingFile {
        guard let file else { throw NotOpen() }
        return file
    }

    private static func answer(_ subject: String = "", _ body: () throws -> Void) {
        do {
            try body()
            say("+ \(subject)")
        } catch {
            say("- \(subject) \(error)")
        }
    }
}
