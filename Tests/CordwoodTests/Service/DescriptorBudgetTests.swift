// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cordwood

@Suite struct DescriptorBudgetTests {
    /// Limit of the process, connections and open streams that are wanted, and what there is.
    @Test(arguments: [
        (1 << 20, 10_000, 64, 10_000, 64),
        (1024, 10_000, 64, 694, 64),
        (1024, 100, 64, 100, 64),
        (1024, 100, 1000, 100, 212),
        (1024, 10_000, 1000, 475, 118),
        (200, 10_000, 64, 63, 15),
        (100, 10_000, 64, 16, 2),
        (20, 10_000, 64, 16, 1),
    ])
    func `the descriptors of a worker fit into its limit`(
        limit: Int, connections: Int, streams: Int, expectedConnections: Int, expectedStreams: Int
    ) {
        let budget = DescriptorBudget(
            of: limit, connections: connections, openStreams: streams, others: 10)
        #expect(budget.connections == expectedConnections)
        #expect(budget.openStreams == expectedStreams)
        if limit >= 128 {
            #expect(
                budget.connections + DescriptorBudget.perStream * budget.openStreams
                    + DescriptorBudget.reserve + 10 <= limit)
        }
    }
}
