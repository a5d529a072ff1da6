// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import OpenSSL
import SystemPackage

/// Asks a running service, over a blocking socket, whether it is healthy.
package enum HealthProbe {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case noSuchHost(HealthTarget)
        case unreachable(HealthTarget, Errno)
        case noAnswer(HealthTarget)
        case notHTTP(HealthTarget)
        case unhealthy(HealthTarget, status: Int, reasons: [String])
        case notCordwood(HealthTarget)
        case untrusted(HealthTarget, String)
        case authorities(TLSError)

        package var description: String {
            switch self {
            case .noSuchHost(let target): "\(target): there is no such host"
            case .unreachable(let target, let errno): "\(target): nobody answers: \(errno)"
            case .noAnswer(let target): "\(target): no answer in time"
            case .notHTTP(let target): "\(target): the answer is not HTTP"
            case .unhealthy(let target, 401, _), .unhealthy(let target, 403, _):
                "\(target): only who has a token that may observe is answered: set"
                    + " \(HealthTarget.tokenVariable) to one"
            case .unhealthy(let target, let status, let reasons):
                "\(target): the answer is \(status), not 200"
                    + (reasons.isEmpty ? "" : ": " + Self.joined(reasons))
            case .untrusted(let target, let why): "\(target): no TLS: \(why)"
            case .authorities(let error): "\(error)"
            case .notCordwood(let target): "\(target): the answer is not that of a Cordwood"
            }
        }

        /// Joins the reasons to one sentence, without their full stops.
        private static func joined(_ reasons: [String]) -> String {
            reasons.map { $0.last == "." ? String($0.dropLast()) : $0 }.joined(separator: "; ")
        }
    }

    /// Returns if the answer is 200; takes about `timeoutSeconds` at most.
    ///
    /// Otherwise the failure contains the message of the answer and, if the service is not ready, the
    /// reasons of `/health`, as far as this client may ask for it.
    package static func check(_ target: HealthTarget, timeoutSeconds: Int) throws(Failure) {
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        let answer = try ask(target, until: deadline) { answer in
            answer.status == 200 || answer.isWhole || answer.bytes.count >= longestReason
        }
        do throws(Failure) {
            try judge(answer, target)
        } catch {
            guard case .unhealthy(target, 503, let words) = error, target.isReadiness else {
                throw error
            }
            let document = try? body(of: target.at("/health"), until: deadline)
            throw .unhealthy(
                target, status: 503, reasons: words + (document.map(reasons) ?? []))
        }
    }

    /// The body of the answer, which must be 200.
    package static func body(
        of target: HealthTarget, timeoutSeconds: Int
    ) throws(Failure) -> String {
        try body(of: target, until: ContinuousClock.now + .seconds(timeoutSeconds))
    }

    private static func body(
        of target: HealthTarget, until deadline: ContinuousClock.Instant
    ) throws(Failure) -> String {
        let answer = try ask(target, until: deadline) { $0.bytes.count >= largestAnswer }
        try judge(answer, target)
        // The service does not chunk its answers to these paths.
        guard let body = answer.body else { throw .notHTTP(target) }
        return body
    }

    /// The reasons in a document of `/health`, and the errors that they refer to.
    private static func reasons(_ document: String) -> [String] {
        guard let health = JSONValue(document.utf8) else { return [] }
        let messages = health["reasons"]?.items.compactMap { $0["message"]?.string } ?? []
        let errors = [
            ("last_write_error", health["last_write_error"]),
            ("sealing.last_error", health["sealing"]?["last_error"]),
        ].compactMap { name, error in
            messages.contains { $0.contains(name) } ? error?["error"]?.string : nil
        }
        return messages + errors
    }

    /// The answer to a request with a body.
    static func post(
        _ body: [UInt8], _ contentType: String, _ target: HealthTarget,
        _ deadline: ContinuousClock.Instant
    ) throws(Failure) -> ProbeAnswer {
        let fields = "Content-Type: \(contentType)\r\nContent-Length: \(body.count)\r\n"
        return try ask(target, "POST", fields, body, until: deadline, \.isWhole)
    }

    /// The answer, at least until `isEnough`.
    private static func ask(
        _ target: HealthTarget, _ method: String = "GET", _ fields: String = "",
        _ body: [UInt8] = [], until deadline: ContinuousClock.Instant,
        _ isEnough: (ProbeAnswer) -> Bool
    ) throws(Failure) -> ProbeAnswer {
        let head =
            "\(method) \(target.path) HTTP/1.1\r\nHost: \(target.authority)\r\n\(fields)"
            + (target.token.map { "Authorization: Bearer \($0)\r\n" } ?? "")
            + "User-Agent: cordwood\r\nConnection: close\r\n\r\n"
        let request = Array(head.utf8) + body
        var failure = Failure.noSuchHost(target)
        // `localhost` is two addresses, and the service may listen on one of them.
        for address in addresses(of: target) {
            do throws(ProbeConnection.Failure) {
                return try exchange(request, target, address, deadline, isEnough)
            } catch {
                failure = Failure(error, target)
            }
        }
        throw failure
    }

    private static func addresses(of target: HealthTarget) -> [SocketAddress] {
        switch target.place {
        case .host(let host, let port): resolve(host, port)
        case .unix(let path): SocketAddress(path: path).map { [$0] } ?? []
        }
    }

    /// The addresses of a host, by getaddrinfo(3).
    private static func resolve(_ host: String, _ port: UInt16) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var addresses: [SocketAddress] = []
        var next = found
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let pointer = entry.ai_addr else { continue }
            // SAFETY: the list says how long each of its addresses is.
            addresses.append(
                SocketAddress(UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen))))
        }
        return addresses
    }

    /// Sends the request and returns the answer, at least until `isEnough`.
    private static func exchange(
        _ request: [UInt8], _ target: HealthTarget, _ address: SocketAddress,
        _ deadline: ContinuousClock.Instant,
        _ isEnough: (ProbeAnswer) -> Bool
    ) throws(ProbeConnection.Failure) -> ProbeAnswer {
        var connection = try ProbeConnection.open(address, for: target, until: deadline)
        try connection.send(request.span)
        var answer = ProbeAnswer()
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !isEnough(answer) {
            let count: Int
            do throws(ProbeConnection.Failure) {
                count = try connection.receive(into: &chunk)
            } catch {
                // An answer with a status is an answer, even if its body is incomplete.
                guard let status = answer.status, status != 200 else { throw error }
                break
            }
            if count == 0 { break }
            answer.append(chunk[..<count])
        }
        return answer
    }

    private static let longestReason = 4096
    private static let largestAnswer = 4 << 20

    private static func judge(_ answer: ProbeAnswer, _ target: HealthTarget) throws(Failure) {
        guard let status = answer.status else { throw .notHTTP(target) }
        guard status == 200 else {
            throw .unhealthy(target, status: status, reasons: answer.reason.map { [$0] } ?? [])
        }
    }
}

extension HealthProbe.Failure {
    fileprivate init(_ failure: ProbeConnection.Failure, _ target: HealthTarget) {
        self =
            switch failure {
            case .system(.wouldBlock), .system(.nowInProgress), .system(.timedOut), .tls(.late):
                .noAnswer(target)
            case .system(let errno): .unreachable(target, errno)
            case .tls(.refused(let why)): .untrusted(target, why)
            case .tls(.file(let error)): .authorities(error)
            }
    }
}
