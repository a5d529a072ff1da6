import Linux
import Protocols

extension Endpoint {
    /// `/health`: how the service is and why.
    ///
    /// It is 200 where there is a worker to answer: `/readyz` is what gates.
    static let health = get("/health", .observation, weight: 1, isShared: true) {
        service, _, text in
        let document = HealthDocument(
            board: service.counters.scoreboard, readiness: service.readiness,
            directory: service.directory, disk: service.disk, certificates: service.certificates,
            now: (Clock.monotonicSeconds(), Clock.epochSeconds()))
        text.append(string: document.text)
        return .json
    }
}
