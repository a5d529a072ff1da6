// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Plain requests, each on a connection of its own.
extension RunningService {
    func connect() throws -> Connection { try Connection(port: port) }

    func get(_ target: String) throws -> Response { try request("GET", target) }

    /// Posts to the default stream.
    func post(_ body: String, _ headers: [String] = []) throws -> Response {
        try post("/logs", body, headers)
    }

    func post(
        _ target: String, _ body: String, _ headers: [String] = []
    ) throws -> Response {
        try request("POST", target, headers, Array(body.utf8))
    }

    func post(bytes: [UInt8], _ headers: [String] = []) throws -> Response {
        try request("POST", "/logs", headers, bytes)
    }

    func request(
        _ method: String, _ target: String, _ headers: [String] = [], _ body: [UInt8]? = nil
    ) throws -> Response {
        let connection = try connect()
        try connection.send(Request.bytes(method, target, headers, body))
        guard let response = try connection.response(isToHead: method == "HEAD") else {
            throw Connection.Failure(operation: "closed without an answer", errno: ECONNRESET)
        }
        return response
    }
}

/// The bytes of requests.
enum Request {
    static func bytes(
        _ method: String, _ target: String, _ headers: [String] = [], _ body: [UInt8]? = nil
    ) -> [UInt8] {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost"] + headers
        if let body { lines.append("Content-Length: \(body.count)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
    }

    static func post(_ body: String, to target: String = "/logs") -> [UInt8] {
        bytes("POST", target, [], Array(body.utf8))
    }
}
