// SPDX-License-Identifier: Apache-2.0

/// How a worker divides the descriptors of its process between connections and streams.
///
/// A connection needs one, and a stream four: its file and state page, and both again for its
/// rejected records. With fixed parts neither can take the descriptors of the other.
struct DescriptorBudget: Equatable {
    /// The limit of connections.
    let connections: Int
    /// The limit of open streams.
    let openStreams: Int

    /// For the loop, the diagnostic log, a directory being listed, and files during a rollover.
    static let reserve = 64
    static let perStream = 4
    /// The connections that a worker always accepts, however low the limit is.
    static let leastConnections = 16

    /// - Parameters:
    ///   - limit: that of the process, getrlimit(2).
    ///   - connections: the configured limit.
    ///   - openStreams: the configured limit.
    ///   - others: listeners, and connections that are only rejected.
    init(of limit: Int, connections: Int, openStreams: Int, others: Int) {
        let spare = max(0, limit - Self.reserve - others)
        let forStreams = Self.perStream * openStreams
        if spare - connections >= forStreams {
            (self.connections, self.openStreams) = (connections, openStreams)
            return
        }
        // Connections are reduced first, but not below a half.
        let most = max(spare - forStreams, spare / 2, Self.leastConnections)
        self.connections = min(connections, most)
        let rest = (spare - self.connections) / Self.perStream
        self.openStreams = min(openStreams, max(1, rest))
    }
}
