// SPDX-License-Identifier: Apache-2.0

import Linux
import Monitoring
import Protocols

extension Endpoint {
    /// `/health`: the state of the service, and the reasons for it.
    ///
    /// It is 200 as long as a worker can answer; load balancers use `/readyz`.
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
