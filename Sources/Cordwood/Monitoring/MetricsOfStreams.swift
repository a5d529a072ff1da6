import Bytes

/// The families by stream: of the first hundred since the start, and of all others together.
extension Metrics {
    func streams(_ out: inout ByteBuffer) {
        let places = StreamDirectory(board: scoreboard).placesByName.sorted { $0.key < $1.key }
            .map { (name: $0.key, places: $0.value) }
        let rows = places + [(StreamDirectory.nameOfOthers, [StreamDirectory.others])]
        family(
            "cordwood_stream_records_written_total", "Records that stand in a file, by stream.",
            .written, rows, &out)
        family(
            "cordwood_stream_records_rejected_total", "Records not written, by stream.", .rejected,
            rows, &out)
        family(
            "cordwood_stream_bytes_written_total",
            "Bytes appended to files, of rejected records too, by stream.", .bytes, rows, &out)
    }

    private func family(
        _ name: StaticString, _ help: StaticString, _ cell: StreamCell,
        _ streams: [(name: String, places: [Int])], _ out: inout ByteBuffer
    ) {
        header(name, "counter", help, &out)
        for stream in streams {
            out.append(name)
            out.append("{stream=\"")
            // Nothing in a stream's name has to be escaped.
            out.append(string: stream.name)
            out.append("\"} ")
            line(stream.places.reduce(0) { $0 + scoreboard.total(cell.index(at: $1)) }, &out)
        }
    }
}
