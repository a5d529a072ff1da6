// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Prefork

@Suite struct MasterSignalTests {
    @Test func `the page on signals agrees with the table in the code`() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appendingPathComponent("docs/SIGNALS.md"), encoding: .utf8)
        let rows = page.split(separator: "\n")
        for signal in MasterSignal.all {
            #expect(rows.contains("| \(signal.name) | \(signal.meaning) |"))
        }
    }
}
