// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Protocols

extension Endpoint {
    /// The paths of the service itself; a new one needs a line here and an entry in `openapi.yaml`.
    static let own: [Endpoint] =
        ingest(NativeProtocol(), welcome: "/") + [
            alive, ready, health, metrics, page, streamList, tail, contract,
        ]

    /// All paths of a service with these protocols.
    static func all(_ settings: Configuration.Protocols = Configuration.Protocols()) -> [Endpoint] {
        own
            + Configuration.Protocols.Name.allCases.flatMap { name -> [Endpoint] in
                let options = settings[name]
                guard options.isEnabled else { return [] }
                return Endpoint.ingest(foreign(name, settings), stream: options.stream)
            }
    }

    /// A protocol of another service's clients.
    private static func foreign(
        _ name: Configuration.Protocols.Name, _ settings: Configuration.Protocols
    ) -> any IngestProtocol {
        switch name {
        case .loki: LokiProtocol()
        case .otlp: OTLPProtocol()
        case .elasticsearch:
            ElasticsearchProtocol(
                version: settings.elasticsearchVersion,
                keepsActions: settings.keepsElasticsearchMetadata)
        case .splunk: SplunkProtocol(isAcknowledging: settings.acknowledgesSplunk)
        case .datadog: DatadogProtocol()
        case .logplex: LogplexProtocol()
        case .gelf: GELFProtocol()
        case .firehose: FirehoseProtocol()
        }
    }
}
