// SPDX-License-Identifier: Apache-2.0

import Linux

/// A running service that is asked for its state.
package struct StatusSource {
    private let target: HealthTarget

    package init(_ target: HealthTarget) { self.target = target }

    /// The name that the screen shows.
    package var name: String {
        switch target.place {
        case .host: "\(target.isSecure ? "https" : "http")://\(target.authority)"
        case .unix: "\(target)"
        }
    }

    /// The present state of the service.
    package func sample() throws(HealthProbe.Failure) -> StatusSample {
        let metrics = try HealthProbe.body(of: target.at("/metrics"), timeoutSeconds: 3)
        let time = Double(Clock.monotonicNanoseconds()) / 1e9
        let health = try HealthProbe.body(of: target.at("/health"), timeoutSeconds: 3)
        guard let sample = StatusSample(metrics: metrics, health: health, time: time) else {
            throw .notCordwood(target)
        }
        return sample
    }
}
