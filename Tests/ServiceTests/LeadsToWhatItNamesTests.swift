// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The links of all pages of the repository.
struct LeadsToWhatItNamesTests {
    @Test func `every link leads to a file, and to a heading of it`() throws {
        var count = 0
        for page in try Page.all() {
            for link in page.links {
                count += 1
                let parts = link.split(separator: "#", omittingEmptySubsequences: false)
                let target = parts[0].isEmpty ? page.path : page.resolve(String(parts[0]))
                guard FileManager.default.fileExists(atPath: Repository.file(target).path) else {
                    Issue.record("\(page.path) links to \(link), and there is no \(target)")
                    continue
                }
                guard parts.count > 1 else { continue }
                let anchors = try Page(path: target).anchors
                #expect(
                    anchors.contains(String(parts[1])),
                    "\(page.path) links to \(link), and \(target) has no such heading")
            }
        }
        #expect(count > 100)
    }

    /// What it is not to read as a link, and how a heading becomes an anchor.
    @Test func `links and anchors are read as a browser does`() {
        let page = Page(
            path: "docs/A.md",
            text: """
                # The `file.log`: what, why?
                [a](B.md#x), ![a picture](c.png), [two
                lines](../d.md), [elsewhere](https://example.org/)
                ```
                # no heading, [no link](e.md)
                ```
                ## [Twice](B.md)
                ## Twice
                """)
        #expect(page.links == ["B.md#x", "c.png", "../d.md", "B.md"])
        #expect(page.anchors == ["the-filelog-what-why", "twice", "twice-1"])
        #expect(page.resolve("../d.md") == "d.md")
        #expect(page.resolve("clients/e.md") == "docs/clients/e.md")
    }
}

/// A page in Markdown.
private struct Page {
    let path: String
    let text: String

    init(path: String) throws {
        self.init(path: path, text: try Repository.text(of: path))
    }

    /// Code is no prose: what looks like a link or a heading there is none.
    init(path: String, text: String) {
        self.path = path
        self.text = text.replacing(/(?m)^ *```[\s\S]*?^ *```/, with: "")
    }

    static func all() throws -> [Page] {
        // What is hidden is built or fetched.
        let files = FileManager.default.enumerator(
            at: Repository.directory, includingPropertiesForKeys: nil,
            options: .skipsHiddenFiles)
        let prefix = Repository.directory.path + "/"
        return try (files?.allObjects ?? []).compactMap { ($0 as? URL)?.path }
            .filter { $0.hasSuffix(".md") && $0.hasPrefix(prefix) }.sorted()
            .map { try Page(path: String($0.dropFirst(prefix.count))) }
    }

    /// Those to files of the repository.
    var links: [String] {
        text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }
            .filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }

    /// As GitHub makes them: of small letters, digits, `_` and `-`, a blank as `-`, and a number
    /// behind what was there before.
    var anchors: [String] {
        var counts: [String: Int] = [:]
        return text.matches(of: /(?m)^#+ +(.*)$/).map { heading in
            let words = heading.output.1.replacing(/\]\([^)]*\)/, with: "").lowercased()
            let anchor = String(
                words.compactMap { letter -> Character? in
                    if letter == " " { return "-" }
                    return letter.isLetter || letter.isNumber || "_-".contains(letter)
                        ? letter : nil
                })
            defer { counts[anchor, default: 0] += 1 }
            return counts[anchor].map { "\(anchor)-\($0)" } ?? anchor
        }
    }

    /// The path from the root of the repository that a link of this page means.
    func resolve(_ link: String) -> String {
        var parts = path.split(separator: "/").dropLast()
        for part in link.split(separator: "/") where part != "." {
            if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
