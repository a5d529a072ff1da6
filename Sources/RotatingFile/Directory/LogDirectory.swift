// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// A directory of rotating files, and the one place where it is listed.
package struct LogDirectory: Equatable, Sendable {
    /// The path of the directory.
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The path of the file `name` in it.
    package func path(of name: String) -> String { path + "/" + name }

    /// Lists the directory.
    ///
    /// - Parameter limit: the most names that are looked at.
    package func contents(atMost limit: Int = .max) throws(RotatingFileError) -> Contents {
        Contents(
            try describing("list", path) { () throws(Errno) in
                try Directory.names(in: path, atMost: limit)
            })
    }

    /// The rotated files of the active file `base`, plain and compressed, in no order.
    func rotatedFiles(of base: String) throws(RotatingFileError) -> [RotatedName] {
        let prefix = Array((base + ".").utf8)
        return try describing("list", path) { () throws(Errno) in
            try Directory.names(in: path) { $0.hasPrefix(prefix.span) }
        }.compactMap { RotatedName(parsing: $0, base: base) }
    }
}

extension LogDirectory {
    /// The names in a directory, by what they mean to rotating files.
    package struct Contents {
        /// The active files that have a state page: those that rotating files have made.
        package private(set) var paged: Set<String> = []
        /// The names of all active files, with or without a file of that name.
        ///
        /// A stream is known by its state page, by a rotated file, or by a name that ends in `.log`,
        /// because copies of a directory often lack the files that begin with a dot.
        package private(set) var bases: Set<String> = []
        /// The rotated files of each active file, in the order of their names.
        package private(set) var rotated: [String: [RotatedName]] = [:]
        /// The files that sealers write into, by the name of the plain file.
        package private(set) var temporaries: [(name: String, source: RotatedName)] = []
        /// Names that belong to no active file.
        package private(set) var foreign: [String] = []
        /// How many names were looked at.
        package let nameCount: Int

        /// Sorts out `names`.
        package init(_ names: [String]) {
            nameCount = names.count
            var ledgers: [(name: String, base: String)] = []
            var hidden: [(name: String, file: RotatedName)] = []
            var rest: [String] = []
            for name in names {
                switch FileKind(name) {
                case .statePage(let base): paged.insert(base)
                case .ledger(let base): ledgers.append((name, base))
                case .temporary(let source): temporaries.append((name, source))
                case .rotated(let file) where name.hasPrefix("."): hidden.append((name, file))
                case .rotated(let file): rotated[file.base, default: []].append(file)
                case .other: rest.append(name)
                }
            }
            for (name, file) in hidden {
                // Without a page it is any hidden file.
                if paged.contains(file.base) {
                    rotated[file.base, default: []].append(file)
                } else {
                    rest.append(name)
                }
            }
            bases = paged.union(rotated.keys)
            for name in rest where !bases.contains(name) {
                let isActive = !name.hasPrefix(".") && name.hasSuffix(FileNames.activeSuffix)
                if isActive { bases.insert(name) } else { foreign.append(name) }
            }
            // Only now are all active files known.
            foreign += ledgers.filter { !bases.contains($0.base) }.map(\.name)
            rotated = rotated.mapValues { $0.sorted() }
            temporaries.sort { $0.name < $1.name }
            foreign.sort()
        }

        /// The rotated files of `base` that are not compressed, oldest name first.
        func plainFiles(of base: String) -> [RotatedName] {
            rotated[base, default: []].filter { !$0.isCompressed }
        }
    }
}
