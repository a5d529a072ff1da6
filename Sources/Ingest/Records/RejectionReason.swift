// SPDX-License-Identifier: Apache-2.0

/// Why a record was not written.
package enum RejectionReason: UInt8, CaseIterable, Sendable {
    case invalidJSON
    case invalidUTF8
    case notAnObject
    case tooLarge
    case tooDeep
    case numberTooLong
    case tooManyFields
    /// Nothing is wrong with it, but the request was atomic and another record was rejected.
    case withheld
    /// It is not what its protocol prescribes.
    case malformed

    /// What the answer and the metrics call it.
    package var code: StaticString {
        switch self {
        case .invalidJSON: "invalid_json"
        case .invalidUTF8: "invalid_utf8"
        case .notAnObject: "not_an_object"
        case .tooLarge: "record_too_large"
        case .tooDeep: "too_deep"
        case .numberTooLong: "number_too_long"
        case .tooManyFields: "too_many_fields"
        case .withheld: "withheld"
        case .malformed: "malformed"
        }
    }
}
