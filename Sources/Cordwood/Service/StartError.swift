// SPDX-License-Identifier: Apache-2.0

import Access
import Linux
import OpenSSL
import RotatingFile
import SystemPackage

/// Why the service cannot start, with its exit code from sysexits.h.
enum StartError: Error, Equatable, CustomStringConvertible {
    /// A file or directory cannot be created or used.
    case file(RotatingFileError)
    case directory(String, Errno)
    /// A listening socket cannot be opened.
    case listen(String, Errno)
    /// A descriptor that systemd has opened.
    case inherited(Int32, Errno)
    case address(String)
    /// A certificate or a key.
    case tls(TLSError)
    case schedule(String)
    case credentials(Credentials.Failure)
    case pidFile(String, Errno)
    case tokens(TokenMistakes)
    case system(String, Errno)

    var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .directory(let path, let errno):
            "cannot create the directory \(path): \(errno); create it and let this user write to "
                + "it, or choose another with --directory"
        case .listen(let address, .addressInUse):
            "cannot listen on \(address): another process does; stop it or choose another address "
                + "with --listen"
        case .listen(let address, .fileExists):
            "cannot listen on \(address): the file at this path is not a socket; remove it or "
                + "choose another path with --listen"
        case .listen(let address, let errno): "cannot listen on \(address): \(errno)"
        case .inherited(let number, let errno):
            "cannot listen on the inherited descriptor \(number): \(errno); it must be a stream "
                + "socket that listens, ListenStream= in the unit"
        case .address(let text):
            "cannot listen on \(text): give the address in digits, such as 127.0.0.1:8080 or "
                + "[::1]:8080"
        case .tls(let error): "\(error)"
        case .schedule(let reason): "the rotation schedule is wrong: \(reason)"
        case .credentials(let failure): "\(failure)"
        case .pidFile(let path, let errno):
            "cannot write the PID file \(path): \(errno); choose another with pid_file"
        case .tokens(let mistakes): "\(mistakes)"
        case .system(let operation, let errno): "cannot \(operation): \(errno)"
        }
    }

    /// EX_SOFTWARE: a defect of this program.
    static let internalCode: Int32 = 70

    var exitCode: Int32 {
        switch self {
        case .listen, .inherited: 69  // EX_UNAVAILABLE
        case .system: 71  // EX_OSERR
        case .file, .directory, .pidFile: 73  // EX_CANTCREAT
        case .credentials(.notPermitted): 77  // EX_NOPERM
        case .address, .tls, .schedule, .credentials, .tokens: 78  // EX_CONFIG
        }
    }
}
