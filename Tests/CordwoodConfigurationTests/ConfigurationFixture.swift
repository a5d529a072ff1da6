// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import CordwoodConfiguration

/// Gives `body` the path of a file with this text, and removes it.
func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    try withFile(bytes: Array(text.utf8), body)
}

func withFile<Result>(bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("cordwood-\(UUID().uuidString).yaml")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
}

/// The configuration made from these, and the path of the file.
func load(
    _ yaml: String?, _ environment: [String: String] = [:], _ flags: [String: [String]] = [:]
) throws -> (effective: EffectiveConfiguration, path: String) {
    try withFile(yaml ?? "") { path in
        let inputs = ConfigurationInputs(
            file: yaml.map { _ in path }, environment: environment, flags: flags)
        return (try inputs.load(), path)
    }
}

/// The sentences for the mistakes in these, the file called `FILE`.
func mistakes(
    _ yaml: String?, _ environment: [String: String] = [:], _ flags: [String: [String]] = [:]
) throws -> [String] {
    try withFile(yaml ?? "") { path in
        let inputs = ConfigurationInputs(
            file: yaml.map { _ in path }, environment: environment, flags: flags)
        return sentences(inputs).map { $0.replacingOccurrences(of: path, with: "FILE") }
    }
}

func sentences(_ inputs: ConfigurationInputs) -> [String] {
    do throws(ConfigurationError) {
        _ = try inputs.load()
        return []
    } catch {
        return error.mistakes.map(\.description)
    }
}
