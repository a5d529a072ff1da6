// SPDX-License-Identifier: Apache-2.0

import Testing

/// An option that is given twice: one of the two would have no effect.
struct RefusesRepeatedOptionsTests {
    @Test(arguments: [
        (["check", "--when", "H", "--when", "M"], "--when"),
        (["check", "--directory=a", "--workers", "1", "--directory", "b"], "--directory"),
        (["check", "--workers", "1", "--workers", "1"], "--workers"),
        (["check", "--utc", "--no-utc"], "--no-utc"),
        (["schedule", "--when", "H", "--count", "1", "--count=2"], "--count"),
        (["seal", "--level", "1", "nowhere", "--level", "2"], "--level"),
        (["verify", "--raw", "nowhere", "--raw"], "--raw"),
        (["token", "new", "x", "--streams", "a", "--streams", "b"], "--streams"),
        (["health", "--ca", "a", "--ca", "b", "https://127.0.0.1:1"], "--ca"),
    ])
    func `it is a wrong command line, and the message names it`(arguments: [String], name: String)
        throws
    {
        let result = try Binary.run(arguments)
        #expect(result.status == 64)
        #expect(result.errors.contains("\(name) is given twice"), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func `an option that is a list may be given again`() throws {
        let result = try Binary.run(
            ["check", "--listen", "127.0.0.1:8080", "--listen", "127.0.0.1:8081", "--when", "H"])
        #expect(result.status == 0)
        #expect(result.output.contains("8080") && result.output.contains("8081"))
    }

    @Test func `a value that looks like a name is a value`() throws {
        #expect(try Binary.run(["check", "--when", "H", "--at", "", "--timezone", ""]).status == 0)
        #expect(try Binary.run(["verify", "--json", "--", "--json"]).status == 66)
    }

    @Test func `help is printed all the same`() throws {
        let result = try Binary.run(["check", "--when", "H", "--when", "M", "--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE"))
    }
}
