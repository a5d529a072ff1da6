// SPDX-License-Identifier: Apache-2.0

import Streams
import Testing

@testable import RotatingFile
@testable import Streams

/// Whatever streams are called, no file of one can be mistaken for a file of another.
@Suite struct StreamFilesTests {
    /// All that a file's name is made of, and what could be mistaken for it.
    private static let pieces = [
        "a", "app", ".", "-", ".log", ".rejected", ".state", ".gz", ".tmp", "2026-11-23",
        ".2026-11-23", "_10", ".1",
    ]

    /// Every valid name of at most three pieces.
    private static let streams: Set<String> = {
        var (texts, last) = (Set<String>(), [""])
        for _ in 1...3 {
            last = last.flatMap { text in pieces.map { text + $0 } }
            texts.formUnion(last)
        }
        return texts.filter { StreamName.isValid(Array($0.utf8).span) }
    }()

    private struct Files {
        let base: String
        var rotated: [String] = []
        var temporaries: [String] = []

        /// All that can ever be in the directory of one active file.
        init(of base: String) {
            self.base = base
            for suffix in ["2026-11-23", "2026-11-23_10", "2026-11-23_10-15-30"] {
                for collision in ["", ".1", ".2", ".10"] {
                    let plain = base + "." + suffix + collision
                    rotated += [plain, plain + ".gz"]
                    temporaries.append("." + plain + ".gz.tmp")
                }
            }
        }

        var all: [String] { [base, ".\(base).state", ".\(base).ledger"] + rotated + temporaries }
    }

    private static let files = streams.sorted().flatMap { stream in
        [Files(of: stream + ".log"), Files(of: stream + ".rejected.log")]
    }

    @Test func `no two streams have a name in common`() {
        #expect(Self.streams.count > 400)
        var owners: [String: String] = [:]
        for files in Self.files {
            for name in files.all {
                if let other = owners.updateValue(files.base, forKey: name) {
                    Issue.record("\(name) is a file of \(other) and of \(files.base)")
                }
            }
        }
    }

    @Test func `the sealer and the verification know the stream of each file`() {
        let bases = Set(Self.files.map(\.base))
        let contents = LogDirectory.Contents(Self.files.flatMap(\.all))
        #expect(contents.bases == bases)
        #expect(contents.foreign.isEmpty)
        for files in Self.files {
            let rotated = contents.rotated[files.base, default: []].map(\.fileName)
            #expect(Set(rotated) == Set(files.rotated))
            for name in files.rotated {
                #expect(RotatedName(parsing: name)?.base == files.base)
            }
        }
        #expect(
            Set(contents.temporaries.map(\.name)) == Set(Self.files.flatMap(\.temporaries)))
    }

    @Test func `the longest name leaves room for all that is added to it`() {
        let longest = String(repeating: "a", count: StreamName.maximumByteCount)
        let name = ".\(longest).rejected.log.2026-11-23_10-15-30.1000000.gz.tmp"
        #expect(name.utf8.count <= 255)
    }
}
