// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CordwoodConfiguration

struct ConfigurationSchemaTests {
    @Test func `the schema in docs is the one that the table gives`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let schema = try String(
            contentsOf: root.appendingPathComponent("docs/cordwood.schema.json"), encoding: .utf8)
        #expect(schema == ConfigurationSchema.document(), "run `make reference`")
    }

    @Test func `it is JSON and has every setting once`() throws {
        let data = Data(ConfigurationSchema.document().utf8)
        let schema = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let definitions = try #require(schema["definitions"] as? [String: Any])
        #expect(Set(definitions.keys) == Set(Settings.all.map(\.key)))
        let properties = try #require(schema["properties"] as? [String: Any])
        let sections = Set(Settings.all.map { $0.section.isEmpty ? $0.name : $0.topSection })
        #expect(Set(properties.keys) == sections.union([PerStream.section]))
        let protocols = try #require(properties["protocols"] as? [String: Any])
        let inside = try #require(protocols["properties"] as? [String: Any])
        #expect(inside.keys.contains("secrets_in_urls") && inside.keys.contains("otlp"))
    }
}
