// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the service says of itself.
extension RunningService {
    struct Health: Decodable {
        struct Worker: Decodable {
            let number: Int
            let pid: pid_t
            let state: String
            let generation: Int
            let connections: Int
            let recordsWritten: Int
        }

        struct Reason: Decodable {
            let code: String
            let message: String
        }

        struct Configuration: Decodable {
            let generation: Int
            let reloads: Int
            let failedReloads: Int
            let lastReloadFailed: Bool
            let lastReloadError: LastError?
        }

        struct Sealer: Decodable {
            let pid: pid_t
            let state: String
        }

        struct LastError: Decodable {
            let at: String
            let error: String
        }

        struct Sealing: Decodable {
            let pending: Int
            let pendingBytes: Int
            let failures: Int
            let lastError: LastError?
        }

        struct Records: Decodable {
            let received: Int
            let written: Int
            let rejected: Int
        }

        struct Certificate: Decodable {
            let file: String
            let subject: String
            let names: [String]
            let notAfter: String
            let daysLeft: Int
        }

        let status: String
        let version: String
        let reasons: [Reason]
        let configuration: Configuration
        let workersWanted: Int
        let workers: [Worker]
        let leaving: [Worker]
        let workerRestarts: Int
        let records: Records
        let sealer: Sealer?
        let sealing: Sealing
        let lastWriteError: LastError?
        let certificates: [Certificate]
    }

    func health() throws -> Health {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Health.self, from: Data(try get("/health").body))
    }

    func metrics() throws -> Metrics { try Metrics(try get("/metrics").text) }
}
