// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP

/// The paths of an endpoint.
///
/// A percent-encoded path matches no exact pattern: no allowed name needs encoding, and each path
/// should have one spelling.
package enum PathPattern: Sendable, Equatable {
    /// Only this path.
    case exact(StaticString)
    /// `/logs/{stream}`.
    case stream
    /// A path with parts in braces: `{name}` is anything without a slash, at least one byte, and
    /// `{name*}`, at the end, is anything.
    case template(StaticString)

    /// Its path in the contract.
    package var label: String {
        switch self {
        case .exact(let path), .template(let path): "\(path)"
        case .stream: "/logs/{stream}"
        }
    }

    /// The length of the paths that it matches; nil if they have several.
    package var byteCount: Int? {
        switch self {
        case .exact(let path): path.utf8CodeUnitCount
        case .stream, .template: nil
        }
    }

    /// Whether it matches `path`.
    @inline(__always)
    package func matches(_ path: Span<UInt8>) -> Bool {
        switch self {
        case .exact(let literal): path.equals(literal)
        case .stream: StreamPath.isPrefix(of: path)
        case .template(let template): Self.matches(template, path)
        }
    }

    private static func matches(_ template: StaticString, _ path: Span<UInt8>) -> Bool {
        let pattern = UnsafeBufferPointer(
            start: template.utf8Start, count: template.utf8CodeUnitCount)
        var place = 0
        var at = 0
        while place < pattern.count {
            guard pattern[place] == UInt8(ascii: "{") else {
                guard at < path.count, path[at] == pattern[place] else { return false }
                place += 1
                at += 1
                continue
            }
            while pattern[place] != UInt8(ascii: "}") { place += 1 }
            if pattern[place - 1] == UInt8(ascii: "*") { return true }
            place += 1
            let start = at
            while at < path.count, path[at] != UInt8(ascii: "/") { at += 1 }
            if at == start { return false }
        }
        return at == path.count
    }

    package static func == (left: PathPattern, right: PathPattern) -> Bool {
        left.label == right.label
    }
}

/// A path in two parts: `/logs/{stream}` in front, if it is there, and the rest.
package struct StreamPath: Equatable, Sendable {
    /// Where the name of the stream is; empty if the path names none.
    package let stream: Range<Int>
    /// Where the rest is: the whole path if it names no stream, and empty if nothing follows the
    /// name.
    package let rest: Range<Int>

    /// A path that names no stream.
    package init(_ path: Range<Int>) {
        stream = 0..<0
        rest = path
    }

    /// A path whose pattern is `/logs/{stream}`.
    @inline(__always)
    package init(named path: Range<Int>) {
        stream = Self.stream(in: path)
        rest = path.upperBound..<path.upperBound
    }

    /// Divides the path at `path` in `bytes`.
    ///
    /// A slash at the very end belongs to the name, which is then invalid. No name begins with `_`,
    /// so `/logs/_bulk` names no stream.
    @inline(__always)
    package init(_ path: Range<Int>, in bytes: Span<UInt8>) {
        let whole = bytes.extracting(path)
        guard Self.isPrefix(of: whole), whole[Self.prefixByteCount] != UInt8(ascii: "_") else {
            self.init(path)
            return
        }
        let start = path.lowerBound + Self.prefixByteCount
        var slash = start
        while slash < path.upperBound - 1, bytes[slash] != UInt8(ascii: "/") { slash += 1 }
        self.init(stream: start..<slash, rest: slash..<path.upperBound)
        if slash == path.upperBound - 1 { self.init(named: path) }
    }

    private init(stream: Range<Int>, rest: Range<Int>) {
        self.stream = stream
        self.rest = rest
    }

    /// Whether `path` is `/logs/` and something more.
    @inline(__always)
    static func isPrefix(of path: Span<UInt8>) -> Bool {
        path.count > prefixByteCount && path.extracting(..<prefixByteCount).equals("/logs/")
    }

    /// Where the name is in a path whose pattern is `/logs/{stream}`.
    @inline(__always)
    package static func stream(in path: Range<Int>) -> Range<Int> {
        path.lowerBound + prefixByteCount..<path.upperBound
    }

    private static var prefixByteCount: Int { 6 }
}
