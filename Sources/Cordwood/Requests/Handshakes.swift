import HTTP
import Logging
import OpenSSL

/// TLS, before there are requests.
extension Worker {
    func didShakeHands(_ outcome: HandshakeOutcome, with peer: Peer) {
        switch outcome {
        case .full: counters.add(1, to: .fullHandshakes)
        case .resumed: counters.add(1, to: .resumedHandshakes)
        case .failed(let failure):
            counters.add(1, to: .failedHandshakes)
            // Strangers knock at every door: at any other level they would fill the log.
            guard isDebugging else { return }
            let host = peer.address.span.withUnsafeBufferPointer {
                String(decoding: $0, as: UTF8.self)
            }
            log.debug("a TLS handshake has failed: \(failure)", metadata: ["peer": "\(host)"])
        }
    }
}
