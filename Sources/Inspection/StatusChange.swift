// SPDX-License-Identifier: Apache-2.0

/// The changes between two samples of a service.
struct StatusChange {
    let earlier: StatusSample?
    let later: StatusSample

    /// Seconds between them, or since the start of the service.
    var seconds: Double {
        guard let earlier else { return max(later.uptime, 1) }
        return max(later.time - earlier.time, 0.001)
    }

    /// The growth of a counter; a counter that started again has grown by its value.
    func growth(_ series: String) -> Double {
        grown(from: earlier.map { $0[series] } ?? 0, to: later[series])
    }

    func growthOfTotal(_ family: String) -> Double {
        grown(from: earlier.map { $0.total(family) } ?? 0, to: later.total(family))
    }

    private func grown(from before: Double, to now: Double) -> Double {
        now < before ? now : now - before
    }

    /// The longest time that this part of the answers took, by linear interpolation in its bucket;
    /// nil if there were no answers.
    func quantile(_ part: Double, of histogram: String) -> Double? {
        let before = earlier?.buckets(histogram) ?? []
        let buckets = later.buckets(histogram).enumerated().map { index, bucket in
            let count = index < before.count ? before[index].count : 0
            return (bound: bucket.bound, count: grown(from: count, to: bucket.count))
        }
        guard let total = buckets.last?.count, total > 0 else { return nil }
        let rank = part * total
        var (lower, below) = (0.0, 0.0)
        for (bound, count) in buckets {
            if count >= rank {
                guard bound.isFinite else { return lower }
                return lower + (bound - lower) * (rank - below) / max(count - below, 1)
            }
            (lower, below) = (bound, count)
        }
        return lower
    }
}
