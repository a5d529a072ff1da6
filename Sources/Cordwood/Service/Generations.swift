// SPDX-License-Identifier: Apache-2.0

import Prefork

/// The serving generation, the next one, and everything that an earlier program left.
struct Generations {
    private(set) var serving: Generation
    private(set) var incoming: Generation?
    /// Left by an earlier program in this process; released when the first children work.
    private(set) var inheritance: Inheritance?
    /// Whether the serving generation is complete: children that start later replace others.
    private var hasServed = false

    init(first: Generation, _ inheritance: Inheritance?) {
        serving = first
        self.inheritance = inheritance
    }

    /// `Storage.identity` of the children that write now; nil if there are none.
    var writing: String? {
        inheritance?.files ?? (hasServed ? serving.storage.identity : nil)
    }

    // MARK: A reload

    /// Sets the generation that is about to serve.
    mutating func prepare(_ next: Generation) { incoming = next }

    /// The children of a generation work: the earlier one ends.
    ///
    /// - Returns: whether it came from a reload; false for the first one.
    mutating func adopt(_ number: Int) -> Bool {
        hasServed = true
        if let inheritance {
            for bound in BoundListeners.without(serving.listeners, inheritance.listeners) {
                bound.retire()
            }
        }
        inheritance = nil
        guard let next = incoming, next.number == number else { return false }
        serving.retire(keeping: next)
        serving.removePIDFile(keeping: next)
        serving = next
        incoming = nil
        serving.listeners.adjust(serving.settings)
        return true
    }

    /// The generation that was about to serve failed; the serving one continues.
    mutating func abandon() {
        incoming?.retire(keeping: serving)
        incoming?.removePIDFile(keeping: serving)
        incoming = nil
        serving.storage.useZone()
    }

    /// The service stops: no socket accepts connections any more.
    func retire() {
        incoming?.removePIDFile(keeping: serving)
        incoming?.retire(keeping: serving)
        serving.retire(keeping: nil)
    }

    // MARK: A child

    /// In a child of the generation: releases everything else.
    ///
    /// - Returns: its generation, and whether the child replaces another.
    mutating func enter(_ number: Int) -> (generation: Generation, isReplacement: Bool) {
        let entered = incoming.flatMap { $0.number == number ? $0 : nil } ?? serving
        inheritance = nil
        incoming?.close(keeping: entered)
        serving.close(keeping: entered)
        entered.storage.useZone()
        return (entered, hasServed && entered.number == serving.number)
    }
}
