// SPDX-License-Identifier: Apache-2.0

/// The source of a value.
package enum ConfigurationSource: Sendable, Equatable, CustomStringConvertible {
    case builtIn
    /// Without a line: the file as a whole.
    case file(path: String, line: Int?)
    case environment(String)
    case flag(String)

    package var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
        case .environment(let name): name
        case .flag(let name): "--\(name)"
        }
    }
}

/// A value as written, not yet checked.
struct WrittenValue: Equatable {
    let key: String
    let shape: Shape
    let source: ConfigurationSource

    enum Shape: Equatable {
        case one(String)
        case list([String])
        /// Something that is never a value, in words.
        case other(String)
    }
}
