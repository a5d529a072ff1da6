// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import OpenSSL
import RotatingFile
import Streams

/// The file that `auth.tokens_file` names, with one token a line.
///
/// ```
/// # name  digest of the secret          streams      rights, end
/// shop    sha256:9f86d081884c7d65…      shop,shop-*
/// grafana sha256:60303ae22b998861…      -            observe expires=2027-01-01
/// ```
package struct TokenFile {
    private(set) var tokens: [Token] = []
    private(set) var mistakes: [TokenMistake] = []
    private let path: String
    private var names: [String: Int] = [:]

    /// Reads the file at `path`.
    package static func read(_ path: String) throws(TokenMistakes) -> TokenTable {
        let text: String
        do throws(TextFile.Failure) {
            text = try TextFile.read(path)
        } catch {
            let mistake = TokenMistake(
                path: path, line: nil, why: "the file of tokens cannot be read: \(error)")
            throw TokenMistakes(all: [mistake])
        }
        let file = TokenFile(path: path, text: text)
        guard file.mistakes.isEmpty else { throw TokenMistakes(all: file.mistakes) }
        return TokenTable(file.tokens)
    }

    /// Why the file at `path` is wrong: sentences without their full stops.
    package static func mistakes(inFileAt path: String) -> [String] {
        do throws(TokenMistakes) {
            _ = try read(path)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    init(path: String, text: String) {
        self.path = path
        // CR LF is one character in Swift.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() { read(line, index + 1) }
        checkDigests()
    }

    private mutating func read(_ line: Substring, _ number: Int) {
        do throws(Wrong) {
            guard let token = try Self.token(line) else { return }
            if let earlier = names.updateValue(number, forKey: token.name) {
                throw Wrong("the token \(token.name) is already in line \(earlier)")
            }
            tokens.append(token)
        } catch {
            mistakes.append(TokenMistake(path: path, line: number, why: error.why))
        }
    }

    /// A secret belongs to one client: two clients that share it could not be told apart.
    private mutating func checkDigests() {
        let table = TokenTable(tokens)
        for (index, token) in tokens.enumerated() {
            guard let first = table.index(of: token.digest), first != index else { continue }
            let line = max(names[token.name] ?? 0, names[tokens[first].name] ?? 0)
            mistakes.append(
                TokenMistake(
                    path: path, line: line,
                    why: "\(token.name) and \(tokens[first].name) have the same secret"))
        }
    }

    // MARK: One line

    /// Why a line is wrong; it never quotes text that may be a secret.
    private struct Wrong: Error {
        let why: String
        init(_ why: String) { self.why = why }
    }

    /// The words of a line, without its comment.
    static func words(of line: Substring) -> [Substring] {
        line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
    }

    private static func token(_ line: Substring) throws(Wrong) -> Token? {
        let words = words(of: line)
        guard let first = words.first else { return nil }
        let name = String(first)
        guard Token.isName(name) else {
            throw Wrong("a token's name must be \(Token.allowedName)")
        }
        guard words.count >= 3 else {
            throw Wrong(
                "a line must be a name, sha256: and the digest, and the streams that may be written"
                    + " (* for all, - for none)")
        }
        guard let digest = digest(words[1]) else {
            throw Wrong(
                "the second word of \(name) must be sha256: and 64 hexadecimal digits;"
                    + " `cordwood token new` makes such lines")
        }
        let streams = try streams(words[2])
        var isObserver = false
        var expiresAt: Int64?
        for (position, word) in words.enumerated().dropFirst(3) {
            if word == observeWord, !isObserver {
                isObserver = true
            } else if word.hasPrefix(expiresWord), expiresAt == nil {
                expiresAt = try date(word.dropFirst(expiresWord.count))
            } else {
                throw Wrong(
                    "word \(position + 1) must be observe or expires=YYYY-MM-DD, each only once")
            }
        }
        return Token(
            name: name, digest: digest, streams: streams, isObserver: isObserver,
            expiresAt: expiresAt)
    }

    private static func streams(_ word: Substring) throws(Wrong) -> [StreamPattern] {
        if word == noStreams { return [] }
        let patterns = word.split(separator: ",", omittingEmptySubsequences: false)
        return try patterns.map { text throws(Wrong) in
            guard let pattern = StreamPattern(text) else {
                throw Wrong(
                    "the third word must be \(StreamPattern.allowed), separated by commas,"
                        + " or - for none")
            }
            return pattern
        }
    }

    private static func date(_ text: Substring) throws(Wrong) -> Int64 {
        guard let date = expiry(String(text)) else {
            throw Wrong("expires= must be a date that exists, such as 2027-01-31")
        }
        return date
    }

    /// The beginning, in UTC, of a day `YYYY-MM-DD`, in epoch seconds.
    static func expiry(_ text: String) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = WholeNumber.read(parts[0]),
            let month = WholeNumber.read(parts[1]), let day = WholeNumber.read(parts[2])
        else { return nil }
        let date = CivilTime(year: year, month: month, day: day)
        return date.exists ? date.reading : nil
    }

    private static func digest(_ word: Substring) -> SHA256.Digest? {
        guard word.hasPrefix(digestPrefix) else { return nil }
        let digits = Array(word.dropFirst(digestPrefix.count).utf8)
        var digest = SHA256.Digest(repeating: 0)
        guard digits.count == 2 * digest.count else { return nil }
        for index in 0..<digest.count {
            guard let high = digits[2 * index].hexadecimalValue,
                let low = digits[2 * index + 1].hexadecimalValue
            else { return nil }
            digest[index] = high << 4 | low
        }
        return digest
    }

    static let digestPrefix = "sha256:"
    static let noStreams = "-"
    static let observeWord = "observe"
    static let expiresWord = "expires="
}

/// A mistake in a file of tokens, described in one sentence.
package struct TokenMistake: Error, Equatable, CustomStringConvertible {
    let path: String
    /// Nil for the file as a whole.
    let line: Int?
    let why: String

    package var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(why)" }
}

/// All mistakes in a file of tokens.
package struct TokenMistakes: Error, Equatable, CustomStringConvertible {
    let all: [TokenMistake]

    package var description: String { all.map(\.description).joined(separator: "; ") }
}
