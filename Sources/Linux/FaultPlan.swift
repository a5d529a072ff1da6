// SPDX-License-Identifier: Apache-2.0

#if DEBUG
    import CLinux
    import Glibc
    import Synchronization
    import SystemPackage

    /// Which system calls of this process fail, or kill it: the tests' way to reach every branch.
    ///
    /// Read once from `CORDWOOD_FAULTS`, a list like `write:3=ENOSPC,renameat2:1=kill`: the third
    /// `write` fails with ENOSPC; the process dies by SIGKILL before its first `renameat2`.
    /// `write:3+=EIO` means the third and all after it; `write:3=stop` is SIGSTOP. Debug builds only.
    package struct FaultPlan: Sendable {
        /// The effect in place of the call.
        enum Outcome: Equatable {
            case error(Errno)
            case kill
            /// The process stands still, with all that it holds.
            case stop
        }

        struct Fault: Sendable {
            var call: SystemCall
            var occurrence: Int
            var isRepeated: Bool
            var outcome: Outcome
        }

        /// The plan of this process; nil when the environment names none.
        package static let current = FaultPlan(
            getenv("CORDWOOD_FAULTS").map { String(cString: $0) })

        private static let counts = Mutex<[SystemCall: Int]>([:])

        let faults: [Fault]

        init?(_ text: String?) {
            guard let text, !text.isEmpty else { return nil }
            let parsed = text.split(separator: ",").map { Self.parse(String($0)) }
            faults = parsed.compactMap { $0 }
            // A malformed plan must not let a test pass by doing nothing.
            precondition(faults.count == parsed.count, "CORDWOOD_FAULTS is malformed: \(text)")
        }

        /// The error to throw instead of the coming call of `name`, if any.
        package func fault(before name: SystemCall) -> Errno? {
            guard faults.contains(where: { $0.call == name }) else { return nil }
            let count = Self.counts.withLock { counts in
                counts[name, default: 0] += 1
                return counts[name, default: 0]
            }
            for fault in faults where fault.call == name {
                guard count == fault.occurrence || (fault.isRepeated && count > fault.occurrence)
                else { continue }
                switch fault.outcome {
                case .error(let errno): return errno
                case .kill: _ = Glibc.kill(getpid(), SIGKILL)
                case .stop: _ = Glibc.kill(getpid(), SIGSTOP)
                }
            }
            return nil
        }

        private static func parse(_ text: String) -> Fault? {
            let sides = text.split(separator: "=")
            guard sides.count == 2 else { return nil }
            let target = sides[0].split(separator: ":")
            guard target.count == 2, let call = SystemCall(rawValue: String(target[0])) else {
                return nil
            }
            let isRepeated = target[1].hasSuffix("+")
            guard let occurrence = Int(isRepeated ? target[1].dropLast() : target[1]),
                let outcome = outcome(String(sides[1]))
            else { return nil }
            return Fault(
                call: call, occurrence: occurrence, isRepeated: isRepeated, outcome: outcome)
        }

        private static func outcome(_ name: String) -> Outcome? {
            switch name {
            case "kill": .kill
            case "stop": .stop
            case "EIO": .error(.ioError)
            case "ENOSPC": .error(.noSpace)
            case "EDQUOT": .error(Errno(rawValue: EDQUOT))
            case "EROFS": .error(.readOnlyFileSystem)
            case "EMFILE": .error(.tooManyOpenFiles)
            case "EACCES": .error(.permissionDenied)
            case "ENOMEM": .error(.noMemory)
            case "EAFNOSUPPORT": .error(.addressFamilyNotSupported)
            default: nil
            }
        }
    }
#endif
