// SPDX-License-Identifier: Apache-2.0

/// Sends records to a service, one request a connection.
package struct RecordSender {
    private let target: HealthTarget

    /// - Parameter url: `http://host:port`; nil if it is not of this form.
    package init?(url: String) {
        guard let target = HealthTarget(url: url) else { return nil }
        self.target = target
    }

    /// The counts in the answer; nil if there was none within three seconds.
    package struct Result: Equatable {
        package var accepted = 0
        package var rejected = 0

        package init(accepted: Int = 0, rejected: Int = 0) {
            self.accepted = accepted
            self.rejected = rejected
        }
    }

    /// Sends `body` to `path`.
    package func send(_ body: [UInt8], as contentType: String, to path: String) -> Result? {
        let deadline = ContinuousClock.now + .seconds(3)
        guard let answer = try? HealthProbe.post(body, contentType, target.at(path), deadline),
            answer.status == 200 || answer.status == 400,
            let document = answer.body.flatMap({ JSONValue($0.utf8) }),
            let accepted = document["accepted"]?.number,
            let rejected = document["rejected"]?.number
        else { return nil }
        return Result(accepted: Int(accepted), rejected: Int(rejected))
    }
}
