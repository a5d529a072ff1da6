// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// Reads bodies of the bulk API: a line with an action, and one with its document.
///
/// Lines end at LF only. A bad document costs only itself. A line that is no action is rejected,
/// together with the next one if that is no action either, since it is the document then; so the
/// pairs behind it are found again. An empty line is passed over, unless it stands in the place of
/// a document and an action follows: then the document was empty.
struct BulkReader: ~Copyable {
    private let limits: IngestLimits
    /// Whether lines get `_bulk`, with the action.
    private let keepsActions: Bool
    private var lines: JSONLines
    private var action: CurrentAction
    private(set) var notes = ItemNotes()
    private var at = 0
    private var state = State.action
    /// Whether an empty line stands between an action and what follows.
    private var isBehindGap = false
    /// Whether the notes' run is that of the current action.
    private var isNoted = false

    private enum State {
        /// An action is due.
        case action
        /// The document is due of the action that stands there.
        case document(action: Range<Int>)
        /// The line there is no action; the next one may be its document.
        case bad(Range<Int>, RejectionReason, mistakeAt: Int)
    }

    init(_ limits: IngestLimits, keepsActions: Bool) {
        self.limits = limits
        self.keepsActions = keepsActions
        lines = JSONLines(limits: limits)
        action = CurrentAction()
    }

    /// Begins a body.
    ///
    /// - Parameter pathIndex: the index of actions that name none, as the inside of a JSON string.
    mutating func begin(pathIndex: borrowing ByteBuffer) {
        lines.begin()
        notes.begin(pathIndex: pathIndex)
        action.begin(pathIndex: pathIndex)
        at = 0
        state = .action
        isBehindGap = false
        isNoted = false
    }

    /// Reads the lines of one window; true if they were the last.
    mutating func step(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) -> Bool {
        guard sink.tryReserve() else { throw .outOfMemory }
        if at == 0 { at = body.beginningOfText }
        if at < body.count {
            let end = try lines.open(body, from: at)
            while at < end {
                let line = body.line(from: at)
                at = line.next
                if line.content.isEmpty {
                    isBehindGap = true
                } else {
                    try read(body, line.content, &sink)
                    isBehindGap = false
                }
            }
            guard notes.answerByteCount <= limits.batchByteCount else {
                throw .batchTooLarge(limit: limits.batchByteCount)
            }
            if at < body.count { return false }
        }
        end(body, &sink)
        if notes.itemCount == 0 { throw .emptyBody }
        return true
    }

    /// Gives back memory that only an unusually large request needed.
    mutating func shrink() {
        lines.shrink()
        notes.shrink(to: limits.keptScratchByteCount)
        action.shrink(to: limits.keptScratchByteCount)
    }

    /// Appends what the answer needs.
    mutating func appendNotes(to buffer: inout ByteBuffer) { notes.append(to: &buffer) }

    /// Bytes of memory that the request takes.
    var heldByteCount: Int { notes.heldByteCount + lines.heldByteCount }

    // MARK: Lines

    private mutating func read(
        _ body: Span<UInt8>, _ line: Range<Int>, _ sink: inout RecordSink
    ) throws(IngestError) {
        switch state {
        case .action:
            try readAction(body, line, &sink)
        case .document(let pair):
            if isBehindGap {
                // Noted first, because another action takes the place of the current one.
                beginNote()
                if case .none = try judge(body, line) {
                    notes.add(isRejected: true)
                    isNoted = false
                    sink.reject(
                        body.extracting(pair), .malformed, from: pair.lowerBound,
                        mistakeAt: pair.count)
                    return try readAction(body, line, &sink)
                }
            }
            state = .action
            try readDocument(body, line, of: pair, &sink)
        case .bad(let bad, let reason, let mistake):
            if case .none = try judge(body, line) {
                reject(body, bad, reason, mistakeAt: mistake, &sink, isAction: false)
                return try readAction(body, line, &sink)
            }
            state = .action
            reject(
                body, bad.lowerBound..<line.upperBound, reason, mistakeAt: mistake, &sink,
                isAction: false)
        }
    }

