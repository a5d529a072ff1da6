import Linux

/// The room on the file system of the logs.
struct DiskRoom: Equatable {
    var freeBytes: Int
    var totalBytes: Int
    /// Below so many free bytes ingest answers 503.
    var minFreeBytes: Int

    init(freeBytes: Int, totalBytes: Int, minFreeBytes: Int) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.minFreeBytes = minFreeBytes
    }

    init(_ fileSystem: FileSystem, _ settings: Configuration) {
        freeBytes = Int(clamping: fileSystem.freeBytes)
        totalBytes = Int(clamping: fileSystem.totalBytes)
        minFreeBytes = settings.disk.minFree(ofTotal: totalBytes)
    }

    var isLow: Bool { freeBytes < minFreeBytes }
}
