// SPDX-License-Identifier: Apache-2.0

import Protocols

/// A body for Splunk's HTTP Event Collector.
func checkSplunk(_ input: [UInt8]) throws(Violation) {
    try checkProtocolBodies(
        input, SplunkProtocol(isAcknowledging: true),
        [
            "/services/collector", "/services/collector/raw", "/services/collector/ack",
            "/services/collector/event?host=a%22b&channel=%ff",
            "/services/collector/raw?host=a%22b&source=&index=i&sourcetype=t",
        ].map { "POST \($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n" })
}

/// A body for Datadog's intake.
func checkDatadog(_ input: [UInt8]) throws(Violation) {
    try checkProtocolBodies(
        input, DatadogProtocol(),
        ["/api/v2/logs", "/v1/input?ddtags=a:b,c&service=%22%ff"].map {
            "POST \($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"
        })
}
