import Testing

@testable import RotatingFile

/// A directory in which others append, rotate, seal and remove while it is read.
@Suite struct ConcurrentVerificationTests {
    @Test func `what others are doing at this moment is no damage`() async throws {
        let place = try MadeDirectory()
        let path = place.path
        let verifier = Task.detached {
            var (findings, lineCount, runCount) = ([Verification.Finding](), 0, 0)
            repeat {
                let report = try Verification(directory: path).run()
                findings += report.streams.flatMap(\.findings).filter(\.kind.isDamage)
                lineCount += report.total.lineCount
                runCount += 1
            } while !Task.isCancelled
            return (findings, lineCount, runCount)
        }
        try write(into: path, rollovers: 300)
        verifier.cancel()
        let (findings, lineCount, runCount) = try await verifier.value
        #expect(findings == [])
        #expect(runCount > 3 && lineCount > 0)
    }

    /// Appends ten times before each rollover, and seals all but what is newest.
    private func write(into path: String, rollovers: Int) throws {
        let file = try RotatingFile(
            path: path + "/app.log", schedule: try RotationSchedule(when: .seconds, zone: .utc),
            now: 0)
        let line = [UInt8](repeating: UInt8(ascii: "1"), count: 5000) + [UInt8(ascii: "\n")]
        var options = Sealer.Options()
        options.retention.backupCount = 5
        for now in 1...Int64(rollovers) {
            for _ in 0..<10 { try file.append(line.span, now: now) }
            if now % 4 == 0 {
                _ = try Sealer(directory: path, options: options).run(now: now)
            }
        }
    }
}
