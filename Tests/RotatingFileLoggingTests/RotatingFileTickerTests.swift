// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import RotatingFile
import Synchronization
import Testing

@testable import RotatingFileLogging

@Suite struct RotatingFileTickerTests {
    @Test func `a ticker flushes, rotates and seals until it is stopped`() throws {
        let place = try LogPlace()
        let sink = try place.sink(bufferByteCount: 4096)
        sink.logger().info("early")
        place.clock.set(1_795_428_060)
        let sealed = DispatchSemaphore(value: 0)
        let ticker = try RotatingFileTicker(
            sink, sealing: .init(backupCount: 2), onSealed: { _ in sealed.signal() })
        #expect(sealed.wait(timeout: .now() + 30) == .success)
        ticker.stop()
        #expect(try place.names == ["app.log", "app.log.2026-11-23_10-00.gz"])
        #expect(sink.statistics.appendedCount == 1)
        // A second time, and once more when it goes, there is nothing to wait for.
        ticker.stop()
    }

    @Test func `an unreferenced ticker ends, and releases its sink`() throws {
        let place = try LogPlace()
        weak var gone: RotatingFileSink?
        do {
            let sink = try place.sink()
            gone = sink
            _ = try RotatingFileTicker(sink)
        }
        #expect(gone == nil)
    }
}
