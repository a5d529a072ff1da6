// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What stands in the files.
extension RunningService {
    /// All lines of a stream, from the oldest rotated file to the active one.
    func lines(of stream: String = "app") throws -> [String] {
        var lines: [String] = []
        for file in try files(of: stream) {
            let text = try text(of: file)
            // A line without its end is torn, and shown so that it is found.
            lines += text.split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast(text.hasSuffix("\n") || text.isEmpty ? 1 : 0).map(String.init)
        }
        return lines
    }

    private func text(of file: URL) throws -> String {
        if file.pathExtension == "gz" {
            return try ChildProcess(program: "/bin/gzip", arguments: ["-dc", file.path]).output()
        }
        // Since it was listed it may have been sealed.
        guard let data = try? Data(contentsOf: file) else {
            return try text(of: file.appendingPathExtension("gz"))
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// All records of a stream: a line that is no JSON object is an error.
    func records(of stream: String = "app") throws -> [[String: JSON]] {
        try lines(of: stream).map {
            try JSONDecoder().decode([String: JSON].self, from: Data($0.utf8))
        }
    }

    /// The stream's files, oldest first.
    func files(of stream: String = "app") throws -> [URL] {
        let active = stream + ".log"
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        let rotated = names.filter { $0.hasPrefix(active + ".") }.sorted()
        return (rotated + names.filter { $0 == active }).map(directory.appendingPathComponent)
    }
}

/// A JSON value.
enum JSON: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }
}

extension JSON {
    subscript(name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var value: Double? { if case .number(let value) = self { value } else { nil } }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
}
