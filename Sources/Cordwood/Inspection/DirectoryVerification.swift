import CordwoodConfiguration
import Ingest
import RotatingFile
import Streams

extension Verification {
    /// The verification of a directory that the service writes: every line one JSON object, but for
    /// streams of raw lines.
    ///
    /// Rejected records are JSON beside raw streams too.
    ///
    /// - Parameter configuration: says which streams are raw; nil: all of them are.
    package init(serviceDirectory directory: String, _ configuration: Configuration?) {
        let json = JSONLineCheck()
        self.init(directory: directory) { activeName in
            let stream = StreamName.stream(ofFile: activeName) ?? activeName
            let format = configuration?.settings(ofStream: stream).format ?? .raw
            return format == .raw && !activeName.hasSuffix(".rejected.log")
                ? nil : { lines in json.holdsObjects(lines) }
        }
    }
}
