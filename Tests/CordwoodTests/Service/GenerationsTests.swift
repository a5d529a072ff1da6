// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Foundation
import Testing

@testable import Cordwood

/// What a reload opens and releases, with sockets and files but without processes.
@Suite(.serialized) struct GenerationsTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "cordwood-\(UUID().uuidString.prefix(8))").path

    init() throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    private func settings(_ names: [String], pidFile: String = "") -> Configuration {
        var settings = Configuration()
        settings.directory = "\(directory)/logs"
        settings.listen = names.map { .unix(path: "\(directory)/\($0)") }
        settings.pidFile = pidFile.isEmpty ? "" : "\(directory)/\(pidFile)"
        return settings
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(directory)/\(name)")
    }

    private func generation(
        _ number: Int, _ settings: Configuration, after previous: Generation? = nil
    ) throws -> Generation {
        let generation = try Generation(
            number, settings, reusing: previous?.listeners.all ?? [], after: previous)
        try generation.writePIDFile(after: previous)
        return generation
    }

    private func first(_ names: [String], pidFile: String = "") throws -> Generations {
        var generations = Generations(
            first: try generation(0, settings(names, pidFile: pidFile)), nil)
        #expect(generations.writing == nil)
        var starting = generations
        let entry = starting.enter(0)
        #expect(entry.generation.number == 0 && !entry.isReplacement)
        let isAdopted = generations.adopt(0)
        #expect(!isAdopted)
        return generations
    }

    private func end(_ generations: Generations) {
        generations.retire()
        try? FileManager.default.removeItem(atPath: directory)
    }

    @Test func `an adopted generation closes the sockets that only the earlier one needed`() throws
    {
        var generations = try first(["a", "b"], pidFile: "one.pid")
        var changed = settings(["b", "c"], pidFile: "two.pid")
        changed.files.socketMode = 0o600
        let next = try generation(1, changed, after: generations.serving)
        generations.prepare(next)
        #expect(exists("one.pid") && exists("two.pid"))
        let isSecondTime = generations.adopt(0)
        #expect(!isSecondTime && generations.serving.number == 0)
        let isAdopted = generations.adopt(1)
        #expect(isAdopted)
        #expect(generations.serving.number == 1 && generations.incoming == nil)
        #expect(!exists("a") && exists("b") && exists("c"))
        let file = try FileManager.default.attributesOfItem(atPath: "\(directory)/b")
        #expect(file[.posixPermissions] as? Int == 0o600)
        #expect(!exists("one.pid") && exists("two.pid"))
        end(generations)
    }

    @Test func `an abandoned generation closes only the sockets that it has opened itself`() throws
    {
        var generations = try first(["a"], pidFile: "one.pid")
        let next = try generation(
            1, settings(["a", "b"], pidFile: "two.pid"), after: generations.serving)
        generations.prepare(next)
        generations.abandon()
        #expect(generations.serving.number == 0 && generations.incoming == nil)
        #expect(exists("a") && !exists("b") && exists("one.pid") && !exists("two.pid"))
        end(generations)
    }

    @Test func `a stop ends the serving generation and the one that was about to serve`() throws {
        var generations = try first(["a"], pidFile: "one.pid")
        generations.prepare(
            try generation(
                1, settings(["a", "b"], pidFile: "two.pid"), after: generations.serving))
        generations.retire()
        #expect(!exists("a") && !exists("b") && !exists("two.pid"))
        try? FileManager.default.removeItem(atPath: directory)
    }

    @Test func `a PID file with the same path stays through a reload`() throws {
        var generations = try first(["a"], pidFile: "one.pid")
        let next = try generation(
            1, settings(["a"], pidFile: "one.pid"), after: generations.serving)
        generations.prepare(next)
        let isAdopted = generations.adopt(1)
        #expect(isAdopted && exists("one.pid"))
        generations.serving.removePIDFile(keeping: nil)
        #expect(!exists("one.pid"))
        end(generations)
    }

    @Test func `a child serves its own generation, and replaces only if that one serves`() throws {
        var generations = try first(["a"])
        let next = try generation(1, settings(["a", "b"]), after: generations.serving)
        generations.prepare(next)
        var old = generations
        let oldEntry = old.enter(0)
        #expect(oldEntry.generation.number == 0)
        var new = generations
        let entered = new.enter(1)
        #expect(entered.generation.number == 1 && !entered.isReplacement)
        let isAdopted = generations.adopt(1)
        #expect(isAdopted)
        var later = generations
        let entry = later.enter(1)
        #expect(entry.isReplacement)
        end(generations)
    }

    @Test func `children wait for the ones before only if both write the same files differently`()
        throws
    {
        let first = try generation(0, settings(["a"]))
        let same = first.storage.identity
        #expect(!first.reload(after: nil).waitsForLeaving)
        #expect(!first.reload(after: same).waitsForLeaving)
        #expect(first.reload(after: "1 \(first.storage.directory)").waitsForLeaving)
        #expect(!first.reload(after: "1 /elsewhere").waitsForLeaving)
        #expect(first.reload(after: nil).roles.map(\.name) == ["worker", "sealer"])
        first.retire(keeping: nil)
        try? FileManager.default.removeItem(atPath: directory)
    }
}