    /// Reads a line in the place of an action.
    private mutating func readAction(
        _ body: Span<UInt8>, _ line: Range<Int>, _ sink: inout RecordSink
    ) throws(IngestError) {
        if case .some(let bad) = try judge(body, line) {
            state = .bad(line, bad.reason, mistakeAt: bad.mistake)
        } else if action.kind.hasDocument {
            state = .document(action: line)
        } else {
            state = .action
            note(isRejected: false)
            if keepsActions { try action.write(from: line.lowerBound, to: &sink) }
        }
    }

    /// Makes the line the current action; if it is none, says why.
    private mutating func judge(
        _ body: Span<UInt8>, _ line: Range<Int>
    ) throws(IngestError) -> (reason: RejectionReason, mistake: Int)? {
        let text = body.extracting(line)
        // Most requests repeat one action.
        if action.equals(text) { return nil }
        guard line.count <= limits.recordByteCount else { return (.tooLarge, 0) }
        switch try lines.read(body, line) {
        case .bad(let reason, let mistake): return (reason, mistake)
        case .object:
            guard let parsed = BulkAction(text) else { return (.malformed, 0) }
            action.take(parsed, text)
            isNoted = false
            return nil
        }
    }

    private mutating func readDocument(
        _ body: Span<UInt8>, _ line: Range<Int>, of pair: Range<Int>, _ sink: inout RecordSink
    ) throws(IngestError) {
        let text = body.extracting(line)
        let whole = pair.lowerBound..<line.upperBound
        let before = line.lowerBound - pair.lowerBound
        guard sink.fits(text) else {
            if limits.oversize == .reject {
                return reject(body, whole, .tooLarge, mistakeAt: before, &sink)
            }
            let rejected = sink.report.rejected
            try sink.append(object: text, hasLineBreaks: true, from: line.lowerBound)
            return note(isRejected: sink.report.rejected > rejected)
        }
        switch try lines.read(body, line) {
        case .object(let hasLineBreaks):
            note(isRejected: false)
            if keepsActions {
                try action.append(
                    object: text, hasLineBreaks: hasLineBreaks, from: line.lowerBound, to: &sink)
            } else {
                try sink.append(object: text, hasLineBreaks: hasLineBreaks, from: line.lowerBound)
            }
        case .bad(let reason, let mistake):
            reject(body, whole, reason, mistakeAt: before + mistake, &sink)
        }
    }

    /// At the end of the body no document follows.
    private mutating func end(_ body: Span<UInt8>, _ sink: inout RecordSink) {
        switch state {
        case .action: break
        case .document(let pair): reject(body, pair, .malformed, mistakeAt: pair.count, &sink)
        case .bad(let line, let reason, let mistake):
            reject(body, line, reason, mistakeAt: mistake, &sink, isAction: false)
        }
        state = .action
    }

    /// Rejects what stands in `range`, an action and its document as they came.
    ///
    /// - Parameter isAction: whether it is the current action; if not, nothing is known of it.
    private mutating func reject(
        _ body: Span<UInt8>, _ range: Range<Int>, _ reason: RejectionReason, mistakeAt mistake: Int,
        _ sink: inout RecordSink, isAction: Bool = true
    ) {
        if isAction {
            note(isRejected: true)
        } else {
            notes.beginRun(.index, index: nil, isWritten: true)
            notes.add(isRejected: true)
            isNoted = false
        }
        sink.reject(
            body.extracting(range), reason, from: range.lowerBound, mistakeAt: mistake)
    }

    /// Counts the current action.
    private mutating func note(isRejected: Bool) {
        if !isNoted { beginNote() }
        notes.add(isRejected: isRejected)
    }

    private mutating func beginNote() {
        action.begin(&notes, isWritten: keepsActions || action.kind.hasDocument)
        isNoted = true
    }
}

extension Span<UInt8> {
    /// Where the text of a body begins: behind the byte order mark, if there is one.
    var beginningOfText: Int {
        count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF ? 3 : 0
    }
}
