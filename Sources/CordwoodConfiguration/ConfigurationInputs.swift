// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// The sources of a configuration, kept for reloads.
package struct ConfigurationInputs: Sendable, Equatable {
    /// The file named by a flag; without it, `CORDWOOD_CONFIG` may name one.
    package var file: String?
    package var environment: [String: String]
    /// The file to read if nothing names one and it is there; nil: none.
    package var standardFile: String?
    /// Values by the names of their flags.
    package var flags: [String: [String]]

    package init(
        file: String? = nil, environment: [String: String], standardFile: String? = nil,
        flags: [String: [String]] = [:]
    ) {
        self.file = file
        self.environment = environment
        self.standardFile = standardFile
        self.flags = flags
    }

    /// The environment as this process was started with.
    package static func processEnvironment() -> [String: String] {
        var environment: [String: String] = [:]
        // SAFETY: `environ` ends with a null pointer, and nothing here calls `setenv`.
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return environment
    }

    /// Reads the file and merges all sources: flag over environment over file over default.
    ///
    /// A value that another source overrides must be valid too.
    ///
    /// - Parameter isFirst: whether the service has not started yet. Only then may the file be a pipe,
    ///   because a pipe is empty when it is read again.
    package func load(
        isFirst: Bool = true
    ) throws(ConfigurationError) -> EffectiveConfiguration {
        var result = EffectiveConfiguration()
        var mistakes: [ConfigurationMistake] = []
        let fromFile = readFile(isFirst: isFirst, &mistakes)
        let fromEnvironment = ConfigurationEnvironment(environment)
        mistakes += fromEnvironment.mistakes
        let written = (fromFile?.values ?? []) + fromEnvironment.values + flagValues()
        for value in written {
            do throws(ConfigurationMistake) {
                try result.apply(value)
            } catch {
                mistakes.append(error)
            }
        }
        for stream in fromFile?.streams ?? [] { mistakes += result.apply(stream) }
        if mistakes.isEmpty { mistakes = result.contradictions() }
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes) }
        return result
    }

    /// The file that a flag or the environment names, or else the standard file, if it is there.
    package var configurationFile: String? {
        if let namedFile { return namedFile }
        guard let standardFile, access(standardFile, F_OK) == 0 else { return nil }
        return standardFile
    }

    /// Whether the file is the standard one, because nothing names another.
    package var isStandard: Bool { namedFile == nil && configurationFile != nil }

    private var namedFile: String? {
        let named = environment[ConfigurationEnvironment.fileVariable] ?? ""
        return file ?? (named.isEmpty ? nil : named)
    }

    /// The inputs for files in `directory`: the standard file counts only for its own directory, because
    /// the limits of one service must not remove the files of another one.
    package func about(_ directory: String) -> ConfigurationInputs {
        guard isStandard else { return self }
        var inputs = self
        let configured = (try? load())?.configuration.directory
        let status = configured.flatMap { try? FileStatus(following: $0) }
        let other = try? FileStatus(following: directory)
        guard let status, let other, status.isSameFile(as: other) else {
            inputs.standardFile = nil
            return inputs
        }
        return inputs
    }

    /// Where packages put the configuration of a service.
    package static let standardPath = "/etc/cordwood/cordwood.yaml"

    private func readFile(
        isFirst: Bool, _ mistakes: inout [ConfigurationMistake]
    ) -> ConfigurationFile? {
        guard let path = configurationFile else { return nil }
        do throws(TextFile.Failure) {
            let text = try TextFile.read(path, acceptsPipe: isFirst)
            let read = ConfigurationFile(path: path, text: text)
            mistakes += read.mistakes
            return read
        } catch {
            mistakes.append(
                ConfigurationMistake(
                    .file(path: path, line: nil), .unreadableFile(why: "\(error)")))
            return nil
        }
    }

    private func flagValues() -> [WrittenValue] {
        flags.sorted { $0.key < $1.key }.map { flag, texts in
            guard let setting = Settings.withFlag(flag) else {
                preconditionFailure("--\(flag) is a flag of no setting")
            }
            let shape = setting.isList ? .list(texts) : WrittenValue.Shape.one(texts.last ?? "")
            return WrittenValue(key: setting.key, shape: shape, source: .flag(flag))
        }
    }
}
