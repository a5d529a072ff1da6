// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Adds and removes lines of a file of tokens, so that each reader sees the whole old file or the
/// whole new one.
package struct TokenFileEditor {
    private let path: String

    package init(path: String) { self.path = path }

    package enum Failure: Error, CustomStringConvertible {
        /// The file has mistakes, or would have them after the change.
        case mistakes([String])
        case noSuchToken(String, path: String)
        case system(String, Errno)

        package var description: String {
            switch self {
            case .mistakes(let sentences): sentences.joined(separator: "; ")
            case .noSuchToken(let name, let path): "\(path): no token has the name \(name)"
            case .system(let path, let errno): "cannot change \(path): \(errno)"
            }
        }
    }

    /// One line, without its digest.
    package struct Entry: Sendable {
        package let name: String
        package let streams: String
        package let isObserver: Bool
        /// To at least one stream.
        package var mayWrite: Bool { streams != TokenFile.noStreams }
        /// `YYYY-MM-DD`.
        package let expires: String?
    }

    /// Adds a token; creates the file if it does not exist.
    package func append(_ token: NewToken) throws(Failure) {
        try change { text in
            text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + token.line + "\n"
        }
    }

    /// Removes the line of a token; all other lines stay as they are.
    package func remove(_ name: String) throws(Failure) {
        let path = path
        try change { text throws(Failure) in
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let others = lines.filter { TokenFile.words(of: $0).first.map(String.init) != name }
            guard others.count < lines.count else { throw .noSuchToken(name, path: path) }
            return others.joined(separator: "\n")
        }
    }

    /// All tokens, in the order of the file.
    package func entries() throws(Failure) -> [Entry] {
        let text = try read()
        try check(text)
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = TokenFile.words(of: line)
            guard words.count >= 3 else { return nil }
            let expires = words.first { $0.hasPrefix(TokenFile.expiresWord) }
            return Entry(
                name: String(words[0]), streams: String(words[2]),
                isObserver: words.dropFirst(3).contains { $0 == TokenFile.observeWord },
                expires: expires.map { String($0.dropFirst(TokenFile.expiresWord.count)) })
        }
    }

    // MARK: Reading and writing

    private func read() throws(Failure) -> String {
        do throws(TextFile.Failure) {
            return try TextFile.read(path)
        } catch {
            throw .mistakes(["\(path): the file of tokens cannot be read: \(error)"])
        }
    }

    private func check(_ text: String) throws(Failure) {
        let file = TokenFile(path: path, text: text)
        if !file.mistakes.isEmpty { throw .mistakes(file.mistakes.map(\.description)) }
    }

    private func change(_ edit: (String) throws(Failure) -> String) throws(Failure) {
        let target = resolved()
        let directory = Self.directory(of: target)
        do {
            // Two editors at the same time take turns. The lock is on the directory, because the
            // file itself is replaced.
            let lock = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
            try Self.wait(for: lock)
            let status = try FileStatus(following: target)
            let text = try edit(status == nil ? "" : try read())
            try check(text)
            try replace(target, in: directory, by: text, like: status)
        } catch let error as Errno {
            throw .system(path, error)
        } catch let error as Failure {
            throw error
        } catch {
            throw .system(path, .ioError)
        }
    }

    /// Waits for another edit to end, but not for ever: everybody who may read a directory can lock
    /// it.
    private static func wait(for lock: borrowing Descriptor) throws(Errno) {
        for _ in 0..<100 {
            if try lock.tryLockExclusively() { return }
            usleep(50_000)
        }
    }

    /// The target of a symbolic link, so that the link itself stays.
    private func resolved() -> String {
        (try? SymbolicLink.resolve(path)) ?? path
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func replace(
        _ target: String, in directory: String, by text: String, like status: FileStatus?
    ) throws(Errno) {
        let temporary = "\(target).\(getpid()).new"
        let file = try Descriptor.open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: Self.newMode)
        do {
            if let status { try file.copyMetadata(from: status) }
            try file.writeAll(text.utf8.span)
            try file.synchronize()
            _ = try systemCall(.rename) { rename(temporary, target) }
        } catch {
            _ = try? Directory.unlink(temporary)
            throw error
        }
        try Directory.synchronize(directory)
    }

    /// It has only digests, but no other user needs them.
    private static let newMode: mode_t = 0o640
}
