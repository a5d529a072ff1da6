// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Ingest
import RotatingFile
import Streams

extension Verification {
    /// The verification of a directory that the service writes: every line is one JSON object,
    /// except in streams of raw lines.
    ///
    /// Rejected records are JSON objects, also those of raw streams.
    ///
    /// - Parameter configuration: says which streams are raw; nil: all of them.
    package init(serviceDirectory directory: String, _ configuration: Configuration?) {
        let json = JSONLineCheck()
        self.init(directory: directory) { activeName in
            let format = configuration?.plans.plan(ofFile: activeName).format ?? .raw
            let isOfRejected = StreamFile(named: activeName)?.isOfRejected ?? false
            return format == .raw && !isOfRejected ? nil : { lines in json.holdsObjects(lines) }
        }
    }
}
