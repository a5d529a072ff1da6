// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CordwoodConfiguration

@Suite struct ConfigurationPrecedenceTests {
    @Test func `with nothing given everything is the default`() throws {
        let effective = try ConfigurationInputs(environment: [:]).load()
        #expect(effective.configuration == Configuration())
        #expect(Settings.all.allSatisfy { effective.source(of: $0.key) == .builtIn })
    }

    @Test(arguments: [
        (nil, [:], [:], 14, ConfigurationSource.builtIn),
        ("rotation:\n  backup_count: 1", [:], [:], 1, .file(path: "", line: 2)),
        (
            "rotation:\n  backup_count: 1", ["CORDWOOD_ROTATION_BACKUP_COUNT": "2"], [:], 2,
            .environment("CORDWOOD_ROTATION_BACKUP_COUNT")
        ),
        (
            "rotation:\n  backup_count: 1", ["CORDWOOD_ROTATION_BACKUP_COUNT": "2"],
            ["backup-count": ["3"]], 3, .flag("backup-count")
        ),
        (
            "rotation:\n  backup_count: 1", ["CORDWOOD_ROTATION_BACKUP_COUNT": ""], [:], 1,
            .file(path: "", line: 2)
        ),
    ])
    func `a flag goes before a variable, that before the file, that before the default`(
        yaml: String?, environment: [String: String], flags: [String: [String]], count: Int,
        source: ConfigurationSource
    ) throws {
        let (effective, path) = try load(yaml, environment, flags)
        #expect(effective.configuration.plans.common.retention.backupCount == count)
        let expected = source == .file(path: "", line: 2) ? .file(path: path, line: 2) : source
        #expect(effective.source(of: "rotation.backup_count") == expected)
    }

    @Test func `a variable names the file, and a flag names another`() throws {
        try withFile("workers: 1") { one in
            try withFile("workers: 2") { two in
                let environment = ["CORDWOOD_CONFIG": one]
                let fromVariable = try ConfigurationInputs(environment: environment).load()
                #expect(fromVariable.configuration.workers == 1)
                let fromFlag = try ConfigurationInputs(file: two, environment: environment).load()
                #expect(fromFlag.configuration.workers == 2)
            }
        }
    }

    @Test(arguments: [
        "listen: 127.0.0.1:1\n", "listen: [127.0.0.1:1]\n", "listen:\n  - 127.0.0.1:1\n",
    ])
    func `one value of a list needs no list`(yaml: String) throws {
        let listen = try load(yaml).effective.configuration.listen
        #expect(listen == [ListenAddress(host: "127.0.0.1", port: 1)])
    }

    @Test func `a list is separated by commas in a variable and repeated as a flag`() throws {
        let both = [ListenAddress(host: "127.0.0.1", port: 1), ListenAddress(host: "::1", port: 2)]
        let variable = ["CORDWOOD_LISTEN": "127.0.0.1:1, [::1]:2"]
        #expect(try load(nil, variable).effective.configuration.listen == both)
        let flags = ["listen": ["127.0.0.1:1", "[::1]:2"]]
        #expect(try load(nil, [:], flags).effective.configuration.listen == both)
    }

    @Test func `a section of its own is in the file and in the environment`() throws {
        let variable = ["CORDWOOD_RECYCLE_MEMORY": "64MiB"]
        let recycle = try load("recycle:\n  requests: 9", variable).effective.configuration.recycle
        #expect(recycle.requestCount == 9 && recycle.memoryByteCount == 64 << 20)
    }

    @Test(arguments: [
        "", "# nothing\n", "---\n", "rotation:\n", "rotation: {}\n", "~\n",
    ])
    func `a file may be empty`(yaml: String) throws {
        #expect(try load(yaml).effective.configuration == Configuration())
    }

