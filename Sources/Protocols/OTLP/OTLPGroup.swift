// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The members that all records of a resource and of a scope have in common, made once for each.
struct OTLPGroup: ~Copyable {
    /// `"resource":{…},` and what the message around it has besides; empty if there is nothing.
    var resource = ByteBuffer()
    /// The same for the scope.
    var scope = ByteBuffer()

    /// Bytes of memory that it takes.
    var byteCount: Int { resource.capacity + scope.capacity }

    mutating func shrink(to byteCount: Int) {
        if resource.capacity > byteCount { resource = ByteBuffer() }
        if scope.capacity > byteCount { scope = ByteBuffer() }
    }

    /// Appends the members to a line.
    func append(to line: inout ByteBuffer) {
        line.append(scope)
        line.append(resource)
    }
}
