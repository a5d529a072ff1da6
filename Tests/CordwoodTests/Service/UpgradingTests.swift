// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cordwood

@Suite struct UpgradingTests {
    @Test(arguments: [
        (["cordwood", "serve"], ["cordwood", "check"]),
        (
            ["/bin/cordwood", "serve", "--config", "/etc/a.yaml", "--workers", "2"],
            ["/bin/cordwood", "check", "--config", "/etc/a.yaml", "--workers", "2"]
        ),
        ([], ["cordwood", "check"]),
    ])
    func `the next program checks the configuration with the same flags`(
        arguments: [String], expected: [String]
    ) {
        #expect(Upgrading.checking(arguments) == expected)
    }
}
