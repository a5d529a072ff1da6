// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import RotatingFile

/// Finds other users that may write to the logs: a user that can replace a file decides its
/// contents.
struct DirectoryAudit {
    let directory: String
    /// The mode with which the service creates it: an operator has chosen what it allows.
    let mode: mode_t
    /// The user that writes the files.
    let user: uid_t

    /// How many names are examined, and how many files are named.
    private static let lookedAtCount = 4096
    private static let namedCount = 5

    /// A sentence for each finding.
    func warnings() -> [String] {
        var warnings: [String] = []
        if let status = try? FileStatus(following: directory) {
            let excess = status.mode & ~mode & 0o022
            // In a sticky directory a user cannot move or remove the files of another user.
            if excess != 0, status.mode & S_ISVTX == 0 {
                let who = excess & 0o002 != 0 ? "everybody" : "its group"
                warnings.append(
                    "\(who) may write to \(directory), and can move, remove and replace logs: "
                        + "chmod \(excess & 0o002 != 0 ? "o-w" : "g-w") \(directory)")
            }
        }
        let names = (try? Directory.names(in: directory, atMost: Self.lookedAtCount)) ?? []
        let foreign = names.sorted().filter(isForeign)
        warnings += foreign.prefix(Self.namedCount).map {
            "\(directory)/\($0) belongs to another user, but \(user) writes it: "
                + "chown it to \(user) if that is a mistake"
        }
        if foreign.count > Self.namedCount {
            warnings.append("\(directory) has \(foreign.count) such files in all")
        }
        return warnings
    }

    /// Whether it is an active file or a state page of another user.
    private func isForeign(_ name: String) -> Bool {
        let isPage = if case .statePage = FileKind(name) { true } else { false }
        guard isPage || name.hasSuffix(FileNames.activeSuffix),
            let status = try? FileStatus(at: "\(directory)/\(name)")
        else { return false }
        return status.user != user
    }
}
