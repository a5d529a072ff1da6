import Linux
import Monitoring
import Protocols

extension Endpoint {
    /// `/health`: how the service is and why.
    ///
    /// It is 200 where there is a worker to answer: `/readyz` is what gates.
    static let health = get("/health", .observation, weight: 1, isShared: true) {
        service, _, text in
        let document = HealthDocument(
            service.counters.scoreboard, service.readiness, version: Version.current,
            directory: service.directory, disk: service.disk, certificates: service.certificates,
            now: (Clock.monotonicSeconds(), Clock.epochSeconds()))
        text.append(string: document.text)
        return .json
    }
}
