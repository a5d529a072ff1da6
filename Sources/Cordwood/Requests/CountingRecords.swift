import Ingest
import Monitoring

extension Counters {
    /// Counts the records of a request that stand in their files.
    ///
    /// - Parameter place: that of their stream in the `StreamDirectory`.
    func count(_ report: borrowing IngestReport, at place: Int) {
        add(report.accepted + report.rejected, to: .received)
        add(report.accepted, to: .written)
        add(report.accepted, to: .written, at: place)
        add(report.decodedByteCount, to: .decodedBytes)
        if report.rejected == 0 { return }
        add(report.rejected, to: .rejected)
        add(report.rejected, to: .rejected, at: place)
        add(report.unkept, to: .unkept)
        for reason in RejectionReason.allCases {
            let count = report.rejected(for: reason)
            if count > 0 { countRejection(reason, count) }
        }
    }
}
