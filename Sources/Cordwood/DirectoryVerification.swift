import Ingest
import RotatingFile

extension Verification {
    /// The verification of a directory that the service writes: every line one JSON object, but for
    /// streams of raw lines.
    ///
    /// Rejected records are JSON beside raw streams too.
    package init(serviceDirectory directory: String, isRaw: Bool) {
        let json = JSONLineCheck()
        self.init(directory: directory) { activeName in
            isRaw && !activeName.hasSuffix(".rejected.log")
                ? nil : { lines in json.holdsObjects(lines) }
        }
    }
}
