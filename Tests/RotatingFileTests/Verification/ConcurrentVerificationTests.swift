import Synchronization
import Testing

@testable import RotatingFile

/// A directory in which others append, rotate, seal and remove while it is read.
@Suite struct ConcurrentVerificationTests {
    /// How often the reader has read all of it.
    private final class Progress: Sendable {
        let runCount = Atomic<Int>(0)
    }

    @Test func `what others are doing at this moment is no damage`() async throws {
        let place = try MadeDirectory()
        let path = place.path
        let progress = Progress()
        let verifier = Task.detached {
            var (findings, lineCount) = ([Verification.Finding](), 0)
            repeat {
                let report = try Verification(directory: path).run()
                findings += report.streams.flatMap(\.findings).filter(\.kind.isDamage)
                lineCount += report.total.lineCount
                progress.runCount.add(1, ordering: .relaxed)
            } while !Task.isCancelled
            return (findings, lineCount)
        }
        try write(into: path) { now in
            // On a busy machine the reader gets its first turn late: it must have had some.
            now > 300 && progress.runCount.load(ordering: .relaxed) > 3 || now > 20_000
        }
        verifier.cancel()
        let (findings, lineCount) = try await verifier.value
        #expect(findings == [])
        #expect(progress.runCount.load(ordering: .relaxed) > 3 && lineCount > 0)
    }

    /// Appends ten times before each rollover, and seals all but what is newest.
    private func write(into path: String, until isEnough: (Int64) -> Bool) throws {
        let file = try RotatingFile(
            path: path + "/app.log", schedule: try RotationSchedule(when: .seconds, zone: .utc),
            now: 0)
        let line = [UInt8](repeating: UInt8(ascii: "1"), count: 5000) + [UInt8(ascii: "\n")]
        var options = Sealer.Options()
        options.retention.backupCount = 5
        var now: Int64 = 0
        while !isEnough(now) {
            now += 1
            for _ in 0..<10 { try file.append(line.span, now: now) }
            if now % 4 == 0 {
                _ = try Sealer(directory: path, options: options).run(now: now)
            }
        }
    }
}
