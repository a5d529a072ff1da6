// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the programs in `Clients` print of the answers that they got.
struct ClientReport: Decodable {
    let answers: [Response.Ingested]
    /// How many connections they needed for it.
    let connections: Int

    static func of(_ script: String, _ service: RunningService) throws -> ClientReport {
        try read(Program.runPython(script, ["\(service.port)"]))
    }

    static func read(_ output: String) throws -> ClientReport {
        try JSONDecoder().decode(ClientReport.self, from: Data(output.utf8))
    }
}
