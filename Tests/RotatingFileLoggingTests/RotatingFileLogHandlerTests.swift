// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Testing

@testable import RotatingFileLogging

@Suite struct RotatingFileLogHandlerTests {
    let place: LogPlace

    init() throws { place = try LogPlace() }

    @Test func `a line is in the file when the call returns`() throws {
        let logger = try place.sink().logger("web")
        logger.info("hello", metadata: ["order": "17"])
        #expect(
            try place.lines() == [
                #"{"time":"2026-11-23T10:00:00.000Z","level":"info","logger":"web","#
                    + #""message":"hello","metadata":{"order":"17"}}"#
            ])
    }

    @Test func `level and metadata belong to one logger`() throws {
        let sink = try place.sink()
        var first = sink.logger("first")
        first.logLevel = .debug
        first[metadataKey: "only"] = "first"
        var second = first
        second.logLevel = .error
        second[metadataKey: "only"] = "second"
        first.debug("seen")
        second.warning("not seen")
        second.error("seen")
        #expect(first.logLevel == .debug && second.logLevel == .error)
        let metadata = try place.records().map { $0["metadata"] as? [String: String] }
        #expect(metadata == [["only": "first"], ["only": "second"]])
    }

    @Test func `the call's metadata hides the provider's, and that the logger's`() throws {
        let sink = try place.sink()
        let provider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        var logger = Logger(label: "test") {
            RotatingFileLogHandler(label: $0, sink: sink, metadataProvider: provider)
        }
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.info("m", metadata: ["c": "call"])
        #expect(
            try place.records().first?["metadata"] as? [String: String]
                == ["a": "logger", "b": "provider", "c": "call"])
    }

    @Test func `a description that itself logs does not wait for itself`() throws {
        struct Talkative: CustomStringConvertible, Sendable {
            let logger: Logger
            var description: String {
                logger.info("inner")
                return "outer"
            }
        }
        let logger = try place.sink().logger()
        logger.info("m", metadata: ["value": .stringConvertible(Talkative(logger: logger))])
        #expect(try place.records().map { $0["message"] as? String } == ["inner", "m"])
    }
}
