// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Runs `program` with python3 on `input` and returns the lines that it prints.
func python(_ program: String, on input: [UInt8]) throws -> [String] {
    let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("ingest-\(UUID().uuidString)")
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program, file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
}

/// Expects every line of `file` to be one object to Python's json, which is told to be strict.
func expectObjects(_ file: [UInt8], count: Int) throws {
    let output = try python(
        """
        import json, sys
        def refuse(name): raise ValueError(name)
        lines = open(sys.argv[1], 'rb').read().split(b'\\n')
        assert lines.pop() == b''
        for number, line in enumerate(lines):
            assert b'\\r' not in line, (number, line)
            try: value = json.loads(line.decode('utf-8'), parse_constant=refuse)
            except Exception as error: print(number, error, line[:200])
            else:
                if not isinstance(value, dict): print(number, 'no object', line[:200])
        print(len(lines))
        """, on: file)
    #expect(output == ["\(count)"])
}
