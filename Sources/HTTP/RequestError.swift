/// Why the bytes of a request are refused.
///
/// Every one of them closes the connection after the answer: where a message is malformed, the
/// place where the next one begins is a guess, and guesses are what request smuggling lives on
/// (RFC 9112, 6.3 and 11.2). The one exception is `invalidEscape` out of a form's body, where the
/// framing is not in doubt.
package enum RequestError: UInt8, Error, Equatable, Sendable, CaseIterable {
    case invalidRequestLine, invalidVersion, unsupportedVersion, requestLineTooLong
    case invalidTarget, invalidEscape, tunnelRefused
    case bareLineFeed, bareCarriageReturn, controlCharacter
    case lineFolding, invalidFieldName, whitespaceBeforeColon, missingColon, repeatedField
    case headersTooLarge, tooManyHeaders
    case missingHost, repeatedHost, invalidHost, differingHost
    case invalidContentLength, repeatedContentLength, conflictingFraming
    case invalidTransferEncoding, unsupportedTransferCoding, transferEncodingInHTTP10
    case unsupportedExpectation
    case bodyTooLarge
    case invalidChunkSize, invalidChunkExtension, chunkExtensionsTooLarge, missingChunkEnd
    case invalidTrailer, trailersTooLarge
    case requestTimeout

    package var status: Status { description.status }

    /// What a program may compare, in snake_case.
    package var code: StaticString { description.code }

    /// What happened and what to do, for whoever reads the client's log.
    package var message: StaticString { description.message }

    /// The bound that was exceeded, which the answer names.
    package func limit(in limits: Limits) -> Int? {
        switch self {
        case .requestLineTooLong: limits.requestLineByteCount
        case .headersTooLarge: limits.headerByteCount
        case .tooManyHeaders: limits.headerCount
        case .bodyTooLarge: limits.bodyByteCount
        case .chunkExtensionsTooLarge: limits.chunkExtensionByteCount
        case .trailersTooLarge: limits.trailerByteCount
        default: nil
        }
    }
}
