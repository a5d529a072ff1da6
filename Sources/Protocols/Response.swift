// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The parts of an answer besides its body.
package struct Response: Sendable {
    package let status: Status
    /// Empty if there is none.
    package let contentType: StaticString
    /// Further header fields, each with its CRLF.
    package let fields: StaticString?

    package init(_ status: Status, _ contentType: StaticString, fields: StaticString? = nil) {
        self.status = status
        self.contentType = contentType
        self.fields = fields
    }

    /// 200 with JSON and no further fields, most of which the service has prepared.
    package static var json: Response {
        var response = Response(.ok, "application/json")
        response.isPrepared = true
        return response
    }

    /// Whether it is that answer.
    package private(set) var isPrepared = false
}
