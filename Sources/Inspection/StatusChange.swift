/// What has happened between two samples of a service.
struct StatusChange {
    let earlier: StatusSample?
    let later: StatusSample

    /// Seconds between them, or since the start of the service.
    var seconds: Double {
        guard let earlier else { return max(later.uptime, 1) }
        return max(later.time - earlier.time, 0.001)
    }

    /// How much a counter has grown; one that has begun anew has grown by what it counts.
    func growth(_ series: String) -> Double {
        grown(from: earlier.map { $0[series] } ?? 0, to: later[series])
    }

    func growthOfTotal(_ family: String) -> Double {
        grown(from: earlier.map { $0.total(family) } ?? 0, to: later.total(family))
    }

    private func grown(from before: Double, to now: Double) -> Double {
        now < before ? now : now - before
    }

    /// The time that this part of the answers took at most, by linear interpolation in the bucket
    /// in which it lies; nil where there were none.
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
