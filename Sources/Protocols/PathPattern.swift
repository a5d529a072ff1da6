// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP

/// The paths of an endpoint.
///
/// A percent-encoded path matches no pattern: no allowed name needs encoding, and each path should
/// have one spelling.
package enum PathPattern: Sendable, Equatable {
    /// Only this path.
    case exact(StaticString)
    /// `/logs/{stream}`, followed by `suffix`, which may be empty.
    case stream(suffix: StaticString)

    /// The label of its requests in metrics, and its path in the contract.
    package var label: String {
        switch self {
        case .exact(let path): "\(path)"
        case .stream(let suffix): "/logs/{stream}\(suffix)"
        }
    }

    /// The length of the paths that it matches; nil if that depends on the stream.
    package var byteCount: Int? {
        switch self {
        case .exact(let path): path.utf8CodeUnitCount
        case .stream: nil
        }
    }

    /// Where the name of the stream is in `path`: empty if it names none, nil if it does not match.
    @inline(__always)
    package func match(_ path: Span<UInt8>) -> Range<Int>? {
        switch self {
        case .exact(let literal): return path.equals(literal) ? 0..<0 : nil
        case .stream(let suffix):
            let start = Self.prefix.utf8CodeUnitCount
            guard path.count > start + suffix.utf8CodeUnitCount,
                path.extracting(..<start).equals(Self.prefix), path.hasSuffix(suffix)
            else { return nil }
            return stream(in: 0..<path.count)
        }
    }

    /// Where the name of the stream is in a path that matches; empty if it names none.
    package func stream(in path: Range<Int>) -> Range<Int> {
        guard case .stream(let suffix) = self else { return 0..<0 }
        return path.lowerBound + Self.prefix.utf8CodeUnitCount..<path.upperBound
            - suffix.utf8CodeUnitCount
    }

    private static var prefix: StaticString { "/logs/" }

    package static func == (left: PathPattern, right: PathPattern) -> Bool {
        left.label == right.label
    }
}
