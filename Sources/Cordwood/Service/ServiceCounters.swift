// SPDX-License-Identifier: Apache-2.0

import Ingest
import Monitoring
import Prefork

extension CounterLayout {
    /// The layout of this service: its roles, its endpoints, and the reasons of rejected records.
    static let service = CounterLayout(
        roles: ProcessRole.all.map(\.row), paths: Router.labels,
        rejections: RejectionReason.allCases.map { "\($0.code)" })
}

extension Counters {
    /// A row in the scoreboard of this service.
    init(scoreboard: Scoreboard, row: Int) {
        self.init(scoreboard, row: row, .service)
    }

    func countRejection(_ reason: RejectionReason, _ count: Int) {
        countRejection(Int(reason.rawValue), count)
    }
}
