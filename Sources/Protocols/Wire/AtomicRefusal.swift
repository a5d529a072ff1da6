// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

extension IngestReport {
    /// The answer of a protocol without answers for each record if all records are withheld, because
    /// the request was atomic and one of them cannot be used; nil if none is.
    package var atomicRefusal: Refusal? {
        guard rejected(for: .withheld) > 0 else { return nil }
        return Refusal(
            .badRequest, "atomic_refused",
            "The query asks for all records or none, and some cannot be used: none is written.")
    }
}

extension Refusal {
    /// Appends it as the service's own paths answer it.
    func response(into text: inout ByteBuffer) -> Response {
        text.append("{\"error\":{\"code\":\"")
        text.append(code)
        text.append("\",\"message\":\"")
        text.append(message)
        text.append("\"}}\n")
        return Response(status, "application/json")
    }
}
