// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The file `docs/cordwood.schema.json`: a JSON Schema (draft 07, which editors know) of the YAML file,
/// made from the table of settings.
package enum ConfigurationSchema {
    package static func document() -> String {
        let properties = members(of: "") + [(PerStream.section, perStream)]
        let dotted = dotted(in: "")
        return """
            {
            "$schema":"http://json-schema.org/draft-07/schema#",
            "title":"The configuration of Cordwood",
            "type":["object","null"],
            "additionalProperties":false,
            "properties":{
            \(lines(properties))
            },
            "patternProperties":{
            \(lines(dotted.map { (pattern($0.0), $0.1) }))
            },
            "definitions":{
            \(lines(Settings.all.map { ($0.key, definition(of: $0)) }))
            }
            }

            """
    }

    /// The settings and sections directly in `section`; empty: those of the file.
    private static func members(of section: String) -> [(String, String)] {
        let settings = Settings.all.filter { $0.section == section }
        return settings.map { ($0.name, reference($0.key)) }
            + sections(in: section).map { name in
                let inner = section.isEmpty ? name : "\(section).\(name)"
                let dotted = dotted(in: inner).map { (pattern($0.0), $0.1) }
                return (name, object(members(of: inner), patterns: section.isEmpty ? dotted : []))
            }
    }

    /// The names of the sections directly in `section`.
    private static func sections(in section: String) -> [String] {
        let prefix = section.isEmpty ? "" : section + "."
        let inside = Settings.all.map(\.section).filter {
            !$0.isEmpty && $0 != section && $0.hasPrefix(prefix)
        }
        return unique(inside.map { String($0.dropFirst(prefix.count).prefix { $0 != "." }) })
    }

    /// The settings and sections below those of `section`, by their keys from there, which have dots.
    private static func dotted(in section: String) -> [(String, String)] {
        let prefix = section.isEmpty ? "" : section + "."
        let keys = Settings.all.filter { $0.key.hasPrefix(prefix) }.map {
            (String($0.key.dropFirst(prefix.count)), reference($0.key))
        }
        let inner = unique(Settings.all.map(\.section)).filter { $0.hasPrefix(prefix) }.map {
            (String($0.dropFirst(prefix.count)), object(members(of: $0)))
        }
        return (keys + inner).filter { $0.0.contains(".") }
    }

    private static func definition(of setting: Setting) -> String {
        let value = setting.schema.json
        let texts = setting.defaultTexts.filter { !$0.isEmpty }
        let ending = texts.isEmpty ? "" : " Default: \(texts.joined(separator: ", "))."
        let description = ("description", JSONText.quoted(setting.help + ending))
        let title = ("title", JSONText.quoted("\(setting.key): \(setting.allowed)"))
        guard setting.isList else {
            return JSONText.object([description, title, ("allOf", "[\(value)]")])
        }
        let list = JSONText.object([
            ("type", "\"array\""), ("items", value), ("uniqueItems", "true"),
        ])
        return JSONText.object([description, title, ("anyOf", "[\(value),\(list)]")])
    }

    /// Rules for single streams, by their names or patterns.
    private static var perStream: String {
        let settings = PerStream.settings.map { (PerStream.key(of: $0), $0.key) }
        let prefix = "rotation."
        let top = settings.filter { !$0.0.hasPrefix(prefix) }.map { ($0.0, reference($0.1)) }
        let rotation = settings.filter { $0.0.hasPrefix(prefix) }
        let inside = rotation.map { (String($0.0.dropFirst(prefix.count)), reference($0.1)) }
        let rule = object(
            top + [("rotation", object(inside))],
            patterns: rotation.map { (pattern($0.0), reference($0.1)) })
        return JSONText.object([
            ("type", #"["object","null"]"#), ("additionalProperties", rule),
        ])
    }

    private static func object(
        _ properties: [(String, String)], patterns: [(String, String)] = []
    ) -> String {
        var members = [
            (name: "type", value: #"["object","null"]"#), ("additionalProperties", "false"),
            ("properties", JSONText.object(properties.map { ($0.0, $0.1) })),
        ]
        if !patterns.isEmpty {
            members.append(("patternProperties", JSONText.object(patterns.map { ($0.0, $0.1) })))
        }
        return JSONText.object(members)
    }

    private static func reference(_ key: String) -> String { "{\"$ref\":\"#/definitions/\(key)\"}" }

    /// The regular expression of a key with a dot; editors offer only the keys in `properties`.
    private static func pattern(_ key: String) -> String {
        "^" + key.split(separator: ".").joined(separator: "[.]") + "$"
    }

    private static func lines(_ members: [(String, String)]) -> String {
        members.map { "\(JSONText.quoted($0.0)):\($0.1)" }.joined(separator: ",\n")
    }

    private static func unique(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
