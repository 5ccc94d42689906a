/// Counts durations in log-linear buckets, 32 to an octave: a quantile is off by at most 3.2 %.
///
/// The layout of HdrHistogram (Tene, 2012) with five bits of precision, up to 2⁴² ns (73 min);
/// what is longer counts in the last bucket, and `maximum` tells it exactly.
public struct Histogram: Sendable {
  private static let precision = 5
  private static let bucketCount = (42 - precision) << precision + 1 << precision

  /// None until something is counted.
  private var buckets = OwnedArray<UInt32>()
  public private(set) var count = 0
  public private(set) var sum: Int64 = 0
  public private(set) var minimum = Duration.forever
  public private(set) var maximum = Duration.zero

  public init() {}

  public var isEmpty: Bool { count == 0 }
  /// The mean; zero when nothing was counted.
  public var mean: Duration { count == 0 ? .zero : Duration(nanoseconds: sum / Int64(count)) }

  public mutating func record(_ duration: Duration) {
    own()
    recordOwned(duration)
  }

  /// Makes the buckets its own, if a copy shares them.
  public mutating func own() { buckets.own() }

  /// The same as `record`, where no copy shares the buckets.
  public mutating func recordOwned(_ duration: Duration) {
    if seldom(buckets.isEmpty) { makeBuckets() }
    buckets[unchecked: Self.bucket(of: duration.nanoseconds)] &+= 1
    count &+= 1
    sum &+= duration.nanoseconds
    if duration < minimum { minimum = duration }
    if duration > maximum { maximum = duration }
  }

  @inline(never)
  private mutating func makeBuckets() {
    buckets = OwnedArray(repeating: 0, count: Self.bucketCount)
  }

  static func bucket(of nanoseconds: Int64) -> Int {
    let value = UInt64(max(nanoseconds, 0))
    if value < 1 << precision { return Int(value) }
    let octave = 63 - value.leadingZeroBitCount - precision
    let index = octave << precision + Int(value >> UInt64(octave))
    return min(index, bucketCount - 1)
  }

  /// The smallest duration that falls into a bucket, in nanoseconds.
  static func lowerBound(of bucket: Int) -> Int64 {
    if bucket < 2 << precision { return Int64(bucket) }
    let octave = bucket >> precision - 1
    return Int64(bucket - octave << precision) << Int64(octave)
  }

  /// The duration that a share `quantile` (0...1) of all counted ones does not exceed: the longest
  /// that its bucket can hold, as HdrHistogram has it; nil when nothing was counted.
  public func quantile(_ quantile: Double) -> Duration? {
    guard count > 0 else { return nil }
    let rank = max(1, Int((quantile * Double(count)).rounded(.up)))
    if rank >= count { return maximum }
    var seen = 0
    let counts = buckets.base
    for bucket in 0..<Self.bucketCount where counts[bucket] > 0 {
      seen += Int(counts[bucket])
      if seen >= rank {
        return min(Duration(nanoseconds: Self.lowerBound(of: bucket + 1) - 1), maximum)
      }
    }
    return maximum
  }

  /// Adds all that another histogram has counted.
  public mutating func merge(_ other: Histogram) {
    guard !other.isEmpty else { return }
    if buckets.isEmpty { makeBuckets() }
    own()
    let (own, others) = (buckets.base, other.buckets.base)
    for bucket in 0..<Self.bucketCount { own[bucket] &+= others[bucket] }
    count += other.count
    sum += other.sum
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }

  /// What was counted after an earlier state of the same histogram. Its extremes are known to a
  /// bucket only.
  public func subtracting(_ earlier: Histogram) -> Histogram {
    guard !earlier.isEmpty else { return self }
    var result = Histogram()
    guard count > earlier.count else { return result }
    result.makeBuckets()
    let (now, before, grown) = (buckets.base, earlier.buckets.base, result.buckets.base)
    for bucket in 0..<Self.bucketCount {
      let counted = now[bucket] &- before[bucket]
      grown[bucket] = counted
      guard counted > 0 else { continue }
      let low = Duration(nanoseconds: Self.lowerBound(of: bucket))
      result.minimum = min(result.minimum, low)
      result.maximum = min(maximum, Duration(nanoseconds: Self.lowerBound(of: bucket + 1)))
    }
    result.count = count - earlier.count
    result.sum = sum - earlier.sum
    return result
  }

  public func mix(into digest: inout Digest) {
    digest.mix(count)
    digest.mix(sum)
    digest.mix(minimum)
    digest.mix(maximum)
    let counts = buckets.base
    for bucket in 0..<buckets.count where counts[bucket] > 0 {
      digest.mix(bucket << 32 | Int(counts[bucket]))
    }
  }
}

extension Histogram: Equatable {
  public static func == (one: Histogram, other: Histogram) -> Bool {
    one.count == other.count && one.sum == other.sum && one.minimum == other.minimum
      && one.maximum == other.maximum && one.buckets.elementsEqual(other.buckets)
  }
}
