import Linux
import Protocols

extension Endpoint {
    /// `/metrics`, for Prometheus; any worker answers for all.
    static let metrics = get("/metrics", .observation, weight: 2, isShared: true) {
        service, _, text in
        Metrics(
            scoreboard: service.counters.scoreboard, disk: service.disk,
            certificates: service.certificates, now: Clock.epochSeconds()
        ).encode(into: &text)
        return Response(.ok, "text/plain; version=0.0.4; charset=utf-8")
    }
}
