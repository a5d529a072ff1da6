import Bytes
import Prefork

/// How families and samples are written.
extension Metrics {
    func counter(
        _ name: StaticString, _ help: StaticString, _ cell: Cell, _ out: inout ByteBuffer
    ) {
        header(name, "counter", help, &out)
        sample(name, cell, &out)
    }

    func gauge(
        _ name: StaticString, _ help: StaticString, _ value: Int64, _ out: inout ByteBuffer
    ) {
        header(name, "gauge", help, &out)
        out.append(name)
        out.append(" ")
        line(value, &out)
    }

    func header(
        _ name: StaticString, _ type: StaticString, _ help: StaticString, _ out: inout ByteBuffer
    ) {
        out.append("# HELP ")
        out.append(name)
        out.append(" ")
        out.append(help)
        out.append("\n# TYPE ")
        out.append(name)
        out.append(" ")
        out.append(type)
        out.append("\n")
    }

    func sample(_ series: StaticString, _ cell: Cell, _ out: inout ByteBuffer) {
        out.append(series)
        out.append(" ")
        line(scoreboard.total(cell.rawValue), &out)
    }

    func line(_ value: Int64, _ out: inout ByteBuffer) {
        out.append(decimal: Int(value))
        out.append("\n")
    }

    /// Nanoseconds as seconds, with nine decimals.
    func seconds(_ nanoseconds: Int64, _ out: inout ByteBuffer) {
        out.append(decimal: Int(nanoseconds / 1_000_000_000))
        out.append(".")
        var rest = nanoseconds % 1_000_000_000
        var unit: Int64 = 100_000_000
        while unit > 0 {
            out.append(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
