// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct ChangesTheNumberOfWorkersTests {
    @Test
    func `TTIN adds a worker, TTOU removes one, but never the last`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            for count in 2...3 {
                service.signal(SIGTTIN)
                try expectWorkers(count, service)
            }
            for count in [2, 1, 1] {
                service.signal(SIGTTOU)
                try expectWorkers(count, service)
            }
            try service.wait(for: .signalReceived, with: "TTOU", count: 3)
            #expect(try service.post(#"{"a":1}"#).status == 200)
            #expect(try service.children().count == 2)
            #expect(try service.health().workerRestarts == 0)
        }
    }

    @Test
    func `TTIN during a reload adds one of the new workers`() throws {
        let listen = #"listen: ["127.0.0.1:0"]"#
        try RunningService.run(configuration: listen + "\nworkers: 1\n") { service in
            try service.configure(listen + "\nworkers: 2\n")
            service.signal(SIGHUP)
            // The reload has begun, and is not through.
            try service.wait(for: .signalReceived, with: "HUP")
            service.signal(SIGTTIN)
            try service.wait(for: .reloaded)
            try expectWorkers(3, service)
        }
    }

    private func expectWorkers(_ count: Int, _ service: RunningService) throws {
        try eventually("\(count) workers") {
            // One that is leaving may take this very connection with it.
            (try? service.workers().count) == count && (try? service.children().count) == count + 1
        }
    }
}
