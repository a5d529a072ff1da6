// SPDX-License-Identifier: Apache-2.0

import Bytes
import Prefork

/// The values that the environment sets, by the names of their settings, and its mistakes.
package struct ConfigurationEnvironment {
    /// Names the file, for containers that pass no flags.
    package static let fileVariable = "CORDWOOD_CONFIG"
    /// Holds the token that the commands send to a running service.
    package static let tokenVariable = "CORDWOOD_TOKEN"

    private(set) var values: [WrittenValue] = []
    private(set) var mistakes: [ConfigurationMistake] = []

    /// An empty variable counts as unset, because `${NAME:-}` in a compose file leaves an empty
    /// one.
    init(_ environment: [String: String]) {
        let prefix = Setting.environmentPrefix
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(prefix) && name != Self.fileVariable && !text.isEmpty {
            if let setting = Settings.all.first(where: { $0.environmentName == name }) {
                let shape = setting.isList ? .list(Self.items(text)) : WrittenValue.Shape.one(text)
                values.append(
                    WrittenValue(key: setting.key, shape: shape, source: .environment(name)))
            } else if !Self.isKubernetesServiceLink(name), !Self.isInternal(name) {
                mistakes.append(
                    ConfigurationMistake(
                        .environment(name), .unknownVariable(suggestion: Self.suggestion(for: name))
                    ))
            }
        }
    }

    private static func items(_ text: String) -> [String] {
        text.split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func suggestion(for variable: String) -> String? {
        let name = String(variable.dropFirst(Setting.environmentPrefix.count))
        let file = String(fileVariable.dropFirst(Setting.environmentPrefix.count))
        let nearest = Suggestion.nearest(to: name, among: Settings.all.map(\.key) + [file])
        return nearest.map { Settings.named($0)?.environmentName ?? fileVariable }
    }

    /// Whether the variable is Cordwood's own without being a setting: the token that the commands
    /// send to a service, the descriptors that one version hands over to the next, or, in a debug
    /// build alone, the faults that a test asks for.
    private static func isInternal(_ name: String) -> Bool {
        if name == Handover.variable || name == Self.tokenVariable { return true }
        #if DEBUG
            return name == "CORDWOOD_FAULTS" || name == "CORDWOOD_WEAKEN"
        #else
            return false
        #endif
    }

    /// Whether Kubernetes sets this for a Service that is called `cordwood` or `cordwood-…`:
    /// `…_SERVICE_HOST`, `…_SERVICE_PORT`, `…_SERVICE_PORT_name`, `…_PORT`, `…_PORT_80_TCP`,
    /// `…_PORT_80_TCP_ADDR`.
    static func isKubernetesServiceLink(_ name: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") || name.hasSuffix("_PORT") { return true }
        if name.contains("_SERVICE_PORT_") { return true }
        let words = name.split(separator: "_")
        return words.indices.contains { index in
            words[index] == "PORT" && index + 2 < words.count
                && WholeNumber.read(words[index + 1]) != nil
                && ["TCP", "UDP", "SCTP"].contains(words[index + 2])
        }
    }
}
