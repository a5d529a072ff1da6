// SPDX-License-Identifier: Apache-2.0

import Streams

extension EffectiveConfiguration {
    /// Mistakes in the streams of protocols.
    func protocolContradictions() -> [ConfigurationMistake] {
        Configuration.Protocols.Name.allCases.compactMap { name in
            let options = configuration.protocols[name]
            guard options.isEnabled, let stream = options.stream else { return nil }
            let key = "protocols.\(name).stream"
            guard configuration.streams.allow.allow(stream.utf8.span) else {
                return contradiction(
                    [key, "streams.allow"],
                    "\(key) is \(stream), which streams.allow does not allow")
            }
            // Splunk's clients can send lines of text.
            let isRaw = configuration.plans.plan(of: stream.utf8.span).format == .raw
            guard isRaw, name != .splunk else { return nil }
            return contradiction(
                [key, "streams.format"],
                "\(key) is \(stream), whose format is raw: this protocol has only objects; name a"
                    + " stream whose format is json")
        }
    }
}
