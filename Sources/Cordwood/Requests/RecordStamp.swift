// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration

/// The stamp on the records of a request, made once for all of them.
struct RecordStamp: ~Copyable {
    /// The names of its members, which need no escaping.
    private let fields: [(field: Configuration.Stamp.Field, name: [UInt8])]
    /// `"a":"b","c":"d"}`, which replaces each record's closing brace; empty for none.
    private(set) var bytes = ByteBuffer()

    init(_ settings: Configuration.Stamp) {
        fields = settings.fields.map { ($0, Array((settings.prefix + $0.rawValue).utf8)) }
    }

    /// Whether it can have any members.
    var isWanted: Bool { !fields.isEmpty }

    /// Makes the stamp of a request.
    ///
    /// - Parameters:
    ///   - timeMilliseconds: when it had arrived completely, since 1970.
    ///   - client: its address.
    ///   - token: the name of its token; empty for none.
    ///   - requestID: its id.
    mutating func prepare(
        timeMilliseconds: Int64, client: Span<UInt8>, token: Span<UInt8>, requestID: Span<UInt8>
    ) {
        bytes.removeAll()
        for (field, name) in fields where field != .token || !token.isEmpty {
            bytes.append(bytes.isEmpty ? "\"" : ",\"")
            bytes.append(name.span)
            bytes.append("\":\"")
            switch field {
            case .receivedAt: bytes.append(rfc3339: timeMilliseconds)
            case .client: bytes.append(jsonEscaping: client)
            case .token: bytes.append(jsonEscaping: token)
            case .requestID: bytes.append(jsonEscaping: requestID)
            }
            bytes.append("\"")
        }
        if !bytes.isEmpty { bytes.append("}") }
    }
}
