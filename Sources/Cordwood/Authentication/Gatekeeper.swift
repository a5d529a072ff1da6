import CordwoodConfiguration
import HTTP
import Linux

/// Decides, by the head of a request, whether its sender may do what it asks for.
final class Gatekeeper {
    private let authenticator: Authenticator
    private var guesses: GuessLimiter

    init(_ authenticator: Authenticator, _ settings: Configuration.Auth) {
        self.authenticator = authenticator
        guesses = GuessLimiter(
            limit: settings.maxFailures, windowSeconds: settings.failureWindowSeconds,
            seed: .random(in: .min ... .max))
    }

    /// What was decided.
    enum Decision: Equatable {
        /// The place of the token.
        case admitted(Int)
        /// With the place of the token, if it is one of ours.
        case refused(AccessRefusal, token: Int?)
    }

    func token(_ index: Int) -> Token? {
        authenticator.table.tokens.indices.contains(index) ? authenticator.table.tokens[index] : nil
    }

    /// Whether the sender of `head` may write to `stream`.
    func decide(
        writing stream: Span<UInt8>, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> Decision {
        let decision = identify(head, bytes, from: peer)
        guard case .admitted(let index) = decision else { return decision }
        guard authenticator.table.tokens[index].mayWrite(stream) else {
            return .refused(.streamNotAllowed, token: index)
        }
        return decision
    }

    /// Whether the sender of `head` may see how the service is.
    func decideObserving(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> Decision {
        let decision = identify(head, bytes, from: peer)
        guard case .admitted(let index) = decision else { return decision }
        guard authenticator.table.tokens[index].isObserver else {
            return .refused(.notAnObserver, token: index)
        }
        return decision
    }

    /// Whose request it is.
    ///
    /// A right secret is always good, however many wrong ones have come from its address: behind
    /// one address there may be many clients, and one of them that goes on with a token of
    /// yesterday must not lock the others out. Nothing is lost by it, as 256 bits are not guessed
    /// at any rate.
    private func identify(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> Decision {
        switch authenticator.sender(of: head, bytes, now: Clock.epochSeconds()) {
        case .token(let index): return .admitted(index)
        case .expired(let index): return .refused(.expired, token: index)
        case .missing: return .refused(.missing, token: nil)
        case .wrong:
            let now = Clock.monotonicNanoseconds() / 1_000_000
            guard let seconds = guesses.note(ClientKey(peer.address.span), now: now) else {
                return .refused(.wrong, token: nil)
            }
            return .refused(.tooManyGuesses(seconds: seconds), token: nil)
        }
    }
}
