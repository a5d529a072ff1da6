// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The dashboard for Grafana, as far as its rules can be checked without one.
struct Dashboard {
    struct Place {
        let x, y, width, height: Int
    }

    struct Query {
        let reference: String
        let source: String
        let text: String

        /// With values in place of Grafana's variables.
        func expression(everySeconds seconds: Int) -> String {
            text.replacingOccurrences(of: "$__rate_interval", with: "\(seconds)s")
                .replacingOccurrences(of: "$instance", with: ".*")
        }
    }

    struct Panel {
        let number: Int
        let title: String
        let kind: String
        let source: String
        let place: Place
        let queries: [Query]

        func overlaps(_ other: Panel) -> Bool {
            place.x < other.place.x + other.place.width
                && other.place.x < place.x + place.width
                && place.y < other.place.y + other.place.height
                && other.place.y < place.y + place.height
        }
    }

    let root: JSON

    init() throws {
        let text = try Repository.text(of: "deploy/grafana/dashboard.json")
        root = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    var panels: [Panel] {
        (root["panels"]?.elements ?? []).map { panel in
            Panel(
                number: integer(panel["id"]), title: panel["title"]?.text ?? "",
                kind: panel["type"]?.text ?? "", source: source(panel),
                place: Place(
                    x: integer(panel["gridPos"]?["x"]), y: integer(panel["gridPos"]?["y"]),
                    width: integer(panel["gridPos"]?["w"]),
                    height: integer(panel["gridPos"]?["h"])),
                queries: (panel["targets"]?.elements ?? []).map(query))
        }
    }

    private func query(_ target: JSON) -> Query {
        Query(
            reference: target["refId"]?.text ?? "", source: source(target),
            text: target["expr"]?.text ?? "")
    }

    private func source(_ json: JSON) -> String { json["datasource"]?["uid"]?.text ?? "" }

    private func integer(_ json: JSON?) -> Int { Int(json?.value ?? -1) }
}
