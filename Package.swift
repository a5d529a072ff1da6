// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableExperimentalFeature("Lifetimes"),
]

/// For what every request goes through, in one thread.
///
/// Asking at run time whether each access is exclusive is 8 % of what a small request costs. Debug
/// builds ask, so all tests do.
let quick: [SwiftSetting] =
    strict + [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
    ]

/// A Swift target and the tests that mirror it.
///
/// `tests` are what the tests need besides, `programs` the executables that they start, and `scripts`
/// files beside them that they run.
func feature(
    _ name: String, on dependencies: [Target.Dependency], tests: [Target.Dependency] = [],
    programs: [Target.Dependency] = [], scripts: [String] = [], settings: [SwiftSetting] = strict
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings),
        .testTarget(
            name: name + "Tests",
            dependencies: [.init(stringLiteral: name)] + dependencies + tests + programs,
            exclude: scripts, swiftSettings: strict),
    ]
}

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// What `make docs` needs and nobody else should have to fetch.
let documentation: [Package.Dependency] =
    Context.environment["CORDWOOD_DOCS"] == nil
    ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")]

/// What `make fuzz` links with libFuzzer.
let fuzzing: [Product] =
    Context.environment["CORDWOOD_FUZZ"] == nil
    ? [] : [.library(name: "CordwoodFuzz", type: .static, targets: ["FuzzTargets"])]

let targets: [[Target]] = [
    [
        .target(name: "CLinux"),
        .target(name: "CAssets", exclude: ["page.html"]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // Only what tests compare with.
        .systemLibrary(
            name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    ],
    feature("Bytes", on: []),
    feature("Compression", on: ["CZlib", "CZstd"]),
    feature("Linux", on: ["CLinux", systemPackage], programs: ["LinuxProbe"]),
    feature(
        "RotatingFile", on: ["Bytes", "Compression", "Linux", systemPackage],
        programs: ["RotatingFileProbe"],
        scripts: [
            "aligned_schedule.py", "cpython_schedule.py", "crash_accounts.py",
            "crash_campaign.py", "crash_run.py", "crash_storm.py", "schedule_cases.py",
        ]),
    feature(
        "RotatingFileLogging", on: ["Bytes", "Linux", "RotatingFile", logging, systemPackage],
        programs: ["RotatingFileLogProbe"]),
    feature("OpenSSL", on: ["COpenSSL"]),
    feature("HTTP", on: ["Bytes", "Linux", "OpenSSL", systemPackage], settings: quick),
    feature("Diagnostics", on: [logging]),
    feature("Prefork", on: ["Linux", systemPackage], tests: ["Bytes"]),
    feature("Monitoring", on: ["Bytes", "Linux", "OpenSSL", "Prefork"], settings: quick),
    feature(
        "Ingest", on: ["Bytes", "Compression", "CSimdJSON", "Linux"], tests: ["CSnappy", "CZstd"],
        settings: quick),
    feature(
        "Protocols", on: ["Bytes", "HTTP", "Ingest", "Linux"], tests: ["Compression"],
        settings: quick),
    feature(
        "Streams", on: ["Bytes", "Ingest", "Linux", "RotatingFile", systemPackage],
        settings: quick),
    feature(
        "Access", on: ["Bytes", "Linux", "OpenSSL", "RotatingFile", "Streams", systemPackage]),
    feature(
        "CordwoodConfiguration",
        on: [
            "Bytes", "CYAML", "HTTP", "Ingest", "Linux", "OpenSSL", "Prefork", "RotatingFile",
            "Streams", logging,
        ]),
    feature(
        "Inspection",
        on: [
            "Bytes", "CordwoodConfiguration", "Ingest", "Linux", "Monitoring", "OpenSSL",
            "RotatingFile", "Streams", systemPackage,
        ]),
    feature(
        "Cordwood",
        on: [
            "Access", "Bytes", "Compression", "Diagnostics", "Linux", "OpenSSL", "RotatingFile",
            "HTTP",
            "Prefork", "Monitoring", "Ingest", "Protocols", "Streams", "CordwoodConfiguration",
            "CAssets", systemPackage, logging,
        ], settings: quick),
    [
        .executableTarget(
            name: "CordwoodCLI",
            dependencies: [
                "Access", "Bytes", "Cordwood", "CordwoodConfiguration", "Inspection", "OpenSSL",
                "RotatingFile", "Streams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: ["Bytes", "HTTP", "Ingest", "Linux", "Protocols"],
            path: "Fuzz/Targets", swiftSettings: strict),
        .testTarget(
            name: "FuzzTargetsTests", dependencies: ["Bytes", "FuzzTargets", "Protocols"],
            exclude: ["read_by_node.js"], swiftSettings: strict),
        .executableTarget(
            name: "LinuxProbe", dependencies: ["Linux", systemPackage], swiftSettings: strict),
        .executableTarget(
            name: "RotatingFileProbe", dependencies: ["Bytes", "RotatingFile"],
            swiftSettings: strict),
        .executableTarget(
            name: "RotatingFileLogProbe", dependencies: ["RotatingFileLogging", logging],
            swiftSettings: strict),
        .testTarget(
            name: "ServiceTests",
            dependencies: ["CordwoodCLI", "Diagnostics", "RotatingFileProbe"],
            exclude: ["Clients"], swiftSettings: strict),
    ],
]

let package = Package(
    name: "cordwood",
    products: [
        .executable(name: "cordwood", targets: ["CordwoodCLI"]),
        .library(name: "RotatingFile", targets: ["RotatingFile"]),
        .library(name: "RotatingFileLogging", targets: ["RotatingFileLogging"]),
    ] + fuzzing,
    traits: [
        .trait(
            name: "FoundationSockets",
            description: "Take the socket API from Foundation, which on Linux re-exports Glibc's.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ] + documentation,
    targets: targets.flatMap(\.self),
    cxxLanguageStandard: .cxx17
)
