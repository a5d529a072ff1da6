// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP

/// The codes of Splunk's answers, by which clients decide whether to send again.
enum SplunkCode: Int, CaseIterable {
    case tokenMissing = 2
    case invalidAuthorization = 3
    case invalidToken = 4
    case noData = 5
    case invalidData = 6
    case busy = 9
    case channelMissing = 10
    case acknowledgementsDisabled = 14
    case healthy = 17

    /// The code for a request that is rejected; its status becomes the one that goes with it.
    init(_ refusal: inout Refusal, hasAuthorization: Bool) {
        switch refusal.status.code {
        case 401 where refusal.code.equals("missing_token"):
            // With a scheme that is not read here there is no token either.
            self = hasAuthorization ? .invalidAuthorization : .tokenMissing
        case 401:
            refusal.status = .forbidden
            refusal.headers.wwwAuthenticate = nil
            self = .invalidToken
        case 403: self = .invalidToken
        case 400 where refusal.code.equals("empty_body"): self = .noData
        case 429, 500...599: self = .busy
        default: self = .invalidData
        }
    }

    private var text: StaticString {
        switch self {
        case .tokenMissing: "Token is required"
        case .invalidAuthorization: "Invalid authorization"
        case .invalidToken: "Invalid token"
        case .noData: "No data"
        case .invalidData: "Invalid data format"
        case .busy: "Server is busy"
        case .channelMissing: "Data channel is missing"
        case .acknowledgementsDisabled: "ACK is disabled"
        case .healthy: "HEC is healthy"
        }
    }

    /// Appends the body of an answer with this code.
    ///
    /// - Parameter detail: the reason, which stands behind what clients read where the code says
    ///   little.
    func append(to body: inout ByteBuffer, detail: Refusal?) {
        body.append("{\"text\":\"")
        body.append(text)
        body.append("\",\"code\":")
        body.append(decimal: rawValue)
        if let detail, self == .invalidData {
            body.append(",\"error\":{\"code\":\"")
            body.append(detail.code)
            body.append("\",\"message\":\"")
            body.append(detail.message)
            body.append("\"}")
        }
        body.append("}")
    }
}

extension StaticString {
    /// Whether both are the same bytes.
    fileprivate func equals(_ other: StaticString) -> Bool {
        utf8CodeUnitCount == other.utf8CodeUnitCount
            && (0..<utf8CodeUnitCount).allSatisfy { utf8Start[$0] == other.utf8Start[$0] }
    }
}
