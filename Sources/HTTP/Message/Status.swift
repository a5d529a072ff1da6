// SPDX-License-Identifier: Apache-2.0

/// A status code and its reason phrase (RFC 9110, 15).
package struct Status: Sendable, Equatable {
    package let code: UInt16
    package let reason: StaticString

    @inlinable package init(_ code: UInt16, _ reason: StaticString) {
        self.code = code
        self.reason = reason
    }

    @inlinable package static func == (left: Status, right: Status) -> Bool {
        left.code == right.code
    }
}

// Computed rather than stored: a stored static of this type is initialized lazily, behind a lock.
extension Status {
    package static var ok: Status { Status(200, "OK") }
    package static var created: Status { Status(201, "Created") }
    package static var accepted: Status { Status(202, "Accepted") }
    package static var noContent: Status { Status(204, "No Content") }
    package static var badRequest: Status { Status(400, "Bad Request") }
    package static var unauthorized: Status { Status(401, "Unauthorized") }
    package static var forbidden: Status { Status(403, "Forbidden") }
    package static var notFound: Status { Status(404, "Not Found") }
    package static var methodNotAllowed: Status { Status(405, "Method Not Allowed") }
    package static var requestTimeout: Status { Status(408, "Request Timeout") }
    package static var lengthRequired: Status { Status(411, "Length Required") }
    package static var contentTooLarge: Status { Status(413, "Content Too Large") }
    package static var uriTooLong: Status { Status(414, "URI Too Long") }
    package static var unsupportedMediaType: Status { Status(415, "Unsupported Media Type") }
    package static var expectationFailed: Status { Status(417, "Expectation Failed") }
    package static var tooManyRequests: Status { Status(429, "Too Many Requests") }
    package static var headersTooLarge: Status { Status(431, "Request Header Fields Too Large") }
    package static var notImplemented: Status { Status(501, "Not Implemented") }
    package static var serviceUnavailable: Status { Status(503, "Service Unavailable") }
    package static var versionNotSupported: Status { Status(505, "HTTP Version Not Supported") }
}
