// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP

struct FieldNameTests {
    /// Were two bits one, a field would be taken for repeated that came once, or for another.
    @Test
    func `each field is remembered by a bit of its own`() {
        #expect(Set(FieldName.allCases.map(\.bit)).count == FieldName.allCases.count)
    }
}
