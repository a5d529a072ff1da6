// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The tables of docs/ARCHITECTURE.md that name the functions on a way, in their order.
struct NamesItsFunctionsTests {
    @Test func `every function that the page names is in the file that it names`() throws {
        let page = try Repository.text(of: "docs/ARCHITECTURE.md")
        var count = 0
        for line in page.split(separator: "\n") {
            guard let found = line.firstMatch(of: #/^\| `(\w+)` \| (\S+\.swift) \|/#)
            else { continue }
            count += 1
            let (name, file) = (found.output.1, "Sources/" + found.output.2)
            let source = (try? Repository.text(of: file)) ?? ""
            let hasIt = source.contains("func \(name)(")
            #expect(hasIt, "there is no \(name) in \(file), which docs/ARCHITECTURE.md names")
        }
        #expect(count > 25, "the tables are read")
    }
}
