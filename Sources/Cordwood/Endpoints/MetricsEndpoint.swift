// SPDX-License-Identifier: Apache-2.0

import Linux
import Monitoring
import Protocols

extension Endpoint {
    /// `/metrics`, for Prometheus; any worker answers for all.
    static let metrics = get("/metrics", .observation, weight: 2, isShared: true) {
        service, _, text in
        Metrics(
            service.counters.scoreboard, .service, version: Version.current, disk: service.disk,
            certificates: service.certificates, now: Clock.epochSeconds()
        ).encode(into: &text)
        return Response(.ok, "text/plain; version=0.0.4; charset=utf-8")
    }
}
