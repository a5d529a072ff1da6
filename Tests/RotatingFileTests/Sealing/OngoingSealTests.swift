// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

/// Retention while the same process compresses: what has expired goes, in its order, also when it
/// is being compressed.
@Suite struct OngoingSealTests {
    private let place: Workplace
    private let names = (1...4).map { "app.log.1970-01-0\($0)" }

    init() throws {
        place = try Workplace()
        try place.write("", to: ".app.log.state")
        // Each is read in several pieces.
        for (index, name) in names.enumerated() {
            try place.write(String(repeating: "\(index)\n", count: 400_000), to: name)
            try place.setModified(name, Int64(index + 1))
        }
    }

    /// What is kept, changed while a file is compressed.
    private final class Limits {
        var retention = Retention()
        var asked = 0
        var report = Sealer.Report()

        init() { retention.backupCount = 4 }
    }

    /// A sealer that applies `change` and removes what has expired, when it is asked for the
    /// `moment`-th time whether it should stop.
    private func sealer(
        _ limits: Limits, moment: Int, isShared: Bool = true,
        _ change: @escaping (Limits) -> Void
    ) -> Sealer {
        let remover = Sealer(directory: place.directory, retention: { _ in limits.retention })
        var sealer = Sealer(
            directory: place.directory, retention: { _ in limits.retention },
            shouldStop: {
                limits.asked += 1
                if limits.asked == moment {
                    change(limits)
                    limits.report = (try? remover.removeExpired(now: 100)) ?? Sealer.Report()
                }
                return false
            })
        if isShared { sealer.ongoing = remover.ongoing }
        return sealer
    }

    // The first file is compressed from the third time on, and then compared.
    @Test(arguments: 1...16)
    func `a file that expires while it is compressed is removed with all expired ones`(
        moment: Int
    ) throws {
        let limits = Limits()
        let sealer = sealer(limits, moment: moment) { $0.retention.backupCount = 1 }
        var reports = [try sealer.sealWaiting(now: 100), limits.report]
        try #require(limits.asked >= moment)
        reports.append(try sealer.removeExpired(now: 100))
        #expect(try place.names == [names[3]] || place.names == [names[3] + ".gz"])
        #expect(reports.allSatisfy { $0.failures.isEmpty && !$0.isBusy })
        let removed = reports.flatMap(\.removedNames).map { $0.replacing(".gz", with: "") }
        #expect(Set(removed) == Set(names[..<3]) && removed.count == 3)
        // The pass that was ended is no obstacle to the next.
        #expect(try sealer.sealWaiting(now: 100).sealedCount + reports[0].sealedCount >= 1)
        #expect(try place.names == [names[3] + ".gz"])
    }

    @Test func `compressing ends at once`() throws {
        let limits = Limits()
        let sealer = sealer(limits, moment: 4) { $0.retention.backupCount = 2 }
        let report = try sealer.sealWaiting(now: 100)
        #expect(limits.asked <= 6 && report.sealedCount == 0)
        #expect(report.removedNames == [names[0], names[1]])
        #expect(try place.names == [names[2], names[3]])
    }

    @Test func `a file that does not expire is compressed while others go`() throws {
        let limits = Limits()
        try place.write("", to: "app.log.1969-01-01.gz")
        try place.setModified("app.log.1969-01-01.gz", 0)
        limits.retention.backupCount = 5
        let sealer = sealer(limits, moment: 4) { $0.retention.backupCount = 4 }
        let report = try sealer.sealWaiting(now: 100)
        #expect(limits.report.removedNames == ["app.log.1969-01-01.gz"])
        #expect(report.sealedCount == 4)
        #expect(try place.names == names.map { $0 + ".gz" })
    }

    @Test func `a file that has expired is not compressed to its end`() throws {
        let limits = Limits()
        let sealer = sealer(limits, moment: 4) { $0.retention.maximumAgeSeconds = 98 }
        // By its own time the pass would keep it.
        #expect(try sealer.sealWaiting(now: 50).sealedCount == 0)
        #expect(try sealer.removeExpired(now: 100).removedNames == [names[0]])
        #expect(try sealer.sealWaiting(now: 100).sealedCount == 3)
    }

    @Test func `a file that another process compresses is left to it`() throws {
        let limits = Limits()
        let sealer = sealer(limits, moment: 4, isShared: false) { $0.retention.backupCount = 1 }
        let report = try sealer.sealWaiting(now: 100)
        #expect(limits.report.isBusy && limits.report.removedCount == 0)
        #expect(report.sealedCount == 4)
        #expect(try place.names == [names[3] + ".gz"])
    }
}

extension Sealer.Report {
    fileprivate var isBusy: Bool {
        events.contains { if case .busy = $0 { true } else { false } }
    }

    fileprivate var removedNames: [String] {
        events.compactMap { event in
            guard case .removed(let removal) = event else { return nil }
            return removal.fileName
        }
    }
}
