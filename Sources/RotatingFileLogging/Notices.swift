// SPDX-License-Identifier: Apache-2.0

import RotatingFile

/// Events and errors to report once the lock is released, and how many errors there were.
final class Notices {
    enum Notice: Sendable {
        case failed(RotatingFileError)
        case event(RotatingFileEvent)

        var error: RotatingFileError? {
            switch self {
            case .failed(let error), .event(.rolloverFailed(let error)): error
            case .event: nil
            }
        }
    }

    /// Of more the oldest are forgotten; failures stay counted.
    static let limit = 64

    private(set) var failureCount = 0
    private(set) var lastError: RotatingFileError?
    private var waiting: [Notice] = []

    var isEmpty: Bool { waiting.isEmpty }

    func add(_ notice: Notice) {
        if let error = notice.error {
            failureCount += 1
            lastError = error
        }
        if waiting.count == Self.limit { waiting.removeFirst() }
        waiting.append(notice)
    }

    func take() -> [Notice] {
        defer { waiting = [] }
        return waiting
    }
}
