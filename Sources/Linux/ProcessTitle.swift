// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The title of this process in `ps`, such as `cordwood: worker 2`.
///
/// Linux shows the memory that held the arguments at the start; what is written there is shown
/// from then on (proc(5), /proc/PID/cmdline). The environment lies behind it and gives the room
/// for a title that is longer than the arguments were.
package enum ProcessTitle {
    // SAFETY: `prepare` writes it once, before there is a second thread; children inherit it.
    nonisolated(unsafe) private static var area: UnsafeMutableRawBufferPointer?

    /// Makes room for titles; call it once, before there is a second thread.
    ///
    /// Arguments and environment stay readable by the usual means: they are copied first. When
    /// /proc does not tell where they lie, there will be no title.
    package static func prepare() {
        guard area == nil, let stat = try? Descriptor.contents(of: "/proc/self/stat"),
            let range = argumentArea(in: stat),
            let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound)
        else { return }
        // Read for the first time here if nobody has yet: the standard library keeps the result.
        _ = CommandLine.arguments
        guard let copy = copiedEnvironment(environ) else { return }
        clinux_set_environment(copy)
        // SAFETY: the kernel mapped this memory writable for the life of the process, and what
        // was in it has been copied.
        area = UnsafeMutableRawBufferPointer(start: start, count: range.count)
    }

    /// Shows `title` from now on, as far as there is room.
    ///
    /// - Parameter name: the name in `top` and `pgrep`, cut to 15 bytes; by default the title.
    package static func set(_ title: String, name: String? = nil) {
        if let area { write(title, into: area) }
        // The kernel cuts a name that is too long. The corresponding system call is `prctl`.
        _ = clinux_set_name(name ?? title)
    }

    /// Fills `area` with the title and zeros, of which one is at the end.
    static func write(_ title: String, into area: UnsafeMutableRawBufferPointer) {
        guard !area.isEmpty else { return }
        let bytes = title.utf8.prefix(area.count - 1)
        area.initializeMemory(as: UInt8.self, repeating: 0)
        area.copyBytes(from: bytes)
    }

    /// Where arguments and, right behind them, environment lie: the fields 48 to 51 of
    /// /proc/self/stat.
    static func argumentArea(in stat: String) -> Range<UInt>? {
        // The name, field 2, may have spaces and parentheses of its own.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[end...].split { $0 == " " || $0 == "\n" }
        let firstField = 2
        let bounds = (48...51).compactMap { number -> UInt? in
            let index = number - firstField
            return fields.indices.contains(index) ? UInt(fields[index]) : nil
        }
        guard bounds.count == 4, bounds[0] > 0, bounds[0] < bounds[1] else { return nil }
        let isContiguous = bounds[2] == bounds[1] && bounds[3] > bounds[2]
        return bounds[0]..<(isContiguous ? bounds[3] : bounds[1])
    }

    /// A copy for the rest of the process's life; nil if memory runs out.
    static func copiedEnvironment(
        _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        var count = 0
        while environment[count] != nil { count += 1 }
        let copy = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: count + 1)
        for index in 0..<count {
            guard let text = environment[index].flatMap({ strdup($0) }) else { return nil }
            copy[index] = text
        }
        copy[count] = nil
        return copy
    }
}
