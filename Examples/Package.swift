// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "examples",
    dependencies: [
        .package(name: "cordwood", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "writer-a",
            dependencies: [.product(name: "RotatingFile", package: "cordwood")]),
        .executableTarget(
            name: "writer-b",
            dependencies: [
                .product(name: "RotatingFileLogging", package: "cordwood"),
                .product(name: "Logging", package: "swift-log"),
            ]),
    ]
)
