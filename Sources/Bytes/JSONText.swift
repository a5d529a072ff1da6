/// JSON that is put together as text, where no request waits for it.
enum JSONText {
    static func string(_ text: String?) -> String { text.map(DiagnosticLog.quoted) ?? "null" }

    static func number(_ value: Int?) -> String { value.map { "\($0)" } ?? "null" }

    static func array(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }

    static func object(_ members: [(name: String, value: String)]) -> String {
        "{\(members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ","))}"
    }

    /// A time in seconds since 1970, as RFC 3339; null where there is none.
    static func time(_ epochSeconds: Int64?) -> String {
        string(epochSeconds.map { RFC3339.string(epochNanoseconds: $0 * 1_000_000_000) })
    }
}
