// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The user and groups that a process takes once its work as root is done, credentials(7).
package struct Credentials: Equatable, Sendable {
    /// Nil: the user stays.
    package let user: uid_t?
    package let group: gid_t
    /// Whose supplementary groups come with it; nil for a number that nobody has, or a user that
    /// stays: then there is only `group`.
    package let name: String?

    package enum Failure: Error, Equatable, CustomStringConvertible {
        case noSuchUser(String)
        case noSuchGroup(String)
        /// A number of which the system knows no user, and no group is given with it.
        case noGroupOf(String)
        case unreadable(String, Errno)
        case notPermitted
        case failed(SystemCall, Errno)
        case rootRegained

        package var description: String {
            switch self {
            case .noSuchUser(let name): "there is no user \(name); create it or choose another"
            case .noSuchGroup(let name): "there is no group \(name); create it or choose another"
            case .noGroupOf(let user):
                "no user has the number \(user), so that its group is unknown; give a group too"
            case .unreadable(let name, let errno):
                "what the system knows of \(name) cannot be read: \(errno)"
            case .notPermitted:
                "only root may become another user or group; start as root, or give none"
            case .failed(let call, let errno): "cannot give up privileges: \(call): \(errno)"
            case .rootRegained: "root could be regained after its privileges were given up"
            }
        }
    }

    /// Looks up `user` and `group`, which are names or numbers; nil when both are empty.
    ///
    /// Without a user, the user stays; without a group, it is that of the user.
    package static func named(
        user: String, group: String
    ) throws(Failure) -> Credentials? {
        guard !user.isEmpty || !group.isEmpty else { return nil }
        let account = user.isEmpty ? nil : try Accounts.user(user)
        let number = user.isEmpty ? nil : account?.number ?? Accounts.number(user)
        if !user.isEmpty, number == nil { throw .noSuchUser(user) }
        let chosen: gid_t
        if !group.isEmpty {
            guard let found = try Accounts.group(group) ?? Accounts.number(group) else {
                throw .noSuchGroup(group)
            }
            chosen = found
        } else {
            guard let own = account?.group else { throw .noGroupOf(user) }
            chosen = own
        }
        return Credentials(user: number, group: chosen, name: account?.name)
    }

    /// Whether this process may become that user and group, as far as can be said before it tries.
    package var isPermitted: Bool { geteuid() == 0 || isCurrent(user ?? geteuid()) }

    /// Gives the file at `path` to that user and group.
    ///
    /// A symbolic link there is not followed, because somebody else may have put it in its place.
    func own(_ path: String) throws(Errno) {
        let user = user ?? geteuid()
        _ = try systemCall(.lchown) { lchown(path, user, group) }
    }

    /// Becomes that user and group for good: supplementary groups, group, user, in this order,
    /// since only root may change each of them.
    ///
    /// A process that already has this user and these groups changes nothing, and needs no right to.
    package func drop() throws(Failure) {
        let user = user ?? geteuid()
        if !isCurrent(user) || user == 0 { try change(to: user) }
        guard isCurrent(user) else {
            throw .failed(.setresuid, .invalidArgument)
        }
        // Of a saved id that was forgotten, or a capability that was kept.
        if user != 0, setuid(0) == 0 || seteuid(0) == 0 { throw .rootRegained }
    }

    private func isCurrent(_ user: uid_t) -> Bool {
        getuid() == user && geteuid() == user && getgid() == group && getegid() == group
    }

    private func change(to user: uid_t) throws(Failure) {
        let group = group
        try run(.setgroups) {
            if let name { return initgroups(name, group) }
            return withUnsafePointer(to: group) { setgroups(1, $0) }
        }
        try run(.setresgid) { clinux_setresgid(group) }
        try run(.setresuid) { clinux_setresuid(user) }
    }

    private func run(_ call: SystemCall, _ body: () -> Int32) throws(Failure) {
        do throws(Errno) {
            _ = try systemCall(call, body)
        } catch {
            throw error == .notPermitted ? .notPermitted : .failed(call, error)
        }
    }
}
