// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The header fields that the service and its protocols read, besides those that frame a message.
///
/// The raw value of a case is the field's name in camel case, such as `xApiKey` for `X-Api-Key`. To
/// read another field, add its name to the cases.
package enum HeadField: UInt8, CaseIterable, Sendable {
    case authorization, xApiKey, xRequestId, origin, accessControlRequestMethod, accept
    // Those of the clients of other services.
    case ddApiKey, xAmzFirehoseAccessKey, xAmzFirehoseRequestId, xAmzFirehoseSourceArn
    case xAmzFirehoseCommonAttributes, xScopeOrgid, xSplunkRequestChannel
    case logplexMsgCount, logplexFrameId, logplexDrainToken, userAgent

    /// The field's name in lowercase.
    var name: String {
        String(describing: self).reduce(into: "") { name, character in
            if character.isUppercase { name += "-" }
            name += character.lowercased()
        }
    }

    /// What the parser does with the field: unless it says otherwise here, a request that has it
    /// twice is rejected.
    fileprivate var definition: FieldTable.Field {
        switch self {
        case .xRequestId:
            FieldTable.Field(name, whenRepeated: .ignored, isIdentifier: true)
        case .origin, .accessControlRequestMethod, .accept, .userAgent:
            FieldTable.Field(name, whenRepeated: .ignored)
        default: FieldTable.Field(name)
        }
    }
}

extension FieldTable {
    /// All of `HeadField`, each at the index of its raw value.
    package static let service = FieldTable(HeadField.allCases.map(\.definition))
}

extension RequestHead {
    /// Where the value of a field is; empty if it is absent, empty or invalid.
    package subscript(field: HeadField) -> Range<Int> { self.field(Int(field.rawValue)) }

    /// Whether it is a preflight, with which a browser asks before it sends a page's request:
    /// OPTIONS with `Origin` and `Access-Control-Request-Method`.
    package var isPreflight: Bool {
        method == .options && hasField(Int(HeadField.origin.rawValue))
            && hasField(Int(HeadField.accessControlRequestMethod.rawValue))
    }
}
