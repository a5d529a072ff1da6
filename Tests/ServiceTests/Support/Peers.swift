// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Clients with addresses of their own: all of 127.0.0.0/8 is this machine.
extension RunningService {
    func connect(from source: String) throws -> Connection {
        try Connection(port: port, from: source)
    }

    /// Whom the service takes for the client of a request, by what it notes beside a record that it
    /// cannot use; `send` posts the body that it is given.
    func client(of send: (String) throws -> Void) throws -> String? {
        let number = Int.random(in: 1...1 << 40)
        try send("[\(number)]")
        let kept = try records(of: "app.rejected").last { $0["raw"] == .string("\(number)") }
        return kept?["peer"]?.text
    }

    /// The same for a request by hand.
    func client(
        from source: String, after preamble: [UInt8] = [], _ headers: [String] = []
    ) throws -> String? {
        try client { body in
            let connection = try connect(from: source)
            try connection.send(preamble + Request.unusable(body, headers))
            _ = try connection.response()
        }
    }
}

extension Request {
    /// A request with a body of no usable record.
    static func unusable(_ body: String, _ headers: [String] = []) -> [UInt8] {
        bytes("POST", "/logs", ["Content-Type: application/json"] + headers, Array(body.utf8))
    }
}
