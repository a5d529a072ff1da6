import Bytes
import Linux
import Prefork

extension Counters {
    /// Notes what this process uses; each process does so once a second.
    func noteUsage() {
        let usage = ProcessUsage.ofThisProcess()
        set(.processorNanoseconds, to: usage.processorNanoseconds)
        set(.virtualBytes, to: usage.virtualByteCount)
        set(.residentBytes, to: usage.residentByteCount)
        set(.openDescriptors, to: usage.openDescriptorCount)
    }

    /// Notes what stays as it is as long as this process lives, and what it uses now.
    func noteBeginning() {
        set(.beganAt, to: Clock.epochSeconds())
        set(.descriptorLimit, to: Int64(descriptorLimit()))
        noteUsage()
    }
}

/// The families that every client library of Prometheus has, of each process of the service.
///
/// One process cannot speak for all: a sum of open files beside the limit of one of them would
/// hide the worker that is near it.
extension Metrics {
    func usage(_ out: inout ByteBuffer) {
        let rows = usageRows()
        header(
            "process_cpu_seconds_total", "counter", "Processor time, in user and in system mode.",
            &out)
        for row in rows {
            series("process_cpu_seconds_total", row, &out)
            seconds(scoreboard[row, .processorNanoseconds], &out)
            out.append("\n")
        }
        family(
            "process_resident_memory_bytes",
            "Resident memory; what processes share counts in each of them.", .residentBytes, rows,
            &out)
        family(
            "process_virtual_memory_bytes", "Addresses that are mapped.", .virtualBytes, rows, &out)
        family("process_open_fds", "Open descriptors.", .openDescriptors, rows, &out)
        family(
            "process_max_fds", "Descriptors that may be open.", .descriptorLimit, rows, &out)
        family(
            "process_start_time_seconds", "When the process began, in seconds since 1970.",
            .beganAt, rows, &out)
    }

    private func family(
        _ name: StaticString, _ help: StaticString, _ cell: Cell, _ rows: [Int],
        _ out: inout ByteBuffer
    ) {
        header(name, "gauge", help, &out)
        for row in rows {
            series(name, row, &out)
            line(scoreboard[row, cell], &out)
        }
    }

    private func series(_ name: StaticString, _ row: Int, _ out: inout ByteBuffer) {
        out.append(name)
        out.append("{process=\"")
        if row == 0 {
            out.append("master")
        } else if scoreboard[row, .role] == ProcessRole.sealer.rawValue {
            out.append("sealer")
        } else {
            out.append("worker-")
            out.append(decimal: Int(scoreboard[row, .number]))
        }
        out.append("\"} ")
    }

    /// The master's, those of workers in the order of their numbers, and the sealer's, of
    /// processes that have said so.
    private func usageRows() -> [Int] {
        let sealer = scoreboard.sealerRow.flatMap { scoreboard.state($0) == .absent ? nil : $0 }
        return ([0] + rowsByNumber() + (sealer.map { [$0] } ?? []))
            .filter { scoreboard[$0, .beganAt] > 0 }
    }
}
