import Bytes

extension RecordSink {
    /// Counts `record` as rejected and keeps it, as one line of JSON, with what is known of it.
    mutating func reject(_ record: Span<UInt8>, _ reason: RejectionReason) {
        let index = nextIndex
        report.reject(index: index, reason: reason)
        guard rejected.count - rejectedStart < rejectedLimit else {
            report.unkept += 1
            return
        }
        rejected.append("{\"time\":\"")
        rejected.append(rfc3339: timeMilliseconds)
        rejected.append("\",\"stream\":\"")
        rejected.append(jsonEscaping: stream)
        rejected.append("\",\"peer\":\"")
        rejected.append(jsonEscaping: peer)
        rejected.append("\",\"index\":")
        rejected.append(decimal: index)
        rejected.append(",\"reason\":\"")
        rejected.append(reason.code)
        appendRaw(record)
    }

    private mutating func appendRaw(_ record: Span<UInt8>) {
        let isTruncated = record.count > limits.rejectedRecordByteCount
        let end = record.characterBoundary(atOrBefore: limits.rejectedRecordByteCount)
        let kept = record.extracting(0..<end)
        if kept.isUTF8 {
            rejected.append("\",\"raw\":\"")
            rejected.append(jsonEscaping: kept)
        } else {
            rejected.append("\",\"raw_base64\":\"")
            rejected.append(base64: kept)
        }
        rejected.append(isTruncated ? "\",\"truncated\":true}\n" : "\"}\n")
    }
}

extension ByteBuffer {
    /// Appends `text` in base64, padded (RFC 4648, section 4).
    mutating func append(base64 bytes: Span<UInt8>) {
        reserve((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let taken = min(3, bytes.count - index)
            var group: UInt32 = 0
            for place in 0..<3 {
                group = group << 8 | (place < taken ? UInt32(bytes[index + place]) : 0)
            }
            for place in 0..<4 {
                let sextet = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * place)) & 0x3F
                append(place <= taken ? Self.base64Digit(sextet) : UInt8(ascii: "="))
            }
            index += 3
        }
    }

    private static func base64Digit(_ sextet: UInt8) -> UInt8 {
        switch sextet {
        case 0..<26: UInt8(ascii: "A") + sextet
        case 26..<52: UInt8(ascii: "a") + (sextet - 26)
        case 52..<62: UInt8(ascii: "0") + (sextet - 52)
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
