// SPDX-License-Identifier: Apache-2.0

/// The page `docs/configuration.md`, made from the table of settings.
package enum ConfigurationReference {
    package static func page() -> String {
        var text = opening
        for section in sections {
            text += "\n## \(section.title)\n\n\(section.opening)\n\n"
            text += "| setting | default | allowed | what it does |\n|---|---|---|---|\n"
            for setting in Settings.all where section.names.contains(setting.section) {
                text += row(setting)
            }
            if section.names == ["streams"] { text += perStream() }
        }
        return text
    }

    private static func perStream() -> String {
        var text = openingPerStream + "| key | what it sets |\n|---|---|\n"
        for setting in PerStream.settings {
            text += "| `\(PerStream.key(of: setting))` | `\(setting.key)` |\n"
        }
        return text
    }

    private static func row(_ setting: Setting) -> String {
        var names = "`\(setting.key)`<br>`\(setting.environmentName)`"
        if let flag = setting.flag { names += "<br>`--\(flag)`" }
        let texts = setting.defaultTexts.map { $0.isEmpty ? "empty" : "`\($0)`" }
        let values = texts.isEmpty ? "none" : texts.joined(separator: ", ")
        let cells = [names, values, escaped(setting.allowed)]
        return "| \((cells + [escaped(setting.help)]).joined(separator: " | ")) |\n"
    }

    /// Otherwise the text between two stars would be set in italics.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "*" || $1 == "|" ? "\\\($1)" : "\($1)" }
    }

    private static let opening = """
        # Configuration

        <!-- Written by `make reference` from Sources/CordwoodConfiguration/Settings.swift. -->

        Cordwood needs no configuration. A setting can be given in several places, and the first of
        these counts: a flag of `cordwood serve`, an environment variable, a key of the YAML file,
        the default.

        ```yaml
        # cordwood serve --config cordwood.yaml, CORDWOOD_CONFIG=cordwood.yaml cordwood serve,
        # or /etc/cordwood/cordwood.yaml, which is read if nothing names another file
        listen: 0.0.0.0:8080
        directory: /var/log/cordwood
        rotation:
          when: H
          backup_count: 168
        ```

        `cordwood check` prints the effective configuration and where each value came from; its
        output is a valid file. It names every mistake with its place (an unknown key, a value out
        of range, settings that contradict each other) and exits with 78; `cordwood serve` then does
        not start.

        Editors complete and check the file by its JSON Schema, [cordwood.schema.json](cordwood.schema.json),
        which `cordwood check --schema` prints too. Name it on the first line:

        ```yaml
        # yaml-language-server: $schema=cordwood.schema.json
        ```

        Lists are YAML lists, separated by commas in the environment, and repeated flags; no other
        flag may be given twice. A flag that is true or false is written `--utc` or `--no-utc`;
        elsewhere yes and no, on and off, 1 and 0 are accepted too. An empty environment variable
        counts as unset. Sizes are bytes, or have a unit: KB, MB, GB, TB (of 1000) or KiB, MiB, GiB,
        TiB (of 1024). Durations have a unit: s, m, h, d.

        """

    private static let openingPerStream = """

        ### For single streams

        Some settings can differ for single streams. Only the file can have them:

        ```yaml
        \(PerStream.section):
          audit:
            ack: fsync
            rotation: {backup_count: 0}
          "access-*":
            format: raw
            rotation:
              when: H
              max_bytes: 1GiB
        ```

        The keys are names of streams or patterns in which \\* stands for any text. The first key that
        matches counts; settings that it leaves out are those of all streams. With `rotation.when`,
        `rotation.interval` is 1 and `rotation.at_time` empty unless the key sets them too. These
        settings take precedence over flags and variables, which are for all streams. The time zone
        is the same for all. Files of rejected records are rotated like those of their stream.


        """

    private static let sections: [(names: Set<String>, title: String, opening: String)] = [
        ([""], "Service", "Where the service listens and writes, and what an answer guarantees."),
        (["admin", "ui"], "Administration", "Operators may have a listener of their own."),
        (
            ["tls"], "TLS",
            "Encrypted connections. [TLS.md](TLS.md) says how to set them up and what is rejected."
        ),
        (
            ["auth", "observation"], "Authentication",
            "The rights to write and to observe: see [AUTHENTICATION.md](AUTHENTICATION.md)."
        ),
        (["streams"], "Streams", "A stream is a name that clients choose, and a file."),
        (
            ["stamp"], "Stamps",
            "Cordwood can add to a record what it knows about it: see"
                + " [STREAMS.md](STREAMS.md#stamps)."
        ),
        (
            ["rotation"], "Rotation",
            "When a file is closed and how many are kept. `cordwood schedule` shows the rollovers of"
                + " a schedule."
        ),
        (["compression"], "Compression", "A separate process compresses rotated files."),
        (
            ["proxies"], "Proxies",
            "How to find the client behind a proxy or a load balancer: [PROXIES.md](PROXIES.md)."
        ),
        (
            ["cors"], "Pages of other origins",
            "The pages of other sites that a browser lets send records: [BROWSERS.md](BROWSERS.md)."
        ),
        (["limits"], "Limits", "Everything that a client can make large has a limit."),
        (["timeouts"], "Timeouts", "Everything that a client can make slow has a limit too."),
        (
            ["recycle"], "Recycling",
            "Another worker takes the place of a worker before it ends, and it finishes its requests"
                + " first."
        ),
        (
            ["disk", "files", "log"], "The machine",
            "The disk, the permissions of files, and Cordwood's own messages."
        ),
    ]
}
