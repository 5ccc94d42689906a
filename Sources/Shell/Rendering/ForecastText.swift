import Architecture
import Kernel
import Language
import Patterns

/// A forecast as a table, with measured values beside it where there are some.
enum ForecastText {
  /// What a load showed: the share of the slots in use, by tier, and seconds.
  struct Measured {
    let utilization: [Tier: Double]
    let meanLatency: Double
  }

  static func lines(
    _ forecast: Forecast, _ measured: Measured?, _ session: Session
  ) -> [String] {
    var columns: [TextTable.Column] = [
      .init("tier"), .init("calls", right: true), .init("held for", right: true),
      .init("slots", right: true), .init("utilization", right: true),
    ]
    if measured != nil { columns.append(.init("measured", right: true)) }
    columns.append(.init("mean wait", right: true))
    var table = TextTable(columns)
    for place in forecast.places {
      let station = place.station
      var cells = [
        place.name, NumberText.fixed(place.arrivalRate, decimals: 1) + "/s",
        duration(station.holdingTime), "\(place.servers)",
        station.utilization.isFinite ? percent(min(station.utilization, 1)) : "100 %",
      ]
      if let measured {
        cells.append(
          place.isReplicas ? "–" : measured.utilization[place.tier].map(percent) ?? "–")
      }
      cells.append(station.isStable ? duration(station.meanWait) : "grows")
      table.add(cells)
    }
    let rendered = table.render(width: session.options.width).lines
    return [session.style.quiet(rendered[0])] + rendered.dropFirst()
      + session.wrap(summary(forecast, measured))
  }

  private static func summary(_ forecast: Forecast, _ measured: Measured?) -> String {
    let hits = zip(Resource.allCases, forecast.hitRatios).compactMap { resource, ratio in
      ratio.map { "\(percent($0)) at \(resource.cache.name)" }
    }.joined(separator: " and ")
    let source = forecast.isMeasured ? "measured" : "in the long run"
    var text = hits.isEmpty ? "" : "Hit ratios: \(hits) (\(source)). "
    if forecast.meanLatency.isFinite {
      text += "Mean latency \(duration(forecast.meanLatency))"
      if let measured { text += ", measured \(duration(measured.meanLatency))" }
      text +=
        "; by Little's law \(NumberText.fixed(forecast.concurrency, decimals: 1)) requests under way. "
    } else {
      text += "No mean latency: it grows as long as the load lasts. "
    }
    if let down = forecast.down {
      text +=
        down.kind == .database
        ? "The primary of \(down.name) is down: writes and what no cache has fail."
        : "No instance of \(down.name) is up."
    } else if let bottleneck = forecast.bottleneck, forecast.limit < 1e12 {
      let limit = NumberText.grouped(Int(forecast.limit))
      let knee = NumberText.grouped(Int(forecast.limit * 0.8))
      text +=
        "The bottleneck is \(bottleneck.name): it can do \(limit)rps of this load; "
        + "beyond \(knee)rps (80 %) waiting grows steeply."
    }
    if !forecast.leavesOut.isEmpty {
      text += " It leaves out \(forecast.leavesOut.joined(separator: ", "))."
    }
    return text
  }

  static func json(_ forecast: Forecast) -> JSON {
    .object([
      ("rateRps", .number(forecast.rate)),
      (
        "tiers",
        .array(
          forecast.places.map { place in
            .object([
              ("tier", .string(place.name)), ("rate", .number(place.arrivalRate)),
              (
                "holdingMs",
                place.station.holdingTime.isFinite
                  ? .number(place.station.holdingTime * 1000) : .null
              ),
              ("slots", .integer(place.servers)),
              (
                "utilization",
                place.station.utilization.isFinite ? .number(place.station.utilization) : .null
              ),
              (
                "meanWaitMs",
                place.station.isStable ? .number(place.station.meanWait * 1000) : .null
              ),
            ])
          })
      ),
      (
        "meanLatencyMs",
        forecast.meanLatency.isFinite ? .number(forecast.meanLatency * 1000) : .null
      ),
      ("leavesOut", .array(forecast.leavesOut.map { .string($0) })),
      ("bottleneck", .string(forecast.bottleneck?.name ?? "none")),
      ("limitRps", forecast.limit.isFinite ? .number(forecast.limit) : .null),
    ])
  }

  private static func percent(_ share: Double) -> String {
    NumberText.percent((share * 1000).rounded() / 1000)
  }

  private static func duration(_ seconds: Double) -> String {
    seconds < 1e9 ? DurationText.format(nanoseconds: Int64(seconds * 1e9)) : "grows"
  }
}
