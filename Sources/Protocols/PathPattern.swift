import Bytes
import HTTP

/// The paths of an endpoint.
///
/// A path that is percent-encoded matches none: no name that is allowed needs it, and two spellings
/// of one path are one too many.
package enum PathPattern: Sendable, Equatable {
    /// This path and no other.
    case exact(StaticString)
    /// `/logs/{stream}`, and `suffix` behind it; empty: nothing.
    case stream(suffix: StaticString)

    /// What the label of its requests is in metrics, and its path in the contract.
    package var label: String {
        switch self {
        case .exact(let path): "\(path)"
        case .stream(let suffix): "/logs/{stream}\(suffix)"
        }
    }

    /// How long a path is that it matches; nil: that depends on the stream.
    package var byteCount: Int? {
        switch self {
        case .exact(let path): path.utf8CodeUnitCount
        case .stream: nil
        }
    }

    /// Where the name of the stream stands in `path`, empty where it names none; nil where it does
    /// not match.
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

    /// Where the name of the stream stands in a path that matches; empty where it names none.
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
