// SPDX-License-Identifier: Apache-2.0

import HTTP
import Monitoring
import Protocols

extension Endpoint {
    /// `/livez`: whether a process answers at all.
    static let alive = get("/livez", .open, weight: 1) { _, _, text in
        text.append("ok\n")
        return .text(.ok)
    }

    /// `/readyz`: whether clients should send here.
    static let ready = get("/readyz", .open, weight: 1) { service, _, text in
        let readiness = service.readiness
        text.append(readiness.line)
        return .text(readiness == .ready ? .ok : .serviceUnavailable)
    }
}

extension Response {
    static func text(_ status: Status) -> Response {
        Response(status, "text/plain; charset=utf-8")
    }
}
