// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The names of the files that belong to one active file.
///
/// All names are made here and in `RotatedName`, and `FileKind` reads them.
package struct FileNames: Equatable, Sendable {
    /// The name of the active file, `app.log`.
    package let active: String

    /// The names of what belongs to the active file of this name.
    package init(of active: String) { self.active = active }

    /// The state page, `.app.log.state`.
    package var statePage: String { "." + active + Self.statePageSuffix }

    /// The ledger, `.app.log.ledger`.
    package var ledger: String { "." + active + Self.ledgerSuffix }

    /// The file that a compacted ledger is written to before it replaces the ledger.
    var newLedger: String { "." + active + Self.newLedgerSuffix }

    /// The name that something in the ledger's place gets that is no ledger: the first is number 0.
    func foreignLedger(_ number: Int) -> String {
        ledger + ".foreign" + (number == 0 ? "" : ".\(number)")
    }

    /// The end of the active files' names that `cordwood` gives: a file of such a name is taken for an
    /// active file where nothing else belongs to it.
    package static let activeSuffix = ".log"
    /// The end of a compressed file's name.
    static let compressedSuffix = ".gz"

    fileprivate static let statePageSuffix = ".state"
    fileprivate static let ledgerSuffix = ".ledger"
    fileprivate static let newLedgerSuffix = ".ledger.tmp"
    fileprivate static let temporarySuffix = ".gz.tmp"
}

extension RotatedName {
    /// The file that a sealer compresses the plain file into, `.app.log.2026-11-23.gz.tmp`, before it
    /// gets the compressed name.
    package var temporaryName: String { "." + plainName + FileNames.temporarySuffix }
}

/// What a name in a directory of rotating files says that the file is.
package enum FileKind: Equatable, Sendable {
    /// The state page of the active file of this name.
    case statePage(of: String)
    /// The ledger of the active file of this name, or the file that a new one is written to.
    case ledger(of: String)
    case rotated(RotatedName)
    /// The file that a sealer compresses this plain file into.
    case temporary(RotatedName)
    /// An active file, or one that rotating files know nothing of.
    case other

    /// Reads `name`.
    package init(_ name: String) {
        self = Self.hidden(name) ?? RotatedName(parsing: name).map(FileKind.rotated) ?? .other
    }

    private static func hidden(_ name: String) -> FileKind? {
        guard name.utf8.first == UInt8(ascii: ".") else { return nil }
        if let base = inside(name, FileNames.statePageSuffix) { return .statePage(of: base) }
        if let base = inside(name, FileNames.ledgerSuffix) { return .ledger(of: base) }
        if let base = inside(name, FileNames.newLedgerSuffix) { return .ledger(of: base) }
        guard let plain = inside(name, FileNames.temporarySuffix),
            let source = RotatedName(parsing: plain), !source.isCompressed
        else { return nil }
        return .temporary(source)
    }

    /// The part of `name` between the dot and `suffix`; nil if it does not end so, or nothing is left.
    private static func inside(_ name: String, _ suffix: String) -> String? {
        let count = suffix.utf8.count
        guard name.utf8.count > count + 1, name.utf8.suffix(count).elementsEqual(suffix.utf8) else {
            return nil
        }
        return String(decoding: name.utf8.dropFirst().dropLast(count), as: UTF8.self)
    }
}
