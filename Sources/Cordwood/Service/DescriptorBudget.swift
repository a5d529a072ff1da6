/// How a worker shares out the descriptors that its process may have.
///
/// Each connection has one, and each stream four: its file and state page, and the same again for
/// its rejected records. What is promised to one can so never be missing to the other.
struct DescriptorBudget: Equatable {
    /// At most so many connections.
    let connections: Int
    /// At most so many streams stay open.
    let openStreams: Int

    /// For the loop, the diagnostic log, a directory that is listed, files in the middle of a
    /// rollover.
    static let reserve = 64
    static let perStream = 4
    /// As many connections there are however low the limit is.
    static let leastConnections = 16

    /// - Parameters:
    ///   - limit: of the process, getrlimit(2).
    ///   - connections: as many as are wanted.
    ///   - openStreams: as many as are wanted.
    ///   - others: listeners and connections that are only refused.
    init(of limit: Int, connections: Int, openStreams: Int, others: Int) {
        let spare = max(0, limit - Self.reserve - others)
        let forStreams = Self.perStream * openStreams
        if spare - connections >= forStreams {
            (self.connections, self.openStreams) = (connections, openStreams)
            return
        }
        // Connections give way first, but not below a half.
        let most = max(spare - forStreams, spare / 2, Self.leastConnections)
        self.connections = min(connections, most)
        let rest = (spare - self.connections) / Self.perStream
        self.openStreams = min(openStreams, max(1, rest))
    }
}
