// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

extension ByteBuffer {
    /// Appends a `google.rpc.Status` with a message that JSON need not escape.
    mutating func append(status message: StaticString, _ encoding: OTLPEncoding) {
        if encoding == .protobuf {
            append(varint: 2 << 3 | UInt64(ProtobufWireType.length.rawValue))
            append(varint: UInt64(message.utf8CodeUnitCount))
            append(message)
        } else {
            append("{\"message\":\"")
            append(message)
            append("\"}")
        }
    }

    /// Appends an `ExportLogsServiceResponse` that says how many records were rejected, and why.
    mutating func append(partialSuccess report: borrowing IngestReport, _ encoding: OTLPEncoding) {
        guard encoding == .protobuf else {
            append("{\"partialSuccess\":{\"rejectedLogRecords\":\"")
            append(decimal: report.rejected)
            append("\",\"errorMessage\":\"")
            append(reasonsOf: report)
            return append("\"}}")
        }
        var message = ByteBuffer(capacity: 256)
        message.append(reasonsOf: report)
        var success = ByteBuffer(capacity: 320)
        success.append(varint: 1 << 3 | UInt64(ProtobufWireType.varint.rawValue))
        success.append(varint: UInt64(report.rejected))
        success.append(varint: 2 << 3 | UInt64(ProtobufWireType.length.rawValue))
        success.append(varint: UInt64(message.count))
        success.append(message)
        append(varint: 1 << 3 | UInt64(ProtobufWireType.length.rawValue))
        append(varint: UInt64(success.count))
        append(success)
    }

    /// Appends text that names the first rejected records; JSON need not escape it.
    private mutating func append(reasonsOf report: borrowing IngestReport) {
        append("Rejected, and kept as rejected: ")
        for position in 0..<report.errorCount {
            let error = report.error(at: position)
            append(position > 0 ? ", record " : "record ")
            append(decimal: error.index)
            append(" (")
            append(error.reason.code)
            append(")")
        }
        let others = report.rejected - report.errorCount
        guard others > 0 else { return append(".") }
        append(" and ")
        append(decimal: others)
        append(others > 1 ? " others." : " other.")
    }
}
