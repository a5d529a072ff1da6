import Foundation

/// What the service says of itself.
extension RunningService {
    struct Health: Decodable {
        struct Worker: Decodable {
            let pid: pid_t
            let state: String
            let connections: Int
            let recordsWritten: Int
        }

        struct Records: Decodable {
            let received: Int
            let written: Int
            let rejected: Int
        }

        let status: String
        let version: String
        let workers: [Worker]
        let workerRestarts: Int
        let records: Records
    }

    func health() throws -> Health {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Health.self, from: Data(try get("/health").body))
    }

    func metrics() throws -> Metrics { try Metrics(try get("/metrics").text) }
}
