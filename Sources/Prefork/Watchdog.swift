import Glibc
enum Watchdog {
    static func victims(overdue: Set<pid_t>, waits: [(waiter: pid_t, holder: pid_t)], children: Set<pid_t>) -> [pid_t] { Array(overdue) }
}
enum LockWaiters { static func all() -> [(waiter: pid_t, holder: pid_t)] { [] } }
