import Linux

/// The names in a directory, by what they mean to rotating files.
package struct DirectoryContents {
    /// The active files' names, with or without a file of that name.
    package private(set) var bases: Set<String> = []
    /// The rotated files of each, in the order of their names.
    package private(set) var rotated: [String: [RotatedName]] = [:]
    /// What a sealer writes into, by the name of the plain file.
    package private(set) var temporaries: [(name: String, source: RotatedName)] = []
    /// Names that no stream has given.
    package private(set) var foreign: [String] = []

    /// Sorts `names` out.
    ///
    /// A stream is known by its state page, by a rotated file, or by a name that ends in `.log`:
    /// copies of a directory often lack what begins with a dot.
    package init(_ names: [String]) {
        bases = Set(names.compactMap(Sealer.baseName(ofStatePage:)))
        var rest: [String] = []
        for name in names where Sealer.baseName(ofStatePage: name) == nil {
            if let file = Self.rotatedName(name) {
                bases.insert(file.base)
                rotated[file.base, default: []].append(file)
            } else {
                rest.append(name)
            }
        }
        for name in rest where !bases.contains(name) {
            if let source = Self.temporarySource(name) {
                temporaries.append((name, source))
            } else if !name.hasPrefix("."), name.hasSuffix(".log") {
                bases.insert(name)
            } else {
                foreign.append(name)
            }
        }
        // Only now are all bases known.
        foreign.removeAll { name in
            Ledger.baseName(ofLedger: name).map(bases.contains) ?? false
        }
        rotated = rotated.mapValues { $0.sorted() }
        temporaries.sort { $0.name < $1.name }
        foreign.sort()
    }

    /// Reads `name` as that of a rotated file, whatever its active file is called.
    private static func rotatedName(_ name: String) -> RotatedName? {
        if name.hasPrefix(".") { return nil }
        for dot in name.utf8.indices where name.utf8[dot] == UInt8(ascii: ".") {
            if let file = RotatedName(parsing: name, base: String(name[..<dot])) { return file }
        }
        return nil
    }

    private static func temporarySource(_ name: String) -> RotatedName? {
        guard name.hasPrefix("."), name.hasSuffix(Sealer.temporarySuffix) else { return nil }
        let source = rotatedName(String(name.dropFirst().dropLast(Sealer.temporarySuffix.count)))
        return source?.isCompressed == false ? source : nil
    }
}
