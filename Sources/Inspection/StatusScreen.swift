// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// The live view: the terminal's other screen, drawn again each second.
package enum StatusScreen {
    /// Shows the service until q, Ctrl-C or a signal that ends programs.
    ///
    /// While a service does not answer, as during its restart, the screen says so.
    package static func show(_ source: StatusSource, _ first: StatusSample) {
        guard let terminal = try? Terminal() else { return }
        var earlier: StatusSample?
        var later = first
        var failure: HealthProbe.Failure?
        repeat {
            var lines = StatusView(of: source.name, earlier, later).lines
            if let failure { lines.insert("\(failure)", at: 1) }
            terminal.draw(lines + ["", "q ends"])
            guard !terminal.isEndAsked(withinMilliseconds: 1000) else { return }
            do throws(HealthProbe.Failure) {
                let next = try source.sample()
                // After a key without a meaning, too little time has passed for a rate.
                if next.time - later.time >= 0.5 { earlier = later }
                (later, failure) = (next, nil)
            } catch {
                failure = error
            }
        } while true
    }
}

/// Standard input and output as a terminal, whose former state comes back at the end.
private struct Terminal: ~Copyable {
    private var found = termios()
    private let signals: SignalQueue

    init() throws(Errno) {
        // Otherwise these signals would end the program and leave the terminal in this state.
        signals = try SignalQueue([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH])
        tcgetattr(STDIN_FILENO, &found)
        var raw = found
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        Self.write("\u{1b}[?1049h\u{1b}[?25l")
    }

    deinit {
        Self.write("\u{1b}[?25h\u{1b}[?1049l")
        var found = found
        tcsetattr(STDIN_FILENO, TCSANOW, &found)
    }

    /// Draws as many lines and columns as the terminal has.
    func draw(_ lines: [String]) {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        let (rows, columns) = isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
        let shown = lines.prefix(rows).map { "\(Self.printable($0).prefix(columns))\u{1b}[K" }
        Self.write("\u{1b}[H" + shown.joined(separator: "\r\n") + "\u{1b}[J")
    }

    /// The text of a service must not control the terminal.
    private static func printable(_ line: String) -> String {
        String(
            String.UnicodeScalarView(
                line.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }

    /// Waits at most so long for a key or a signal that ends the screen; returns whether one came.
    func isEndAsked(withinMilliseconds limit: Int32) -> Bool {
        var sources = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&sources, 2, limit) > 0 else { return false }
        if sources[1].revents != 0, let signal = try? signals.next() {
            // Neither of these two ends the screen; the next picture has the new size.
            return signal != SIGWINCH && signal != SIGTSTP
        }
        guard sources[0].revents != 0 else { return false }
        var key: UInt8 = 0
        return read(STDIN_FILENO, &key, 1) != 1 || key == UInt8(ascii: "q")
            || key == UInt8(ascii: "Q")
    }

    private static func write(_ text: String) {
        var text = text
        // An error is ignored: if the terminal is gone, a signal says so.
        text.withUTF8 { _ = Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
