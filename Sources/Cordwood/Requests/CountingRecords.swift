// SPDX-License-Identifier: Apache-2.0

import Ingest
import Monitoring

extension Counters {
    /// Counts the records of a request that are in their files.
    func count(_ report: borrowing IngestReport) {
        add(report.accepted + report.rejected, to: .received)
        add(report.accepted, to: .written)
        add(report.decodedByteCount, to: .decodedBytes)
        if report.rejected == 0 { return }
        add(report.rejected, to: .rejected)
        add(report.unkept, to: .unkept)
        for reason in RejectionReason.allCases {
            let count = report.rejected(for: reason)
            if count > 0 { countRejection(reason, count) }
        }
    }
}
