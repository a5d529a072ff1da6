import Glibc
import Linux
import OpenSSL
import SystemPackage

/// Asks a running service, over a blocking socket, whether it is well.
package enum HealthProbe {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case noSuchHost(HealthTarget)
        case unreachable(HealthTarget, Errno)
        case noAnswer(HealthTarget)
        case notHTTP(HealthTarget)
        case unhealthy(HealthTarget, status: Int)
        case notCordwood(HealthTarget)
        case untrusted(HealthTarget, String)
        case authorities(TLSError)

        package var description: String {
            switch self {
            case .noSuchHost(let target): "\(target): there is no such host"
            case .unreachable(let target, let errno): "\(target): nobody answers: \(errno)"
            case .noAnswer(let target): "\(target): no answer in time"
            case .notHTTP(let target): "\(target): the answer is not HTTP"
            case .unhealthy(let target, 401), .unhealthy(let target, 403):
                "\(target): only who has a token that may observe is answered: set"
                    + " \(HealthTarget.tokenVariable) to one"
            case .unhealthy(let target, let status): "\(target): the answer is \(status), not 200"
            case .untrusted(let target, let why): "\(target): no TLS: \(why)"
            case .authorities(let error): "\(error)"
            case .notCordwood(let target): "\(target): the answer is not that of a Cordwood"
            }
        }
    }

    /// Returns if the answer is 200; takes about `timeoutSeconds` at most.
    package static func check(_ target: HealthTarget, timeoutSeconds: Int) throws(Failure) {
        _ = try judge(ask(target, timeoutSeconds, byteLimit: statusEnd), target)
    }

    /// The body of the answer, which must be 200.
    package static func body(
        of target: HealthTarget, timeoutSeconds: Int
    ) throws(Failure) -> String {
        let answer = try ask(target, timeoutSeconds, byteLimit: largestAnswer)
        try judge(answer, target)
        let blank = Array("\r\n\r\n".utf8)
        // This request asks for nothing that would be chunked.
        guard
            let end = answer.indices.first(where: { answer[$0...].starts(with: blank) })
        else { throw .notHTTP(target) }
        return String(decoding: answer[(end + blank.count)...], as: UTF8.self)
    }

    /// The beginning of the answer, `byteLimit` bytes of it or a little more.
    private static func ask(
        _ target: HealthTarget, _ timeoutSeconds: Int, byteLimit: Int
    ) throws(Failure) -> [UInt8] {
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        var failure = Failure.noSuchHost(target)
        // `localhost` is two addresses, and the service may listen on one of them.
        for address in addresses(of: target) {
            do throws(ProbeConnection.Failure) {
                return try exchange(target, address, deadline, byteLimit)
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

    /// What getaddrinfo(3) knows of a host.
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

    /// Sends the request and returns the beginning of the answer.
    private static func exchange(
        _ target: HealthTarget, _ address: SocketAddress, _ deadline: ContinuousClock.Instant,
        _ byteLimit: Int
    ) throws(ProbeConnection.Failure) -> [UInt8] {
        var connection = try ProbeConnection.open(address, for: target, until: deadline)
        let request =
            "GET \(target.path) HTTP/1.1\r\nHost: \(target.authority)\r\n"
            + (target.token.map { "Authorization: Bearer \($0)\r\n" } ?? "")
            + "User-Agent: cordwood-health\r\nConnection: close\r\n\r\n"
        try connection.send(request.utf8.span)
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while answer.count < byteLimit {
            let count = try connection.receive(into: &chunk)
            if count == 0 { break }
            answer += chunk[..<count]
        }
        return answer
    }

    /// How long `HTTP/1.1 200` is.
    private static let statusEnd = 12
    private static let largestAnswer = 4 << 20

    private static func judge(_ answer: [UInt8], _ target: HealthTarget) throws(Failure) {
        let head = String(decoding: answer.prefix(statusEnd), as: UTF8.self)
        guard head.hasPrefix("HTTP/1."), let status = WholeNumber.read(head.dropFirst(9)[...]),
            head.utf8.count == statusEnd
        else { throw .notHTTP(target) }
        guard status == 200 else { throw .unhealthy(target, status: status) }
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
