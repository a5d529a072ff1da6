// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What the members of a resource or scope say, and those of the group around it.
///
/// A group may have them in any order, and a resource twice, which is then one.
struct JSONSubject: ~Copyable {
    private let isResource: Bool
    private var attributes = ByteBuffer()
    private var droppedAttributesCount: UInt32 = 0
    private var entities = ByteBuffer()
    private var name: JSONString?
    private var version: JSONString?
    private var schemaURL: JSONString?
    private var unknown = ByteBuffer()
    /// The unknown members of the group.
    private var unknownOfGroup = ByteBuffer()

    init(isResource: Bool) { self.isResource = isResource }

    /// Bytes of memory that it takes.
    var byteCount: Int {
        attributes.capacity + entities.capacity + unknown.capacity + unknownOfGroup.capacity
    }

    mutating func shrink(to byteCount: Int) {
        if self.byteCount > byteCount { self = JSONSubject(isResource: isResource) }
    }

    /// Begins the next group.
    mutating func removeAll() {
        attributes.removeAll()
        droppedAttributesCount = 0
        entities.removeAll()
        name = nil
        version = nil
        schemaURL = nil
        unknown.removeAll()
        unknownOfGroup.removeAll()
    }

    /// Reads a member of the group other than its records.
    mutating func readMember(
        _ json: inout JSONScanner, _ key: JSONString, limit: Int
    ) throws(JSONMistake) {
        if json.isEqual(key, isResource ? "resource" : "scope"), json.peek() == .openBrace {
            try read(&json, key, limit)
        } else if json.isEqual(key, "schemaUrl", "schema_url") {
            schemaURL = try json.readText(of: key, orInto: &unknownOfGroup)
        } else {
            try json.readUnknown(key, into: &unknownOfGroup)
        }
    }

    /// Reads the resource or scope; one that is malformed, or over the limit, stays as it came.
    private mutating func read(
        _ json: inout JSONScanner, _ key: JSONString, _ limit: Int
    ) throws(JSONMistake) {
        let (attributeCount, entityCount) = (attributes.count, entities.count)
        let unknownCount = unknown.count
        let end = min(json.text.count - json.offset, limit) + json.offset
        var within = JSONScanner(
            json.text.extracting(..<end), at: json.offset, depth: json.depth,
            depthLimit: OTLPLimits.jsonDepth)
        do throws(JSONMistake) {
            var more = try within.openObject()
            while more {
                try readSubjectMember(&within)
                more = try within.continueObject()
            }
            json = JSONScanner(
                json.text, at: within.offset, depth: json.depth, depthLimit: OTLPLimits.jsonDepth)
        } catch {
            attributes.truncate(to: attributeCount)
            entities.truncate(to: entityCount)
            unknown.truncate(to: unknownCount)
            try json.readUnknown(key, into: &unknownOfGroup)
        }
    }

    private mutating func readSubjectMember(_ json: inout JSONScanner) throws(JSONMistake) {
        let key = try json.readKey()
        if json.isEqual(key, "attributes") {
            try attributes.append(attributesOf: &json, key, orInto: &unknown)
        } else if json.isEqual(key, "droppedAttributesCount", "dropped_attributes_count") {
            droppedAttributesCount = UInt32(
                try json.readUnsigned(of: key, upTo: UInt64(UInt32.max), orInto: &unknown) ?? 0)
        } else if isResource, json.isEqual(key, "entityRefs", "entity_refs"),
            json.peek() == .openBracket
        {
            try entities.append(entitiesOf: &json)
        } else if !isResource, json.isEqual(key, "name") {
            name = try json.readText(of: key, orInto: &unknown)
        } else if !isResource, json.isEqual(key, "version") {
            version = try json.readText(of: key, orInto: &unknown)
        } else {
            try json.readUnknown(key, into: &unknown)
        }
    }

    /// Appends the members of a line.
    func append(to line: inout ByteBuffer, from text: Span<UInt8>) {
        let start = line.count
        line.append(isResource ? "\"resource\":{" : "\"scope\":{")
        let empty = line.count
        line.append(text: name, of: text, "\"name\":")
        line.append(text: version, of: text, "\"version\":")
        line.append(attributes: attributes)
        line.append(number: Int(droppedAttributesCount), "\"dropped_attributes_count\":")
        if !entities.isEmpty {
            line.append("\"entity_refs\":[")
            line.append(entities)
            line.closeArray()
            line.append(",")
        }
        line.append(unknownMembers: unknown)
        line.append(text: schemaURL, of: text, "\"schema_url\":")
        if line.count == empty {
            line.truncate(to: start)
        } else {
            line.closeObject()
            line.append(",")
        }
        if unknownOfGroup.isEmpty { return }
        line.append(isResource ? "\"resource_logs\":{" : "\"scope_logs\":{")
        line.append(unknownMembers: unknownOfGroup)
        line.closeObject()
        line.append(",")
    }
}

extension ByteBuffer {
    /// Reads an array of `EntityRef` and appends them, each with a comma behind it.
    fileprivate mutating func append(entitiesOf json: inout JSONScanner) throws(JSONMistake) {
        var more = try json.openArray()
        while more {
            try append(entityOf: &json)
            more = try json.continueArray()
        }
    }

    private mutating func append(entityOf json: inout JSONScanner) throws(JSONMistake) {
        var schemaURL: JSONString?
        var type: JSONString?
        var ids = ByteBuffer()
        var descriptions = ByteBuffer()
        var unknown = ByteBuffer()
        var more = try json.openObject()
        while more {
            let key = try json.readKey()
            if json.isEqual(key, "schemaUrl", "schema_url") {
                schemaURL = try json.readText(of: key, orInto: &unknown)
            } else if json.isEqual(key, "type") {
                type = try json.readText(of: key, orInto: &unknown)
            } else if json.isEqual(key, "idKeys", "id_keys"), json.peek() == .openBracket {
                try ids.append(textsOf: &json)
            } else if json.isEqual(key, "descriptionKeys", "description_keys"),
                json.peek() == .openBracket
            {
                try descriptions.append(textsOf: &json)
            } else {
                try json.readUnknown(key, into: &unknown)
            }
            more = try json.continueObject()
        }
        append("{")
        append(text: schemaURL, of: json.text, "\"schema_url\":")
        append(text: type, of: json.text, "\"type\":")
        append(keys: ids, "\"id_keys\":[")
        append(keys: descriptions, "\"description_keys\":[")
        append(unknownMembers: unknown)
        closeObject()
        append(",")
    }

    private mutating func append(textsOf json: inout JSONScanner) throws(JSONMistake) {
        var more = try json.openArray()
        while more {
            append(try json.readString(), of: json.text)
            append(",")
            more = try json.continueArray()
        }
    }

    private mutating func append(keys: borrowing ByteBuffer, _ name: StaticString) {
        if keys.isEmpty { return }
        append(name)
        append(keys)
        closeArray()
        append(",")
    }
}
