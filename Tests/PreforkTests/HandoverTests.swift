// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Prefork

@Suite struct HandoverTests {
    @Test(arguments: [
        "127.0.0.1:8080", "unix:/run/with spaces  and two/log.sock", "*:80", "[::1]:0", "unix: /a",
        nil,
    ])
    func `the state that was handed over is read back`(name: String?) {
        let left = Handover(
            lifeLine: 7, scoreboard: 8, layout: "1.2.3 (debug) 4096x200",
            files: "1234 /var/log/a  b",
            children: [
                Handover.Child(process: 123, row: 1), Handover.Child(process: 124, row: 4095),
            ],
            sockets: [
                Handover.Socket(number: 9, name: name), Handover.Socket(number: 3, name: nil),
            ])
        #expect(Handover(left.text) == left)
    }

    /// The program on either side may be older: each line keeps its word.
    @Test func `the text is in the format that other versions read`() {
        let left = Handover(
            lifeLine: 7, scoreboard: 8, layout: "a b", files: "1 /logs",
            children: [Handover.Child(process: 123, row: 1)],
            sockets: [
                Handover.Socket(number: 9, name: "*:80"), Handover.Socket(number: 3, name: nil),
            ])
        let expected = """
            process \(getpid())
            lifeline 7
            scoreboard 8
            layout a b
            files 1 /logs
            child 123 1
            socket 9 *:80
            socket 3
            """
        #expect(left.text == expected)
    }

    @Test func `a handover may have only descriptors`() {
        let left = Handover(
            lifeLine: 7, scoreboard: 8, layout: "", children: [], sockets: [])
        #expect(Handover(left.text) == left)
    }

    @Test func `a handover for another process is ignored`() {
        let left = Handover(lifeLine: 7, scoreboard: 8, layout: "a", children: [], sockets: [])
        #expect(Handover(left.text, process: getpid() + 1) == nil)
    }

    @Test(arguments: [
        "", "\n", "process", "garbage", "process 1", "process one\nlifeline 3\nscoreboard 4",
        "process 1\nlifeline 3", "process 1\nscoreboard 3", "process 1\nlifeline\nscoreboard 4",
        "process 1\nlifeline 3\nscoreboard 99999999999", "lifeline 3\nscoreboard 4",
        "process 1\nlifeline 3\nscoreboard 4\nchild 5", "process 1\nlifeline -1\nscoreboard 4",
        "process 1\nlifeline 3\nscoreboard 4\nchild 5 x",
        "process 1\nlifeline 3\nscoreboard 4\nchild -1 1",
        "process 1\nlifeline 3\nscoreboard 4\nchild 0 1",
        "process 1\nlifeline 3\nscoreboard 4\nsocket x", "process 1\nlifeline 3\nscoreboard 4\nx",
        "process 1\nlifeline 3\nscoreboard 4\nsocket -1 a",
    ])
    func `garbage is not a handover`(text: String) {
        #expect(Handover(text, process: 1) == nil)
    }
}
