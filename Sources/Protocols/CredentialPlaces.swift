// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP

/// The places where the clients of a protocol put a secret, besides the field Authorization.
package struct CredentialPlaces: Sendable {
    /// The field that holds nothing but the secret.
    package var field: HeadField
    /// Whether `Basic` may have any user name, because the clients send one of their own.
    package var takesAnyUser: Bool
    /// The parameters of the query that hold it, if the configuration accepts secrets in URLs.
    package var parameters: [StaticString]
    /// The part of a path in front of a secret that is the rest of it, if the configuration accepts
    /// secrets in URLs.
    package var pathPrefix: StaticString?

    package init(
        field: HeadField = .xApiKey, takesAnyUser: Bool = false,
        parameters: [StaticString] = ["token"], pathPrefix: StaticString? = nil
    ) {
        self.field = field
        self.takesAnyUser = takesAnyUser
        self.parameters = parameters
        self.pathPrefix = pathPrefix
    }

    /// Where the secret in a URL is, in `bytes`; empty if there is none.
    ///
    /// - Parameter path: where the path is, without the name of a stream in front.
    package func secretInURL(
        _ head: RequestHead, path: Range<Int>, _ bytes: Span<UInt8>
    ) -> Range<Int> {
        if let pathPrefix {
            let count = pathPrefix.utf8CodeUnitCount
            if path.count > count, bytes.extracting(path).extracting(..<count).equals(pathPrefix) {
                return path.lowerBound + count..<path.upperBound
            }
        }
        var query = QueryParameters(head.query)
        while let parameter = query.next(in: bytes) {
            for name in parameters
            where QueryParameters.matches(parameter.name, of: bytes, name) {
                return parameter.value
            }
        }
        return 0..<0
    }
}
