// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import CordwoodConfiguration

/// The configuration that a file with this text makes.
func configuration(_ yaml: String) throws -> Configuration {
    let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("cordwood-\(UUID().uuidString).yaml")
    try Data(yaml.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try ConfigurationInputs(file: file.path, environment: [:], flags: [:])
        .load().configuration
}
