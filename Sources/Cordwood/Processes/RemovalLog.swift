// SPDX-License-Identifier: Apache-2.0

import Bytes
import Diagnostics
import Linux
import Logging
import Monitoring
import RotatingFile

/// Logs and counts the files that retention removes, and the files that it cannot remove.
struct RemovalLog {
    /// Expired files that are in use, and since when, in monotonic seconds.
    private var busySince: [String: Int64] = [:]
    private var reported: Set<String> = []

    /// A process that has rotated files open releases them within a second.
    private static let patienceSeconds: Int64 = 60

    mutating func note(
        _ report: Sealer.Report, _ storage: Storage, _ counters: Counters, _ log: Logger
    ) {
        var busy: [String] = []
        for event in report.events {
            switch event {
            case .removed(let removal):
                counters.add(1, to: removal.reason.cell)
                log.report(.fileRemoved, "\(Self.sentence(removal, storage))")
            case .busy(let name): busy.append(name)
            case .sealed, .spared: break
            }
        }
        reportBusy(busy, storage, log)
    }

    private static func sentence(_ removal: SealerEvent.Removal, _ storage: Storage) -> String {
        let age = Clock.epochSeconds() - removal.modified
        let written = age < 0 ? "in the future" : "\(Seconds.text(Int(age))) ago"
        return
            "removed \(storage.directory)/\(removal.fileName), reason \(removal.reason.rawValue): "
            + "\(removal.reason.sentence); it had \(removal.byteCount) bytes and was last written "
            + written
    }

    private mutating func reportBusy(_ names: [String], _ storage: Storage, _ log: Logger) {
        let now = Clock.monotonicSeconds()
        for name in names {
            let since = busySince[name] ?? now
            busySince[name] = since
            guard now - since >= Self.patienceSeconds, reported.insert(name).inserted else {
                continue
            }
            let holders = LockHolders(of: storage.directory + "/" + name)
            let processes = (holders.exclusive + holders.shared).map { "\($0)" }
            log.report(
                .fileBusy,
                "\(storage.directory)/\(name) has been in use for \(now - since) s and is neither compressed nor removed, and no newer file of its stream is removed before it: check the processes that have it open",
                metadata: ["processes": "\(processes.joined(separator: ", "))"])
        }
        // Two kinds of passes report, so a name that is missing from one may be in the next.
        if busySince.count > names.count + 64 {
            busySince = busySince.filter { names.contains($0.key) }
            reported = reported.filter { names.contains($0) }
        }
    }
}

extension Retention.Reason {
    var cell: Cell {
        switch self {
        case .count: .removedByCount
        case .age: .removedByAge
        case .bytes: .removedByBytes
        }
    }
}
