// SPDX-License-Identifier: Apache-2.0

import Linux

/// The room on the file system of the logs.
package struct DiskRoom: Equatable {
    package var freeBytes: Int
    package var totalBytes: Int
    /// With fewer free bytes ingest answers 503.
    package var minFreeBytes: Int

    package init(freeBytes: Int, totalBytes: Int, minFreeBytes: Int) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.minFreeBytes = minFreeBytes
    }

    /// - Parameter minFree: the bytes that must stay free of so many in all.
    package init(_ fileSystem: FileSystem, minFree: (_ totalBytes: Int) -> Int) {
        freeBytes = Int(clamping: fileSystem.freeBytes)
        totalBytes = Int(clamping: fileSystem.totalBytes)
        minFreeBytes = minFree(totalBytes)
    }

    package var isLow: Bool { freeBytes < minFreeBytes }
}
