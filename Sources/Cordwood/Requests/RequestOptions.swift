// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The options in a request's query, besides its records.
struct RequestOptions: Equatable {
    /// `?atomic=true`: all records or none.
    private(set) var isAtomic = false
    /// `?ack=fsync`: on the disk before the answer; `?ack=write` asks for less than the default.
    ///
    /// Nil: as configured for the stream.
    private(set) var isDurable: Bool?

    /// Reads the query of `head`.
    ///
    /// - Throws: a problem if an option has an invalid value, because ignoring it could do less
    ///   than the client asked for.
    init(_ head: RequestHead, _ bytes: Span<UInt8>) throws(Problem) {
        if head.query.isEmpty || head.method == .get { return }
        var parameters = QueryParameters(head.query)
        var mistake: Problem?
        while let parameter = parameters.next(in: bytes) {
            let value = parameter.value
            func isValue(_ literal: StaticString) -> Bool {
                QueryParameters.matches(value, of: bytes, literal)
            }
            if QueryParameters.matches(parameter.name, of: bytes, "atomic") {
                isAtomic = value.isEmpty || isValue("true") || isValue("1")
                if !isAtomic, !isValue("false"), !isValue("0") { mistake = .invalidAtomic }
            } else if QueryParameters.matches(parameter.name, of: bytes, "ack") {
                isDurable = isValue("fsync")
                if isDurable == false, !isValue("write") { mistake = .invalidAck }
            }
        }
        if let mistake { throw mistake }
    }
}
