// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP

struct ConnectionTests {
    /// Ten thousand of them are to cost little.
    @Test
    func `a connection that waits for nothing is small`() {
        #expect(MemoryLayout<Connection>.stride <= 800, "\(MemoryLayout<Connection>.stride)")
        let connection = Connection(limits: Limits())
        #expect(connection.bufferedByteCount == 0)
    }
}
