import Glibc
import Linux
import RotatingFile

/// Who else may write to the logs: whoever can put a file in another's place decides what is in it.
struct DirectoryAudit {
    let directory: String
    /// As which the service makes it: what that allows somebody has chosen.
    let mode: mode_t
    /// As whom the files are written.
    let user: uid_t

    /// More names than this are not looked at, and more files than the second not named.
    private static let lookedAtCount = 4096
    private static let namedCount = 5

    /// A sentence for each.
    func warnings() -> [String] {
        var warnings: [String] = []
        if let status = try? FileStatus(following: directory) {
            let excess = status.mode & ~mode & 0o022
            // In a sticky directory nobody can move or remove what is another's.
            if excess != 0, status.mode & S_ISVTX == 0 {
                let who = excess & 0o002 != 0 ? "everybody" : "its group"
                warnings.append(
                    "\(who) may write to \(directory), and so move, remove and replace logs: "
                        + "chmod \(excess & 0o002 != 0 ? "o-w" : "g-w") \(directory)")
            }
        }
        let names = (try? Directory.names(in: directory, atMost: Self.lookedAtCount)) ?? []
        let foreign = names.sorted().filter(isForeign)
        warnings += foreign.prefix(Self.namedCount).map {
            "\(directory)/\($0) belongs to another user than \(user), as whom it is written: "
                + "chown \(user) it if that was not meant"
        }
        if foreign.count > Self.namedCount {
            warnings.append("\(directory) has \(foreign.count) such files in all")
        }
        return warnings
    }

    /// Whether it is an active file or a state page of somebody else.
    private func isForeign(_ name: String) -> Bool {
        let isPage = if case .statePage = FileKind(name) { true } else { false }
        guard isPage || name.hasSuffix(FileNames.activeSuffix),
            let status = try? FileStatus(at: "\(directory)/\(name)")
        else { return false }
        return status.user != user
    }
}
