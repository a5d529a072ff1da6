// SPDX-License-Identifier: Apache-2.0

import Protocols

extension Endpoint {
    /// `/ui/tail`: the last lines of a stream, or the lines that were added since.
    static let tail = get(
        "/ui/tail", .pageData, weight: 4,
        mistake: { TailQuery($0) == nil ? .malformedTailQuery : nil },
        respond: { service, query, text throws(Problem) in
            guard let query = TailQuery(query) else { throw .malformedTailQuery }
            let document = TailDocument(query, in: service.directory)
            guard document.isOfStream else { throw .unknownStream }
            document.encode(into: &text)
            return .pageData
        })
}
