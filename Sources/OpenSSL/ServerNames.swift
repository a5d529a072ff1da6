// SPDX-License-Identifier: Apache-2.0

/// Which of several certificates is for a server's name (RFC 6066, 3; RFC 9525, 6.3).
struct ServerNames: Equatable {
    private var exact: [String: Int] = [:]
    /// By the text behind `*`, which begins with the dot.
    private var wildcards: [String: Int] = [:]

    /// Of two certificates with the same name the first counts.
    mutating func add(_ names: [String], for certificate: Int) {
        for name in names.map({ $0.lowercased() }) {
            if name.hasPrefix("*.") {
                let rest = String(name.dropFirst())
                if wildcards[rest] == nil { wildcards[rest] = certificate }
            } else if exact[name] == nil {
                exact[name] = certificate
            }
        }
    }

    /// The certificate for `name`: the one that has it, else one whose `*` stands for its first
    /// label; nil if there is none.
    func certificate(for name: String) -> Int? {
        var name = name.lowercased()
        // The root's dot is no part of the name that is asked for.
        if name.hasSuffix(".") { name.removeLast() }
        if let found = exact[name] { return found }
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return nil }
        return wildcards[String(name[dot...])]
    }
}
