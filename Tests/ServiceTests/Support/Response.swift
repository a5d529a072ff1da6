// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An answer as it came over the wire.
struct Response {
    let status: Int
    /// Names in small letters, in the order in which they came.
    let headers: [(name: String, value: String)]
    var body: [UInt8] = []

    init(head: ArraySlice<UInt8>) {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ", maxSplits: 2)
        status = words.count > 1 && words[0] == "HTTP/1.1" ? Int(words[1]) ?? 0 : 0
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            return (parts[0].lowercased(), value)
        }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Whether the connection ends with it.
    var closes: Bool { header("connection") == "close" }

    /// What an ingest answers.
    struct Ingested: Decodable, Equatable {
        struct Rejected: Decodable, Equatable {
            let index: Int
            let reason: String
            let offset: Int?

            init(index: Int, reason: String, offset: Int? = nil) {
                self.index = index
                self.reason = reason
                self.offset = offset
            }

            /// Where it is not said where the mistake is, it may be anywhere.
            static func == (left: Self, right: Self) -> Bool {
                left.index == right.index && left.reason == right.reason
                    && (left.offset == nil || right.offset == nil || left.offset == right.offset)
            }
        }

        var accepted: Int
        var rejected: Int
        var errors: [Rejected]?
    }

    var ingested: Ingested {
        get throws { try JSONDecoder().decode(Ingested.self, from: Data(body)) }
    }

    /// What an error answers.
    struct Failure: Decodable {
        let code: String
        let message: String
        let limit: Int?
    }

    private struct Refusal: Decodable {
        let error: Failure
    }

    var failure: Failure {
        get throws { try JSONDecoder().decode(Refusal.self, from: Data(body)).error }
    }
}
