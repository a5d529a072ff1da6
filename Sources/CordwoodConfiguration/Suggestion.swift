// SPDX-License-Identifier: Apache-2.0

/// The name that was probably meant.
package enum Suggestion {
    /// The nearest of `names`, or `nil` if none is near.
    ///
    /// Punctuation and capitals do not count, and the section may be missing: `backupCount` and
    /// `backup-count` both mean `rotation.backup_count`.
    package static func nearest(to written: String, among names: [String]) -> String? {
        let wanted = plain(written)
        let candidates = names.map { name in
            (name: name, distance: distance(from: wanted, toName: name))
        }
        guard let best = candidates.min(by: { $0.distance < $1.distance }),
            best.distance <= max(1, wanted.count / 4)
        else { return nil }
        return best.name
    }

    private static func distance(from wanted: [UInt8], toName name: String) -> Int {
        let whole = editDistance(wanted, plain(name))
        guard let dot = name.lastIndex(of: ".") else { return whole }
        return min(whole, editDistance(wanted, plain(name[name.index(after: dot)...])))
    }

    private static func plain(_ name: some StringProtocol) -> [UInt8] {
        name.lowercased().utf8.filter { !"_-.".utf8.contains($0) }
    }

    /// The number of letters to insert, remove, replace or swap with their neighbour.
    static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
