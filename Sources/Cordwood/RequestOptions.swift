import HTTP

/// What a request asks for in its query, beside its records.
struct RequestOptions {
    /// `?atomic=true`: all records or none.
    var isAtomic = false
    /// `?ack=fsync`: on the disk before the answer; `?ack=write` asks for less than the default.
    var isDurable: Bool

    init(_ head: RequestHead, _ bytes: Span<UInt8>, isDurable: Bool) {
        self.isDurable = isDurable
        if head.query.isEmpty || head.method == .get { return }
        var parameters = QueryParameters(head.query)
        while let parameter = parameters.next(in: bytes) {
            let value = parameter.value
            func isValue(_ literal: StaticString) -> Bool {
                QueryParameters.matches(value, of: bytes, literal)
            }
            if QueryParameters.matches(parameter.name, of: bytes, "atomic") {
                isAtomic = value.isEmpty || isValue("true") || isValue("1")
            } else if QueryParameters.matches(parameter.name, of: bytes, "ack") {
                if isValue("fsync") { self.isDurable = true }
                if isValue("write") { self.isDurable = false }
            }
        }
    }
}