    @Test func `a dotted key is a section in one line`() throws {
        #expect(
            try load("rotation.when: h").effective.configuration.plans.common.rotation.when
                == .hours)
    }

    @Test(arguments: [
        "CORDWOOD_SERVICE_HOST", "CORDWOOD_SERVICE_PORT", "CORDWOOD_SERVICE_PORT_HTTP",
        "CORDWOOD_PORT", "CORDWOOD_PORT_8080_TCP", "CORDWOOD_PORT_8080_TCP_ADDR",
        "CORDWOOD_HEADLESS_PORT_53_UDP_PROTO",
    ])
    func `variables that Kubernetes sets for a Service of this name are not settings`(name: String)
        throws
    {
        let variables = [name: "tcp://10.0.0.1:8080"]
        #expect(try load(nil, variables).effective.configuration == Configuration())
    }

    @Test func `the printed configuration reads back as the same`() throws {
        let yaml = """
            listen: ["[::1]:0", "10.0.0.1:65535", "*:1", "unix:run/c d.sock"]
            directory: "a \\"b\\": #c\\n\\u0001é\\\\n"
            workers: 3
            streams: {default: web-1, allow: ["web-*", "*.x"], format: raw}
            rotation:
              {when: w3, interval: 2, at_time: 23:05, timezone: Europe/Berlin, max_age: 90m,
               max_total_bytes: 5GB, aligned: no}
            limits: {record_bytes: 4097, decoded_bytes: 1GiB}
            recycle: {requests: 1000, memory: 1GiB}
            user: nobody
            pid_file: run/cordwood.pid
            disk: {min_free: 0}
            files: {mode: 0o600}
            """
        let first = try load(yaml).effective
        let printed = first.yaml()
        #expect(try load(printed).effective.configuration == first.configuration)
        #expect(first.configuration.directory == "a \"b\": #c\n\u{1}é\\n")
        #expect(first.configuration != Configuration())
    }

    @Test func `each value is printed with its source`() throws {
        let (effective, path) = try load(
            "workers: 3", ["CORDWOOD_ACK": "fsync"], ["when": ["H"]])
        let lines = effective.yaml().split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(lines.contains("workers: 3 # from \(path):1"))
        #expect(lines.contains("ack: fsync # from CORDWOOD_ACK"))
        #expect(lines.contains("when: H # from --when"))
        #expect(lines.contains("interval: 1 # from default"))
    }
}

struct StandardFileTests {
    @Test func `the standard file counts if nothing names another`() throws {
        try withFile("workers: 3\n") { (standard) throws in
            try withFile("workers: 4\n") { (other) throws in
                func workers(_ file: String?, _ variable: String?) throws -> Int? {
                    let environment = variable.map { ["CORDWOOD_CONFIG": $0] } ?? [:]
                    let inputs = ConfigurationInputs(
                        file: file, environment: environment, standardFile: standard)
                    #expect(inputs.isStandard == (file == nil && variable ?? "" == ""))
                    return try inputs.load().configuration.workers
                }
                let found = [
                    try workers(nil, nil), try workers(nil, ""), try workers(nil, other),
                    try workers(other, nil),
                ]
                #expect(found == [3, 3, 4, 4])
            }
        }
    }

    @Test func `the standard file counts only for its own directory`() throws {
        try withFile("directory: /tmp\n") { (standard) throws in
            let inputs = ConfigurationInputs(environment: [:], standardFile: standard)
            #expect(inputs.about("/tmp/.").configurationFile == standard)
            #expect(inputs.about("/").configurationFile == nil)
            #expect(inputs.about("/nowhere").configurationFile == nil)
            let named = ConfigurationInputs(file: standard, environment: [:])
            #expect(named.about("/").configurationFile == standard)
        }
    }

    @Test func `a standard file that is not there is no mistake`() throws {
        let inputs = ConfigurationInputs(environment: [:], standardFile: "/nowhere/a.yaml")
        #expect(inputs.configurationFile == nil && !inputs.isStandard)
        let effective = try inputs.load()
        #expect(effective == EffectiveConfiguration())
    }
}
