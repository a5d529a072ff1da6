// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The methods that a path supports, in the order in which `Allow` lists them (RFC 9110, 10.2.1).
package struct MethodSet: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

    // Computed rather than stored: a stored static is initialized lazily, behind a lock.
    @inlinable package static var get: MethodSet { MethodSet(rawValue: 1) }
    @inlinable package static var post: MethodSet { MethodSet(rawValue: 2) }
    @inlinable package static var put: MethodSet { MethodSet(rawValue: 4) }
    @inlinable package static var head: MethodSet { MethodSet(rawValue: 8) }
    @inlinable package static var options: MethodSet { MethodSet(rawValue: 16) }

    @inlinable package static var delete: MethodSet { MethodSet(rawValue: 32) }

    private static var names: [6 of (MethodSet, StaticString)] {
        [
            (.get, "GET"), (.post, "POST"), (.put, "PUT"), (.head, "HEAD"), (.options, "OPTIONS"),
            (.delete, "DELETE"),
        ]
    }

    /// Whether the set contains `method`.
    @inlinable package func contains(_ method: Method) -> Bool {
        switch method {
        case .get: contains(MethodSet.get)
        case .post: contains(MethodSet.post)
        case .put: contains(MethodSet.put)
        case .head: contains(MethodSet.head)
        case .options: contains(MethodSet.options)
        case .delete: contains(MethodSet.delete)
        default: false
        }
    }

    /// Appends their names, as `GET, HEAD`.
    package func append(to out: inout ByteBuffer) {
        var isFirst = true
        let names = Self.names
        for index in names.indices where contains(names[index].0) {
            if !isFirst { out.append(", ") }
            isFirst = false
            out.append(names[index].1)
        }
    }
}

extension MethodSet: CustomStringConvertible {
    package var description: String {
        var text = ByteBuffer()
        append(to: &text)
        return String(text)
    }
}
