// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// A program's file, arguments and environment, execve(2).
package struct Program: Sendable {
    package var path: String
    /// The first is the program's own name.
    package var arguments: [String]
    /// As `NAME=value`.
    package var environment: [String]

    package init(path: String, arguments: [String], environment: [String]) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// The absolute path of the program that was started by the name `name`: what the shell would
    /// find, symbolic links not followed, so that it is the new version once that is in place.
    package static func path(ofCommand name: String) -> String {
        if name.hasPrefix("/") { return name }
        if name.contains("/") { return absolute(name) }
        let directories = getenv("PATH").map { String(cString: $0) } ?? ""
        let candidates = directories.split(separator: ":").map { "\($0)/\(name)" }
        return candidates.first { access($0, X_OK) == 0 } ?? "/proc/self/exe"
    }

    /// The path from the root, symbolic links not followed.
    package static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : workingDirectory + "/" + path
    }

    private static var workingDirectory: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            getcwd(buffer.baseAddress, buffer.count).map { String(cString: $0) } ?? "."
        }
    }

    /// Becomes this program; returns only an error.
    package func execute() throws(Errno) {
        try Self.withPointers(arguments) { arguments throws(Errno) in
            try Self.withPointers(environment) { environment throws(Errno) in
                _ = try systemCall(.execve) { execve(path, arguments, environment) }
            }
        }
    }

    /// Starts it in a process of its own whose standard output is thrown away; returns the process
    /// id.
    package func spawn() throws(Errno) -> pid_t {
        try ChildProcess.fork {
            let nowhere = open("/dev/null", O_WRONLY)
            if nowhere >= 0 { dup2(nowhere, STDOUT_FILENO) }
            return executeInChild()
        }
    }

    /// Starts it in a process group of its own, and returns the process id.
    ///
    /// Ctrl-C at the terminal does not reach it. It gets TERM when this process ends.
    package func spawnCompanion() throws(Errno) -> pid_t {
        try ChildProcess.fork {
            setpgid(0, 0)
            _ = clinux_set_death_signal(SIGTERM)
            return executeInChild()
        }
    }

    /// In a child: becomes this program; returns only the exit code for a program that cannot be
    /// started.
    private func executeInChild() -> Int32 {
        // It does not inherit what its parent waits for in its own way.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        try? execute()
        return 127
    }

    /// Lends an array of C strings that ends with a null pointer.
    private static func withPointers(
        _ texts: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws(Errno) -> Void
    ) throws(Errno) {
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
            capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { (pointers + index).initialize(to: strdup(text)) }
        (pointers + texts.count).initialize(to: nil)
        defer {
            for index in texts.indices { free(pointers[index]) }
            pointers.deallocate()
        }
        try body(pointers)
    }
}
