// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Monitoring
import Testing

@testable import Cordwood

@Suite struct ProcessRoleTests {
    @Test func `names and numbers of roles are unique, and the roles that /health reports exist`() {
        let rows = ProcessRole.all.map(\.row)
        #expect(Set(rows.map(\.name)).count == rows.count)
        #expect(Set(rows.map(\.number)).count == rows.count)
        #expect(rows.contains(.worker) && rows.contains(.sealer))
        #expect(CounterLayout.service.roles == rows)
    }

    @Test func `the first role goes ahead, and one role can be resized`() {
        var settings = Configuration()
        settings.workers = 3
        let roles = ProcessRole.all.map { $0.role(settings) }
        #expect(roles.first?.name == "worker" && roles.first?.count == 3)
        #expect(roles.first { $0.name == "sealer" }?.count == 1)
        #expect(roles.filter(\.isResizable).map(\.name) == ["worker"])
        #expect(roles.filter(\.isEssential).map(\.name) == ["worker"])
        #expect(ProcessRole.all.filter(\.listens).map(\.row) == [.worker])
        for role in roles { #expect(ProcessRole.named(role.name)?.row.name == role.name) }
    }
}
