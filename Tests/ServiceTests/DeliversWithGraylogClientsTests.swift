// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct DeliversWithGraylogClientsTests {
    /// Both close the connection without waiting for an answer.
    @Test(arguments: ["pygelf", "graypy"], ["none", "zlib"])
    func `handlers that read no answer deliver, compressed or not`(
        client: String, coding: String
    ) throws {
        try RunningService.run { service in
            let client = StockClient("gelf.py", ["--client", client, "--coding", coding])
            try client.send(to: service).expectAll()
            try client.send(to: service, at: "/logs/shop", stream: "shop").expectAll()
        }
    }
}
