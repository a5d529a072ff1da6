// SPDX-License-Identifier: Apache-2.0

import Bytes
import Prefork
import Testing

@testable import Monitoring

@Suite struct StreamDirectoryTests {
    private let board: Scoreboard
    private let directory: StreamDirectory

    init() throws {
        board = try CounterLayout.sample.scoreboard(rowCount: 3)
        for row in 0..<3 { board.use(row: row) }
        directory = StreamDirectory(board)
    }

    @Test(arguments: ["a", "app", "12345678", "123456789", String(repeating: "z", count: 64)])
    func `a name is found again as it was`(name: String) {
        let place = directory.place(of: Array(name.utf8))
        #expect(directory.place(of: Array(name.utf8)) == place)
        #expect(directory.placesByName == [name: [place]])
    }

    @Test func `names that begin alike have places of their own`() {
        let names = ["a", "aa", "aaaaaaaa", "aaaaaaaaa", "b"]
        let places = names.map { directory.place(of: Array($0.utf8)) }
        #expect(places == [0, 1, 2, 3, 4])
    }

    @Test func `beyond a hundred all others have one place`() {
        for number in 0..<100 {
            #expect(directory.place(of: Array("s\(number)".utf8)) == number)
        }
        #expect(directory.place(of: Array("late".utf8)) == StreamDirectory.others)
        #expect(directory.place(of: Array("later".utf8)) == StreamDirectory.others)
        #expect(directory.place(of: Array("s99".utf8)) == 99)
        #expect(directory.placesByName.count == 100)
    }

    @Test func `a place whose claimant has died counts nothing`() {
        #expect(board.claim(shared: 0) == 0)
        #expect(directory.place(of: Array("app".utf8)) == 1)
        #expect(directory.placesByName == ["app": [1]])
    }

    @Test func `two places of one name are added up, over all processes`() {
        let (first, second) = (Counters(board, row: 1), Counters(board, row: 2))
        let place = directory.place(of: Array("app".utf8))
        first.add(2, to: StreamCell.written, at: place)
        second.add(3, to: StreamCell.written, at: place)
        second.add(7, to: StreamCell.rejected, at: StreamDirectory.others)
        second.add(9, to: StreamCell.bytes, at: place)
        var out = ByteBuffer()
        Metrics(board, .sample, version: "1", disk: nil, now: 0).encode(into: &out)
        let text = String(decoding: (0..<out.count).map { out.span[$0] }, as: UTF8.self)
        let lines = Set(text.split(separator: "\n").map(String.init))
        for line in [
            #"cordwood_stream_records_written_total{stream="app"} 5"#,
            #"cordwood_stream_records_written_total{stream="_other"} 0"#,
            #"cordwood_stream_records_rejected_total{stream="_other"} 7"#,
            #"cordwood_stream_bytes_written_total{stream="app"} 9"#,
        ] {
            #expect(lines.contains(line), "\(text)")
        }
    }
}
