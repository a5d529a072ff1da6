// SPDX-License-Identifier: Apache-2.0

import Protocols

extension Endpoint {
    /// All paths of the service; a new one needs a line here and an entry in `openapi.yaml`.
    static let all: [Endpoint] =
        ingest(NativeProtocol(), welcome: "/") + [
            alive, ready, health, metrics, page, streamList, tail, contract,
        ]
}
