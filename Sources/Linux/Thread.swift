// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A thread of this process, pthreads(7), that somebody waits for.
package struct Thread: ~Copyable, Sendable {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let number: pthread_t

    /// Starts `body` in a thread that takes no signals: they stay with the threads that expect them.
    package init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        // SAFETY: the reference that is retained here is released by the thread, or below when
        // there is none.
        let context = Unmanaged.passRetained(Body(body))
        var number = pthread_t()
        let error = pthread_create(
            &number, nil,
            { context in
                if let context {
                    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, context.toOpaque())
        guard error == 0 else {
            context.release()
            throw Errno(rawValue: error)
        }
        self.number = number
    }

    /// Waits for its end; returns at once when it is the calling thread itself.
    package consuming func join() { pthread_join(number, nil) }
}
