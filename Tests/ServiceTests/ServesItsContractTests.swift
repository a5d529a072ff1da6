// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `/openapi.yaml`, which is a part of the program.
struct ServesItsContractTests {
    @Test
    func `it is the file at the top of the project`() throws {
        let file = try Repository.text(of: "openapi.yaml")
        try RunningService.run { service in
            let answer = try service.get("/openapi.yaml")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "application/yaml")
            #expect(answer.text == file, "the program was built with another openapi.yaml")
            #expect(try service.request("HEAD", "/openapi.yaml").status == 200)
            let refused = try service.request("POST", "/openapi.yaml")
            #expect(refused.status == 405 && refused.header("allow") == "GET, HEAD")
        }
    }

    @Test(.enabled(if: Program.contractPython != nil, "needs openapi-spec-validator"))
    func `it is a valid description by OpenAPI`() throws {
        let path = Repository.file("openapi.yaml").path
        let python = try #require(Program.contractPython)
        let result = try ChildProcess(
            program: python, arguments: ["-m", "openapi_spec_validator", path]
        ).run()
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
