// SPDX-License-Identifier: Apache-2.0

import CAssets
import Protocols

extension Endpoint {
    /// `/openapi.yaml`: the contract of the service, as of its build.
    static let contract = get("/openapi.yaml", .open, weight: 8) { _, _, text in
        let bytes = UnsafeBufferPointer(
            start: cassets_contract, count: cassets_contract_byte_count)
        text.append(bytes.span)
        // RFC 9512, 2.1; YAML is UTF-8, and the type has no charset.
        return Response(.ok, "application/yaml")
    }
}
