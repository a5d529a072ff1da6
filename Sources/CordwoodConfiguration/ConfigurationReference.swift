// SPDX-License-Identifier: Apache-2.0

/// The page `docs/configuration.md`, made from the table of settings.
package enum ConfigurationReference {
    package static func page() -> String {
        var text = opening
        for section in sections {
            text += "\n## \(section.title)\n\n\(section.opening)\n\n"
            text += "| setting | default | allowed | what it does |\n|---|---|---|---|\n"
            for setting in Settings.all where section.names.contains(setting.topSection) {
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

        Of a setting, the first of these counts: a flag of `cordwood serve`, an environment
        variable, a key of the YAML file, the default.

        ```yaml
        # cordwood serve --config cordwood.yaml, CORDWOOD_CONFIG=cordwood.yaml cordwood serve,
        # or /etc/cordwood/cordwood.yaml, which is read if nothing names another file
        listen: 0.0.0.0:8080
        directory: /var/log/cordwood
        rotation:
          when: H
          backup_count: 168
        ```

        `cordwood check` prints the effective configuration, a valid file, with the origin of each
        value. Or it prints every mistake with its place and exits with 78; `cordwood serve` then
        does not start.

        Editors complete and check the file by [cordwood.schema.json](cordwood.schema.json), which
        `cordwood check --schema` prints too, if the first line names it, as in the package's file:

        ```yaml
        # yaml-language-server: $schema=/usr/share/cordwood/cordwood.schema.json
        ```

        Lists are YAML lists, separated by commas in the environment, and repeated flags; no other
        flag may be given twice. True and false are the flags `--utc` and `--no-utc`; elsewhere also
        yes and no, on and off, 1 and 0. An empty variable counts as unset. Sizes are bytes, or have
        a unit: KB, MB, GB, TB (of 1000) or KiB, MiB, GiB, TiB (of 1024). Durations have a unit: s,
        m, h, d.

        """

    private static let openingPerStream = """

        ### For single streams

        Some settings can differ for single streams, in the file alone:

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

        The first key that matches, a name or a pattern, counts, and takes precedence over flags and
        variables; [STREAMS.md](STREAMS.md#what-may-differ) says what it inherits. Files of rejected
        records are rotated like those of their stream.


        """

    private static let sections: [(names: Set<String>, title: String, opening: String)] = [
        ([""], "Service", "Where the service listens and writes, and what an answer guarantees."),
        (["admin", "ui"], "Administration", "Operators may have a listener of their own."),
        (
            ["tls"], "TLS",
            "Encrypted connections: see [TLS.md](TLS.md)."
        ),
        (
            ["auth", "observation"], "Authentication",
            "The rights to write and to observe: see [AUTHENTICATION.md](AUTHENTICATION.md)."
        ),
        (["streams"], "Streams", "A stream is a name that clients choose, and a file."),
        (
            ["protocols"], "Protocols",
            "What Cordwood takes from the clients of other services: see [clients](clients/README.md)."
        ),
        (
            ["stamp"], "Stamps",
            "What Cordwood adds to a record: see [STREAMS.md](STREAMS.md#stamps)."
        ),
        (
            ["rotation"], "Rotation",
            "When a file is closed and how many are kept; `cordwood schedule` shows the rollovers."
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
            "Another worker takes the place of a worker, which finishes its requests."
        ),
        (
            ["disk", "files", "log"], "The machine",
            "The disk, the permissions of files, and Cordwood's own messages."
        ),
    ]
}
