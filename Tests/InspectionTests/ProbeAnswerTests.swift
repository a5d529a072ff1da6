// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Inspection

@Suite struct ProbeAnswerTests {
    private static func answer(_ text: String) -> ProbeAnswer {
        var answer = ProbeAnswer()
        answer.append(text.utf8)
        return answer
    }

    @Test(
        arguments: [
            ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\ndisk low\n", "disk low"),
            ("HTTP/1.1 503 No\r\n\r\nwrites fail\nand more\n", "writes fail"),
            (
                "HTTP/1.1 503 No\r\n\r\n"
                    + #"{"error":{"code":"too_many_connections","message":"Come later."}}"#,
                "Come later."
            ),
            // A terminal obeys none of it.
            ("HTTP/1.1 500 No\r\n\r\n\u{1B}[2Jbroken\u{202E}", "[2Jbroken"),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n<html><title>502</title></html>", nil),
            ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", nil),
            ("HTTP/1.1 503 No\r\nContent-Len", nil), ("", nil),
        ] as [(String, String?)])
    func `a rejection gives its own reason`(text: String, reason: String?) {
        #expect(Self.answer(text).reason == reason)
    }

    @Test func `a reason is a line of bounded length`() {
        let text = "HTTP/1.1 500 No\r\n\r\n" + String(repeating: "x", count: 5000)
        #expect(Self.answer(text).reason?.count == 300)
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\n", 200), ("HTTP/1.0 503 x", 503), ("HTTP/1.1 20", nil),
            ("HTTP/2 200 OK", nil), ("SSH-2.0-OpenSSH_9", nil), ("", nil),
        ] as [(String, Int?)])
    func `the status is known from the first twelve bytes`(text: String, status: Int?) {
        #expect(Self.answer(text).status == status)
    }

    @Test(arguments: [
        ("HTTP/1.1 503 No\r\ncontent-length: 3\r\n\r\nabc", true),
        ("HTTP/1.1 503 No\r\nContent-Length:3\r\n\r\nab", false),
        ("HTTP/1.1 503 No\r\n\r\nabc", false), ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n", false),
    ])
    func `an answer is complete when its length has arrived`(text: String, isWhole: Bool) {
        #expect(Self.answer(text).isWhole == isWhole)
    }
}
