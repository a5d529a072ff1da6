// SPDX-License-Identifier: Apache-2.0

import Testing

/// The configurations that stand in deploy are ones that the service takes.
struct TakesDeployedConfigurationsTests {
    @Test(arguments: ["docker", "kubernetes/base", "systemd"])
    func `check finds no mistake, and the configuration says where the files are`(place: String)
        throws
    {
        let file = Repository.file("deploy/\(place)/cordwood.yaml").path
        let result = try Binary.run(["check", "--config", file])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("directory: /var/log/cordwood "))
    }
}
