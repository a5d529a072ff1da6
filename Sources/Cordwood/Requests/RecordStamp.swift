// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import Linux

/// The stamps on the records of a request, made once for all of them.
struct RecordStamp: ~Copyable {
    /// A kind of record: its members, whose names need no escaping, and their bytes.
    fileprivate struct Part: ~Copyable {
        let fields: [(field: Configuration.Stamp.Field, name: [UInt8])]
        /// `"a":"b","c":"d"}`, which replaces each record's closing brace; empty for none.
        var bytes = ByteBuffer()

        init(_ fields: [Configuration.Stamp.Field], _ prefix: String) {
            self.fields = fields.map { ($0, Array((prefix + $0.rawValue).utf8)) }
        }
    }

    private var object: Part
    private var line: Part
    private let host: [UInt8]
    /// Whether text gets a time and objects nothing, which is the default: `prepare` needs no more
    /// than the time, and the requests of a second share most of the stamp.
    let isTimeAlone: Bool
    /// The time in the stamp of text, in milliseconds since 1970.
    private var textTime: Int64 = -1

    init(_ settings: Configuration.Stamp) {
        object = Part(settings.fields, settings.prefix)
        let others = settings.textFields.filter { !settings.fields.contains($0) }
        line = Part(settings.fields + others, settings.prefix)
        isTimeAlone = settings.fields.isEmpty && settings.textFields == [.receivedAt]
        host = Array(HostName.current.utf8)
    }

    /// For records that are objects.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self) borrowing get { object.bytes.span }
    }

    /// For records that are made of text.
    var textBytes: Span<UInt8> {
        @_lifetime(borrow self) borrowing get { line.bytes.span }
    }

    /// Whether any record gets members.
    var isWanted: Bool { !line.fields.isEmpty }

    /// Makes the stamps of a request.
    ///
    /// - Parameters:
    ///   - timeMilliseconds: when it had arrived completely, since 1970.
    ///   - client: its address.
    ///   - token: the name of its token; empty for none.
    ///   - requestID: its id.
    mutating func prepare(
        timeMilliseconds: Int64, client: Span<UInt8>, token: Span<UInt8>, requestID: Span<UInt8>
    ) {
        let host = host
        let values = Values(
            timeMilliseconds: timeMilliseconds, client: client, token: token, requestID: requestID,
            host: host.span)
        if !object.fields.isEmpty { object.prepare(values) }
        line.prepare(values)
    }

    /// Makes the stamps of a request if `isTimeAlone`.
    mutating func prepare(timeMilliseconds: Int64) {
        if textTime == timeMilliseconds { return }
        if textTime / 1000 == timeMilliseconds / 1000 {
            line.setFraction(timeMilliseconds % 1000)
        } else {
            prepare(
                timeMilliseconds: timeMilliseconds, client: Span(), token: Span(),
                requestID: Span())
        }
        textTime = timeMilliseconds
    }

    fileprivate struct Values: ~Escapable {
        let timeMilliseconds: Int64
        let client: Span<UInt8>
        let token: Span<UInt8>
        let requestID: Span<UInt8>
        let host: Span<UInt8>

        @_lifetime(copy client, copy token, copy requestID, copy host)
        init(
            timeMilliseconds: Int64, client: Span<UInt8>, token: Span<UInt8>,
            requestID: Span<UInt8>, host: Span<UInt8>
        ) {
            self.timeMilliseconds = timeMilliseconds
            self.client = client
            self.token = token
            self.requestID = requestID
            self.host = host
        }
    }
}

extension RecordStamp.Part {
    /// Changes the milliseconds of the time, which is the only member.
    fileprivate mutating func setFraction(_ milliseconds: Int64) {
        bytes.truncate(to: bytes.count - "000Z\"}".utf8.count)
        bytes.append(rfc3339Fraction: milliseconds)
        bytes.append("\"}")
    }

    fileprivate mutating func prepare(_ values: borrowing RecordStamp.Values) {
        bytes.removeAll()
        for (field, name) in fields where field != .token || !values.token.isEmpty {
            bytes.append(bytes.isEmpty ? "\"" : ",\"")
            bytes.append(name.span)
            bytes.append("\":\"")
            switch field {
            case .receivedAt: bytes.append(rfc3339: values.timeMilliseconds)
            case .client: bytes.append(jsonEscaping: values.client)
            case .token: bytes.append(jsonEscaping: values.token)
            case .requestID: bytes.append(jsonEscaping: values.requestID)
            case .host: bytes.append(jsonEscaping: values.host)
            }
            bytes.append("\"")
        }
        if !bytes.isEmpty { bytes.append("}") }
    }
}
