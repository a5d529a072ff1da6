// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Protocols
import SystemPackage

extension Endpoint {
    /// `/ui/streams`: the streams in the directory and their files.
    static let streamList = get("/ui/streams", .pageData, weight: 4, isShared: true) {
        service, _, text throws(Problem) in
        do throws(Errno) {
            try StreamList(directory: service.directory).encode(into: &text)
        } catch {
            service.log.report(.directoryUnreadable, "cannot list \(service.directory): \(error)")
            throw .directoryUnreadable
        }
        return .pageData
    }
}
