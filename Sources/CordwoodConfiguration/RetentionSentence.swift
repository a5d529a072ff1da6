// SPDX-License-Identifier: Apache-2.0

import Bytes
import RotatingFile

extension Retention {
    /// The files that all limits together keep, in words.
    var sentence: String {
        var parts: [String] = []
        if backupCount > 0 { parts.append("the last \(Self.files(backupCount))") }
        if let age = maximumAgeSeconds {
            parts.append("the files of the last \(Seconds.text(Int(age)))")
        }
        if let bytes = maximumTotalByteCount {
            parts.append("the last files of \(ByteSize.text(Int(bytes))) together")
        }
        if parts.isEmpty { return "all files" }
        return parts.joined(separator: ", ") + (parts.count > 1 ? ": whichever are fewer" : "")
    }

    private static func files(_ count: Int) -> String {
        count == 1 ? "file" : "\(count) files"
    }
}

extension Retention.Reason {
    /// The reason why a file was removed, a sentence without its end.
    package var sentence: String {
        switch self {
        case .count: "there were more files than are kept"
        case .age: "it was older than files are kept"
        case .bytes: "all together had more bytes than are kept"
        }
    }
}
