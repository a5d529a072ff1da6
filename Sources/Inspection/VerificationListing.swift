// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import RotatingFile

/// The output of `cordwood verify`.
package struct VerificationListing {
    private let directory: String
    private let report: Verification.Report

    package init(_ report: Verification.Report, of directory: String) {
        self.report = report
        self.directory = directory
    }

    // MARK: For people

    /// A table of the streams, a sentence for each finding, and the verdict.
    package func text() -> String {
        var rows = [["stream", "files", "lines", "bytes", "torn", "bad lines", "bad files"]]
        rows += report.streams.map { [QuotedText.asScalar($0.name)] + Self.cells($0.tally) }
        if report.streams.count > 1 { rows.append(["total"] + Self.cells(report.total)) }
        var text = Self.aligned(rows)
        let findings = report.streams.flatMap(\.findings)
        for finding in findings.filter(\.kind.isDamage) + findings.filter({ !$0.kind.isDamage }) {
            let kind = finding.kind.isDamage ? "damaged" : "note"
            text += "\(kind): \(QuotedText.asScalar(finding.fileName)): \(Self.sentence(finding))\n"
        }
        return text + foreign() + verdict()
    }

    /// The library does not know what makes a line valid; here it is JSON.
    private static func sentence(_ finding: Verification.Finding) -> String {
        switch finding.kind {
        case .invalidLines(1, let first): "line \(first) is not a JSON object"
        case .invalidLines(let count, let first):
            "\(count) lines are not JSON objects, the first is line \(first)"
        default: "\(finding.kind)"
        }
    }

    private static func cells(_ tally: Verification.Tally) -> [String] {
        [
            "\(tally.fileCount)", "\(tally.lineCount)", "\(tally.byteCount)",
            "\(tally.tornLineCount)", "\(tally.damagedLineCount)", "\(tally.damagedFileCount)",
        ]
    }

    /// In columns, the first to the left and the others to the right.
    private static func aligned(_ rows: [[String]]) -> String {
        var widths = [Int](repeating: 0, count: rows.map(\.count).max() ?? 0)
        for row in rows {
            for (column, cell) in row.enumerated() {
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + gap : gap + cell
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static let shownForeignCount = 10

    private func foreign() -> String {
        let names = report.foreignNames
        if names.isEmpty { return "" }
        let shown = names.prefix(Self.shownForeignCount).map(QuotedText.asScalar)
        let more = names.count - shown.count
        return "note: \(Self.count(names.count, "name")) not of a stream and not looked at: "
            + shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "") + "\n"
    }

    private func verdict() -> String {
        let total = report.total
        if report.streams.isEmpty { return "no streams in \(directory)\n" }
        guard report.isDamaged else { return "no damage\n" }
        return "\(total.damagedFileCount) of \(Self.count(total.fileCount, "file")) damaged\n"
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    // MARK: For programs

    /// One JSON object, on one line.
    package func json() -> String {
        let streams = report.streams.map { stream in
            Self.object(
                [("name", Self.quoted(stream.name))] + Self.members(stream.tally)
                    + [("findings", Self.array(stream.findings.map(Self.object)))])
        }
        let members =
            [("directory", Self.quoted(directory)), ("damaged", "\(report.isDamaged)")]
            + Self.members(report.total)
            + [
                ("streams", Self.array(streams)),
                ("foreign", Self.array(report.foreignNames.map(Self.quoted))),
            ]
        return Self.object(members) + "\n"
    }

    private static func members(_ tally: Verification.Tally) -> [(String, String)] {
        [
            ("files", "\(tally.fileCount)"), ("lines", "\(tally.lineCount)"),
            ("bytes", "\(tally.byteCount)"), ("torn_lines", "\(tally.tornLineCount)"),
            ("damaged_lines", "\(tally.damagedLineCount)"),
            ("damaged_files", "\(tally.damagedFileCount)"),
        ]
    }

    private static func object(_ finding: Verification.Finding) -> String {
        object([
            ("file", quoted(finding.fileName)), ("kind", quoted(finding.kind.code)),
            ("damage", "\(finding.kind.isDamage)"), ("sentence", quoted(sentence(finding))),
        ])
    }

    private static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { "\(quoted($0.name)): \($0.value)" }.joined(separator: ", ") + "}"
    }

    private static func array(_ items: [String]) -> String {
        "[" + items.joined(separator: ", ") + "]"
    }

    private static func quoted(_ text: String) -> String { JSONText.quoted(text) }
}
