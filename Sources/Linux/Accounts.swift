// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The users and groups that the system knows, getpwnam_r(3) and getgrnam_r(3).
enum Accounts {
    struct User: Equatable {
        var name: String
        var number: uid_t
        var group: gid_t
    }

    /// By name, or else by number; nil when there is none.
    static func user(_ text: String) throws(Credentials.Failure) -> User? {
        if let named = try user(text, { getpwnam_r(text, $0, $1, $2, $3) }) { return named }
        guard let number = number(text) else { return nil }
        return try user(text) { getpwuid_r(number, $0, $1, $2, $3) }
    }

    /// The number of the group of this name; nil when there is none.
    static func group(_ name: String) throws(Credentials.Failure) -> gid_t? {
        var entry = group_entry()
        var found: UnsafeMutablePointer<group_entry>?
        return try lookUp(name) { buffer, count in
            let code = getgrnam_r(name, &entry, buffer, count, &found)
            return (code, found?.pointee.gr_gid)
        }
    }

    /// Reads a number in digits; the largest means 'unchanged' to the kernel.
    static func number(_ text: String) -> UInt32? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt32(text), number != .max
        else { return nil }
        return number
    }

    private typealias group_entry = Glibc.group

    private typealias UserCall = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private static func user(
        _ text: String, _ call: UserCall
    ) throws(Credentials.Failure) -> User? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return try lookUp(text) { buffer, count in
            let code = call(&entry, buffer, count, &found)
            // SAFETY: the strings of the entry lie in `buffer`, which is still there.
            let user = found.map { found in
                User(
                    name: String(cString: found.pointee.pw_name), number: found.pointee.pw_uid,
                    group: found.pointee.pw_gid)
            }
            return (code, user)
        }
    }

    /// Calls `body` with room for the strings of an entry, and with more while it is not enough.
    private static func lookUp<Found>(
        _ text: String, _ body: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, found: Found?)
    ) throws(Credentials.Failure) -> Found? {
        var byteCount = 1 << 12
        while true {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: byteCount)
            defer { buffer.deallocate() }
            let (code, found) = body(buffer, byteCount)
            switch code {
            case 0: return found
            case EINTR: continue
            case ERANGE where byteCount < 1 << 24: byteCount *= 4
            // Where there is no database, there is nobody in it.
            case ENOENT, ESRCH: return nil
            default: throw .unreadable(text, Errno(rawValue: code))
            }
        }
    }
}
