// SPDX-License-Identifier: Apache-2.0

import Access
import CordwoodConfiguration
import Ingest
import Streams

/// Decides to which streams a request may send if its body names them.
final class StreamAccess: BatchSelector {
    private let plans: PlanTable<StreamPlan>
    private let allowedStreams: [StreamPattern]
    private let gatekeeper: Gatekeeper?
    /// The place of the current request's token; -1 for none.
    var sender = -1

    init(_ settings: Configuration, _ gatekeeper: Gatekeeper?) {
        plans = settings.plans
        self.gatekeeper = gatekeeper
        allowedStreams = settings.streams.allow
    }

    /// Whether the name is valid and `streams.allow` permits it.
    func isAllowed(_ name: Span<UInt8>) -> Bool {
        allowedStreams.allow(name)
    }

    /// How the lines of a stream stand in its file.
    func format(of name: Span<UInt8>) -> StreamFormat { plans.plan(of: name).format }

    func format(ofStream name: Span<UInt8>) -> StreamFormat? {
        guard StreamName.isValid(name), isAllowed(name) else { return nil }
        if let gatekeeper {
            guard let token = gatekeeper.token(sender), token.mayWrite(name) else { return nil }
        }
        return format(of: name)
    }
}
