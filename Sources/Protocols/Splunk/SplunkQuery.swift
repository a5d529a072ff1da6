// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP

/// What the head of a request says of its records, as members of their lines.
///
/// Each is empty, or has a comma behind it.
struct SplunkQuery: ~Copyable {
    private(set) var host = ByteBuffer()
    private(set) var source = ByteBuffer()
    private(set) var sourcetype = ByteBuffer()
    private(set) var index = ByteBuffer()
    private(set) var channel = ByteBuffer()
    /// All of them, in this order.
    private(set) var all = ByteBuffer()
    /// The same as one member, without a comma; empty if there are none.
    private(set) var member = ByteBuffer()
    private var value = ByteBuffer()

    /// Reads a head.
    mutating func read(_ head: RequestHead, _ bytes: Span<UInt8>) {
        if !all.isEmpty { removeAll() }
        var query = QueryParameters(head.query)
        while let parameter = query.next(in: bytes) {
            func isNamed(_ name: StaticString) -> Bool {
                QueryParameters.matches(parameter.name, of: bytes, name)
            }
            if isNamed("host") {
                Self.decode(bytes, parameter.value, "\"host\":", &value, into: &host)
            } else if isNamed("source") {
                Self.decode(bytes, parameter.value, "\"source\":", &value, into: &source)
            } else if isNamed("sourcetype") {
                Self.decode(bytes, parameter.value, "\"sourcetype\":", &value, into: &sourcetype)
            } else if isNamed("index") {
                Self.decode(bytes, parameter.value, "\"index\":", &value, into: &index)
            } else if isNamed("channel") {
                Self.decode(bytes, parameter.value, "\"channel\":", &value, into: &channel)
            }
        }
        let field = head[.xSplunkRequestChannel]
        if !field.isEmpty {
            channel.removeAll()
            channel.append("\"channel\":")
            channel.append(jsonText: bytes.extracting(field))
            channel.append(.comma)
        }
        join()
    }

    private mutating func removeAll() {
        host.removeAll()
        source.removeAll()
        sourcetype.removeAll()
        index.removeAll()
        channel.removeAll()
        all.removeAll()
        member.removeAll()
    }

    private mutating func join() {
        all.append(host)
        all.append(source)
        all.append(sourcetype)
        all.append(index)
        all.append(channel)
        if all.isEmpty { return }
        member.append("\"_hec\":{")
        member.append(all)
        member.truncate(to: member.count - 1)
        member.append(.closeBrace)
    }

    /// Decodes a value of the query, and makes a member of it.
    private static func decode(
        _ bytes: Span<UInt8>, _ encoded: Range<Int>, _ name: StaticString,
        _ value: inout ByteBuffer, into member: inout ByteBuffer
    ) {
        value.removeAll()
        var index = encoded.lowerBound
        while index < encoded.upperBound {
            value.append(bytes.formByte(at: &index, before: encoded.upperBound))
        }
        member.removeAll()
        member.append(name)
        member.append(jsonText: value)
        member.append(.comma)
    }
}
