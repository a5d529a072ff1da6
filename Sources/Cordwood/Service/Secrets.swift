// SPDX-License-Identifier: Apache-2.0

import Access
import CordwoodConfiguration
import Diagnostics
import Linux
import Logging
import OpenSSL

/// The certificates, keys and tokens of a generation, which a renewal reads again.
struct Secrets {
    /// Nil if no listener speaks TLS.
    let tls: TLSContext?
    /// The keys with which clients' TLS sessions are encrypted.
    let tickets: TicketKeys?
    /// Nil if no token is required.
    let authenticator: Authenticator?
    private var files: FileWatch

    /// - Parameter tickets: the keys of the generation before, so that clients can resume their
    ///   sessions.
    init(
        _ settings: Configuration, _ tickets: TicketKeys?, _ log: Logger
    ) throws(StartError) {
        files = FileWatch(settings.secretFiles)
        (tls, self.tickets) = try Self.secure(settings, tickets)
        authenticator = try Self.authenticator(settings, log)
    }

    /// Whether a file has changed since it was read; true once for each change.
    mutating func haveChanged() -> Bool { files.hasChanged() }

    private static func secure(
        _ settings: Configuration, _ earlier: TicketKeys?
    ) throws(StartError) -> (TLSContext?, TicketKeys?) {
        guard let options = settings.tlsOptions else { return (nil, nil) }
        let now = Clock.epochSeconds()
        let lasting = earlier.flatMap { now - $0.madeAt < ticketSeconds ? $0 : nil }
        guard let tickets = lasting ?? TicketKeys(now: now) else {
            throw .system("draw keys for TLS sessions", .ioError)
        }
        do {
            return (try TLSContext(options, tickets), tickets)
        } catch {
            throw .tls(error)
        }
    }

    /// Reads the file of tokens, which may be readable only by root.
    private static func authenticator(
        _ settings: Configuration, _ log: Logger
    ) throws(StartError) -> Authenticator? {
        let path = settings.auth.tokensFile
        guard !path.isEmpty else { return nil }
        if let status = try? FileStatus(following: path), status.mode & 0o002 != 0 {
            log.report(
                .tokensWritable,
                "every user may write \(path) and so add a token: chmod o-w")
        }
        let table: TokenTable
        do throws(TokenMistakes) {
            table = try TokenFile.read(path)
        } catch {
            throw .tokens(error)
        }
        if table.tokens.isEmpty {
            log.report(
                .tokensEmpty,
                "\(path) has no token: every request with records is rejected; make one with cordwood token new"
            )
        }
        guard let authenticator = Authenticator(table) else {
            throw .system("hash tokens", .notSupported)
        }
        return authenticator
    }

    /// The age up to which a new generation uses the keys of the one before.
    private static let ticketSeconds: Int64 = 86_400
}
