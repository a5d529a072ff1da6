// SPDX-License-Identifier: Apache-2.0

/// The 64-bit hash FNV-1a (Fowler, Noll, Vo), which is the same in every process and on every
/// machine.
package struct FNV1a: Equatable, Sendable {
    /// The hash of the bytes that were added.
    package private(set) var value: UInt64

    /// - Parameter salt: zero for the hash as it is published.
    package init(salt: UInt64 = 0) { value = 0xcbf2_9ce4_8422_2325 ^ salt }

    package mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    /// Adds the eight bytes of a number, the lowest first.
    package mutating func add(littleEndian word: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            add(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    /// The hash of `bytes`.
    package static func hash(of bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = FNV1a()
        for byte in bytes { hash.add(byte) }
        return hash.value
    }
}

extension Span<UInt8> {
    /// FNV-1a of the bytes.
    package var fnv1a: UInt64 {
        var hash = FNV1a()
        for index in indices { hash.add(self[index]) }
        return hash.value
    }
}

/// The generator SplitMix64 (Steele, Lea, Flood): small, and the same numbers from the same seed on
/// every machine.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    package var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mixed(state)
    }

    /// A number below `bound`, which is at least 1.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// Mixes the bits of `value`, so that neighbours look nothing alike.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
