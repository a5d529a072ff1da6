// SPDX-License-Identifier: Apache-2.0

import Ingest
import Testing

@testable import Protocols

@Suite struct SplunkRawTests {
    private static let path = "POST /services/collector/raw"

    @Test func `each line of the raw endpoint is a record`() throws {
        let body = Array("one\r\n\n {\"a\": 1}\n \t\nthr\"ee\u{1}".utf8)
        let read = try BodyRun(Self.path, body, by: SplunkProtocol())
        #expect(
            read.lines == [
                #"{"message":"one"}"#, #"{"message":" {\"a\": 1}"}"#,
                #"{"message":"thr\"ee\u0001"}"#,
            ])
        #expect(read.rejected.isEmpty && read.answer == #"{"text":"Success","code":0}"#)
    }

    @Test func `lines have what the query says`() throws {
        let request =
            Self.path + "/1.0?channel=c&source=s&host=h&index=i&sourcetype=t&host=h2\r\n"
        let read = try BodyRun(request, Array("x\ny".utf8), by: SplunkProtocol())
        let members = #""host":"h2","source":"s","sourcetype":"t","index":"i","channel":"c""#
        #expect(read.lines == ["{\"message\":\"x\",\(members)}", "{\"message\":\"y\",\(members)}"])
    }

    @Test func `a line that is not UTF-8 is Base64`() throws {
        let read = try BodyRun(Self.path, [0xFF, 0x0A, 0x61], by: SplunkProtocol())
        #expect(read.lines == [#"{"message":{"base64":"/w=="}}"#, #"{"message":"a"}"#])
    }

    @Test func `a stream of lines gets them as they are`() throws {
        var options = BodyRun.Options()
        options.streamFormat = .raw
        let body = Array("one \"two\"\r\nthree\n".utf8) + [0xFF, 0x0A]
        let read = try BodyRun(Self.path + "?host=h", body, by: SplunkProtocol(), options)
        #expect(read.lines == [#"one "two""#, "three"] && read.reasons == [.invalidUTF8])
        let (raw, events) = (
            Array("/services/collector/raw".utf8), Array("/services/collector".utf8)
        )
        let fits = SplunkProtocol().fitsRawStreams(raw.span)
        let eventsFit = SplunkProtocol().fitsRawStreams(events.span)
        #expect(fits && !eventsFit)
    }

    @Test(arguments: ["", "\n \r\n"])
    func `lines of nothing are an error`(body: String) throws {
        #expect(try BodyRun(Self.path, Array(body.utf8), by: SplunkProtocol()).error == .emptyBody)
    }
}
