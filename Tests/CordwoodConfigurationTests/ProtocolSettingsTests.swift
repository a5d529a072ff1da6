// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CordwoodConfiguration

struct ProtocolSettingsTests {
    @Test(arguments: [
        "protocols: {otlp: {enabled: false, stream: traces}, secrets_in_urls: true}",
        "protocols: {otlp.enabled: false, otlp.stream: traces, secrets_in_urls: true}",
        "protocols.otlp: {enabled: false, stream: traces}\nprotocols.secrets_in_urls: true",
        "protocols.otlp.enabled: false\nprotocols.otlp.stream: traces\n"
            + "protocols.secrets_in_urls: true",
    ])
    func `a section in a section is written in any of its forms`(yaml: String) throws {
        let protocols = try load(yaml).effective.configuration.protocols
        #expect(protocols[.otlp].stream == "traces" && !protocols[.otlp].isEnabled)
        #expect(protocols[.loki] == Configuration.Protocols.Options())
        #expect(protocols.acceptsSecretsInURLs)
    }

    @Test func `what check prints is read as the same configuration`() throws {
        let yaml = "protocols: {otlp: {stream: traces}, splunk: {ack: true}, secrets_in_urls: true}"
        let effective = try load(yaml).effective
        for onlyChanged in [false, true] {
            let printed = effective.yaml(onlyChanged: onlyChanged)
            #expect(printed.contains("protocols:\n  secrets_in_urls: true"))
            #expect(printed.contains("\n  otlp:\n    "))
            #expect(try load(printed).effective.configuration == effective.configuration)
        }
    }

    @Test(arguments: [
        ("protocols: {otlp: {enable: false}}", "protocols.otlp.enable"),
        ("protocols: {oltp: {enabled: false}}", "protocols.oltp"),
        ("protocols: {otlp: yes}", "protocols.otlp"),
        ("protocols: {otlp: {stream: Traces}}", "protocols.otlp.stream"),
        ("protocols: {otlp: {stream: web}}\nstreams: {allow: [app]}", "protocols.otlp.stream"),
        ("protocols: {otlp: {stream: web}}\nper_stream: {web: {format: raw}}", "protocols.otlp"),
        ("protocols: {elasticsearch: {version: 8.19}}", "protocols.elasticsearch.version"),
    ])
    func `a mistake names the setting`(yaml: String, name: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try load(yaml) }
        #expect("\(error)".contains(name))
    }

    @Test func `a stream of text takes the records of Splunk, and a disabled protocol any name`()
        throws
    {
        let yaml = """
            protocols: {splunk: {stream: web}, loki: {enabled: false, stream: web}}
            per_stream: {web: {format: raw}}
            """
        #expect(try load(yaml).effective.configuration.protocols[.splunk].stream == "web")
    }
}
