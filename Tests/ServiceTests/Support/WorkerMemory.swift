// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension RunningService {
    /// Resident bytes of the one worker.
    func workerMemory() throws -> Int {
        let worker = try #require(try workers().first)
        let pages = try String(contentsOfFile: "/proc/\(worker)/statm", encoding: .utf8)
            .split(separator: " ")
        return try #require(Int(pages[1])) * Int(getpagesize())
    }
}
