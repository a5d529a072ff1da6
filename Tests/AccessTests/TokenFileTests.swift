// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Access

struct TokenFileTests {
    /// SHA-256 of `secret`.
    private static let digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"

    private static func file(_ text: String) -> TokenFile {
        TokenFile(path: "tokens", text: text.replacing("DIGEST", with: digest))
    }

    @Test func `a line is a name, a digest, streams and rights`() throws {
        let lines = [
            "# name digest streams", "", "shop\tsha256:DIGEST  shop,shop-*   # the till\r",
            "grafana sha256:\(String(repeating: "0A", count: 32)) - observe expires=2027-03-01",
        ]
        let file = Self.file(lines.joined(separator: "\n"))
        #expect(file.mistakes == [])
        let (shop, grafana) = (try #require(file.tokens.first), try #require(file.tokens.last))
        #expect(file.tokens.count == 2)
        #expect([shop.name, grafana.name] == ["shop", "grafana"])
        #expect(shop.streams.map(\.description) == ["shop", "shop-*"])
        #expect(grafana.streams == [])
        #expect([shop.isObserver, grafana.isObserver] == [false, true])
        #expect(shop.expiresAt == nil)
        #expect(grafana.expiresAt == 1_803_859_200)
        #expect(try TokenFixture.hexadecimal(of: "secret") == Self.digest)
        let digest = try TokenFixture.digest(of: "secret")
        #expect(TokenTable(file.tokens).index(of: digest) == 0)
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "  # nothing", "\t\r\n"])
    func `a line without content is neither a token nor a mistake`(text: String) {
        let file = Self.file(text)
        #expect(file.tokens.isEmpty && file.mistakes.isEmpty)
    }

    @Test(arguments: [
        ("shop", "a line must be"), ("shop sha256:DIGEST", "a line must be"),
        ("shop sha256:DIGEST # *", "a line must be"),
        ("shöp sha256:DIGEST *", "a token's name must be"),
        ("a:b sha256:DIGEST *", "a token's name must be"),
        (".a sha256:DIGEST *", "a token's name must be"),
        ("cw_a sha256:DIGEST *", "a token's name must be"),
        (String(repeating: "a", count: 65) + " sha256:DIGEST *", "a token's name must be"),
        ("shop DIGEST *", "second word of shop"), ("shop sha1:DIGEST *", "second word of shop"),
        ("shop sha256:DIGES *", "second word of shop"),
        ("shop sha256:0DIGEST *", "second word of shop"),
        ("shop sha256:" + String(repeating: "g", count: 64) + " *", "second word of shop"),
        ("shop cw_the-secret-itself *", "second word of shop"),
        ("shop sha256:DIGEST a,,b", "third word"), ("shop sha256:DIGEST A", "third word"),
        ("shop sha256:DIGEST a/b", "third word"), ("shop sha256:DIGEST ,", "third word"),
        ("shop sha256:DIGEST * metrics", "word 4 must be observe or expires="),
        ("shop sha256:DIGEST * observe observe", "word 5 must be"),
        ("shop sha256:DIGEST * expires=2027-02-29", "a date that exists"),
        ("shop sha256:DIGEST * expires=2027-2-1", "a date that exists"),
        ("shop sha256:DIGEST * expires=", "a date that exists"),
        ("shop sha256:DIGEST * expires=2027-01-01 expires=2027-01-02", "word 5 must be"),
    ])
    func `a mistake is a sentence with its line, and never the secret`(
        line: String, sentence: String
    ) {
        let file = Self.file("# first\n\(line)\n")
        #expect(file.mistakes.count == 1)
        #expect(file.mistakes.first?.line == 2)
        #expect(file.mistakes.first?.description.hasPrefix("tokens:2: ") == true)
        #expect(file.mistakes.first?.why.contains(sentence) == true)
        #expect(file.mistakes.allSatisfy { !$0.why.contains("the-secret-itself") })
    }

    @Test func `every mistake is named, not only the first`() {
        let file = Self.file("a b c\nshop sha256:DIGEST *\nshop sha256:DIGEST *\nd\n")
        #expect(file.mistakes.map(\.line) == [1, 3, 4])
        #expect(file.mistakes[1].why == "the token shop is already in line 2")
    }

    @Test func `two tokens with the same secret are a mistake`() {
        let file = Self.file("one sha256:DIGEST a\ntwo sha256:DIGEST b\n")
        #expect(file.mistakes.map(\.line) == [2])
        #expect(file.mistakes.first?.why.hasSuffix("have the same secret") == true)
    }

    @Test func `a missing file is a mistake`() {
        #expect(throws: TokenMistakes.self) { try TokenFile.read("/nowhere/tokens") }
    }
}
