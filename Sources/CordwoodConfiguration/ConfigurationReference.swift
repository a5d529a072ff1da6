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

        Cordwood needs no configuration. Each setting has one name in several forms, of which the
        first that is given counts: a flag of `cordwood serve`, an environment variable, a key of
        the YAML file, the default.

        ```yaml
        # cordwood serve --config cordwood.yaml, or CORDWOOD_CONFIG=cordwood.yaml cordwood serve
        listen: 0.0.0.0:8080
        directory: /var/log/cordwood
        rotation:
          when: H
          backup_count: 168
        ```

        `cordwood check` prints the effective configuration and where each value came from; what
        it prints is a valid file. It names every mistake with its place (an unknown key, a value
        out of range, settings that contradict each other) and exits with 78, and `cordwood serve`
        does not start with one.

        Lists are YAML lists, separated by commas in the environment, and repeated flags; any other
        flag that is given twice is a wrong command line. A flag that is true or false is written
        `--utc` or `--no-utc`; elsewhere yes and no, on and off, 1 and 0 are understood too. An empty
        environment variable counts as none. Sizes are bytes, or have a unit: KB, MB, GB, TB (of 1000)
        or KiB, MiB, GiB, TiB (of 1024). Durations have a unit: s, m, h, d.

        """

    private static let openingPerStream = """

        ### For single streams

        What else counts for all can be said for single streams, in the file alone:

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

        The keys are names of streams or patterns in which \\* stands for any text; the first that
        matches counts, and whatever it does not say is as for all streams. Where it says
        `rotation.when` it begins anew: `rotation.interval` is 1 and `rotation.at_time` empty unless
        they stand beside it. What is said here counts before flags and variables, which speak of
        all streams. The zone is one for all. Rejected records are rotated as their stream's.


        """

    private static let sections: [(names: Set<String>, title: String, opening: String)] = [
        ([""], "Service", "Where it listens and writes, and what it promises."),
        (["admin", "ui"], "Administration", "Who watches the service may have a listener apart."),
        (
            ["tls"], "TLS",
            "How clients are spoken to in private. [TLS.md](TLS.md) says how to set it up and what"
                + " is refused."
        ),
        (
            ["auth", "observation"], "Authentication",
            "Who may write what, and who may watch: see [AUTHENTICATION.md](AUTHENTICATION.md)."
        ),
        (["streams"], "Streams", "A stream is a name that clients choose, and a file."),
        (
            ["stamp"], "Stamps",
            "What Cordwood knows of a record can be added to it. [STREAMS.md](STREAMS.md#stamps)"
                + " says how."
        ),
        (
            ["rotation"], "Rotation",
            "When a file is closed and how many are kept. `cordwood schedule` shows what a choice"
                + " means."
        ),
        (["compression"], "Compression", "Rotated files are compressed by a process of its own."),
        (
            ["proxies"], "Proxies",
            "Who the client is, where a proxy or a load balancer stands in front:"
                + " [PROXIES.md](PROXIES.md)."
        ),
        (
            ["cors"], "Pages of other origins",
            "What a browser lets the pages of other sites do: [BROWSERS.md](BROWSERS.md)."
        ),
        (["limits"], "Limits", "Everything a client can make larger has a limit."),
        (["timeouts"], "Timeouts", "Everything a client can make longer has one too."),
        (
            ["recycle"], "Recycling",
            "A worker that is replaced is given the time to finish what it has begun, and another"
                + " takes its place first."
        ),
        (
            ["disk", "files", "log"], "The machine",
            "The disk, the permissions of what is written there, and Cordwood's own messages."
        ),
    ]
}
