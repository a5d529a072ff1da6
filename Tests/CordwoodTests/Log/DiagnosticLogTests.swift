import Bytes
import RotatingFile
import Testing

@testable import Cordwood

@Suite struct DiagnosticLogTests {
    @Test(arguments: [
        ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#),
        ("line\nfeed\r\t", #""line\nfeed\r\t""#),
        ("\u{1}\u{7f}", "\"\\u0001\\u007f\""), ("naïve 🪵", "\"naïve 🪵\""),
    ])
    func `text is quoted as JSON`(text: String, quoted: String) {
        #expect(JSONText.quoted(text) == quoted)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_442_161_078_999_999, "2026-11-23T13:56:01.078Z"),
        ] as [(Int64, String)])
    func `times are RFC 3339`(nanoseconds: Int64, text: String) {
        #expect(RFC3339.string(epochNanoseconds: nanoseconds) == text)
    }

    @Test func `an error that comes again is said once in a while, with its count`() {
        var log = ErrorLog()
        let error = RotatingFileError.notARegularFile(path: "/a")
        #expect(log.note(error, now: 100) == 0)
        #expect(log.note(error, now: 101) == nil)
        #expect(log.note(error, now: 109) == nil)
        #expect(log.note(error, now: 110) == 2)
        #expect(log.note(.notARegularFile(path: "/b"), now: 110) == 0)
    }
}
