// SPDX-License-Identifier: Apache-2.0

import Linux

/// Decides from the credentials of a request whether its sender may do what it asks for.
package final class Gatekeeper {
    private let authenticator: Authenticator
    private var guesses: GuessLimiter

    /// - Parameter guessLimit: how many wrong secrets one address may send in `guessWindowSeconds`
    ///   before it must wait.
    package init(_ authenticator: Authenticator, guessLimit: Int, guessWindowSeconds: Int) {
        self.authenticator = authenticator
        guesses = GuessLimiter(
            limit: guessLimit, windowSeconds: guessWindowSeconds,
            seed: .random(in: .min ... .max))
    }

    /// The decision.
    package enum Decision: Equatable, Sendable {
        /// The place of the token.
        case admitted(Int)
        /// With the place of the token, if the secret is one of a token.
        case denied(Denial, token: Int?)
    }

    /// The fields of a request that say who sends it; an absent field is empty.
    package struct Credentials: ~Escapable {
        /// The value of the field Authorization.
        let authorization: Span<UInt8>
        /// The secret alone, such as the value of the field X-Api-Key.
        let apiKey: Span<UInt8>
        /// Whether the name beside a secret does not count.
        let takesAnyUser: Bool
        /// The address of the client, in digits.
        let address: Span<UInt8>

        @_lifetime(copy authorization, copy apiKey, copy address)
        package init(
            authorization: Span<UInt8>, apiKey: Span<UInt8>, address: Span<UInt8>,
            takesAnyUser: Bool = false
        ) {
            self.authorization = authorization
            self.apiKey = apiKey
            self.takesAnyUser = takesAnyUser
            self.address = address
        }
    }

    /// The token at this place of the table; nil if `sender` has none.
    package func token(_ index: Int) -> Token? {
        authenticator.table.tokens.indices.contains(index) ? authenticator.table.tokens[index] : nil
    }

    /// Whether the sender may write to `stream`.
    package func decide(
        writing stream: Span<UInt8>, _ credentials: borrowing Credentials
    ) -> Decision {
        let decision = identify(credentials)
        guard case .admitted(let index) = decision else { return decision }
        guard authenticator.table.tokens[index].mayWrite(stream) else {
            return .denied(.streamNotAllowed, token: index)
        }
        return decision
    }

    /// Whether the sender may see the state of the service.
    package func decideObserving(_ credentials: borrowing Credentials) -> Decision {
        let decision = identify(credentials)
        guard case .admitted(let index) = decision else { return decision }
        guard authenticator.table.tokens[index].isObserver else {
            return .denied(.notAnObserver, token: index)
        }
        return decision
    }

    /// Finds the sender of a request, whatever it may do.
    ///
    /// The right secret is always accepted, however many wrong ones have come from its address:
    /// many clients may share one address, and a client that still uses an old token must not lock
    /// the others out. This does not help an attacker, because 256 bits cannot be guessed at any
    /// rate.
    package func identify(_ credentials: borrowing Credentials) -> Decision {
        let finding = authenticator.sender(
            credentials.authorization, apiKey: credentials.apiKey,
            takesAnyUser: credentials.takesAnyUser, now: Clock.epochSeconds())
        switch finding {
        case .token(let index): return .admitted(index)
        case .expired(let index): return .denied(.expired, token: index)
        case .missing: return .denied(.missing, token: nil)
        case .wrong:
            let now = Clock.monotonicNanoseconds() / 1_000_000
            guard let seconds = guesses.note(ClientKey(credentials.address), now: now) else {
                return .denied(.wrong, token: nil)
            }
            return .denied(.tooManyGuesses(seconds: seconds), token: nil)
        }
    }
}
