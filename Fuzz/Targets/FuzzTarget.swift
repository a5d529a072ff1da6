// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A target for arbitrary bytes, from libFuzzer and from the tests alike.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Bytes of one connection: heads, bodies, chunks, in random pieces.
    case requests
    /// A query or a form's fields.
    case queries
    /// A request's body, which is read into lines of a file.
    case bodies
    /// The first bytes of a proxy's connection.
    case proxies
    /// A body for a path of Elasticsearch's clients.
    case elasticsearch
    /// A text that is JSON or not.
    case json
    /// A body for Splunk's HTTP Event Collector.
    case splunk
    /// A body for Datadog's intake.
    case datadog
    /// Frames of Heroku's Logplex.
    case logplex
    /// A delivery of Amazon Data Firehose.
    case firehose
    /// Logs of OpenTelemetry, in protobuf or JSON.
    case otlp
    /// A push of Loki's clients.
    case loki

    /// Throws if an invariant does not hold for `input`; malformed input never traps.
    package func check(_ input: [UInt8]) throws(Violation) {
        switch self {
        case .requests: try checkRequests(input)
        case .queries: try checkQueries(input)
        case .bodies: try checkBodies(input)
        case .proxies: try checkProxyHeaders(input)
        case .elasticsearch: try checkElasticsearch(input)
        case .json: try checkJSON(input)
        case .splunk: try checkSplunk(input)
        case .datadog: try checkDatadog(input)
        case .logplex: try checkLogplexBodies(input)
        case .firehose: try checkFirehoseBodies(input)
        case .otlp: try checkOTLP(input)
        case .loki: try checkLoki(input)
        }
    }

    /// Checks an input of libFuzzer; a violation ends the process, which libFuzzer reports.
    fileprivate func check(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do throws(Violation) {
            try check(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            fatalError(error.description)
        }
        return 0
    }
}

/// An invariant that does not hold.
package struct Violation: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description()) }
}

/// Calls `body` with a copy of `bytes` that ends where its allocation does, so that the address
/// sanitizer finds reads beyond the end.
func withExactCopy<Result, Failure: Error>(
    of bytes: ArraySlice<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Result
) throws(Failure) -> Result {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: bytes)
    // SAFETY: the whole copy has just been initialized, and it lives until the call returns.
    return try body(Span(_unsafeElements: UnsafeBufferPointer(copy)))
}

// The names that `Fuzz/run` links as LLVMFuzzerTestOneInput.

@_cdecl("cordwood_fuzz_requests")
package func fuzzRequests(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.requests.check(bytes, count)
}

@_cdecl("cordwood_fuzz_queries")
package func fuzzQueries(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.queries.check(bytes, count)
}

@_cdecl("cordwood_fuzz_bodies")
package func fuzzBodies(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.bodies.check(bytes, count)
}

@_cdecl("cordwood_fuzz_proxies")
package func fuzzProxies(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.proxies.check(bytes, count)
}

@_cdecl("cordwood_fuzz_elasticsearch")
package func fuzzElasticsearch(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.elasticsearch.check(bytes, count)
}

@_cdecl("cordwood_fuzz_json")
package func fuzzJSON(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.json.check(bytes, count)
}

@_cdecl("cordwood_fuzz_splunk")
package func fuzzSplunk(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.splunk.check(bytes, count)
}

@_cdecl("cordwood_fuzz_datadog")
package func fuzzDatadog(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.datadog.check(bytes, count)
}

@_cdecl("cordwood_fuzz_logplex")
package func fuzzLogplex(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.logplex.check(bytes, count)
}

@_cdecl("cordwood_fuzz_firehose")
package func fuzzFirehose(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.firehose.check(bytes, count)
}

@_cdecl("cordwood_fuzz_otlp")
package func fuzzOTLP(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.otlp.check(bytes, count)
}

@_cdecl("cordwood_fuzz_loki")
package func fuzzLoki(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.loki.check(bytes, count)
}
