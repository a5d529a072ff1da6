import Foundation
import Testing

struct ReopensItsFilesTests {
    @Test
    func `USR1 opens the files again, in the same processes`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let children = try service.children()
            #expect(try service.post(#"{"a":1}"#).status == 200)
            let active = service.directory.appendingPathComponent("app.log")
            let moved = service.directory.appendingPathComponent("moved")
            try FileManager.default.moveItem(at: active, to: moved)
            service.signal(SIGUSR1)
            try service.waitUntilSaid("the log files are opened again", count: 2)
            #expect(try service.post(#"{"a":2}"#).status == 200)
            #expect(try service.lines() == [#"{"a":2}"#])
            #expect(try String(contentsOf: moved, encoding: .utf8) == "{\"a\":1}\n")
            #expect(try service.children() == children)
        }
    }
}
