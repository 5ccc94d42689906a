import Kernel
import Patterns

/// What can be set of the patterns; it holds while they are off, too.
extension Setting {
  static let ofPatterns: [Setting] =
    ofRetries + ofCircuitBreakers + ofOtherGuards + ofOutlierDetection + ofLimits
    + ofAutoscaling

  private static let callers: [Tier.Kind] = [.client, .loadBalancer, .gateway, .service, .worker]

  /// A setting of what a caller does about its dependencies.
  private static func guarding<Pattern, Value: SettingValue>(
    _ guarding: WritableKeyPath<Dependency, Switch<Pattern>> & Sendable, _ name: String,
    _ path: WritableKeyPath<Pattern, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kinds: callers, unit: unit, range: range, summary: summary, source: source,
      read: { $0.dependencies(of: $1)[0][keyPath: guarding].blueprint[keyPath: path].setting },
      write: { world, node, value in
        world.changeDependencies(of: node) {
          $0[keyPath: guarding].change { $0[keyPath: path] = Value(setting: value) }
        }
      })
  }

  private static let ofRetries: [Setting] = [
    guarding(
      \.retry, "retry.max-attempts", \.maxAttempts, .count, 1...100,
      "attempts in all, the first included", "AWS SDK max_attempts 3"),
    guarding(
      \.retry, "retry.base", \.backoff.base, .duration, 0...hour, "the first pause",
      "Envoy retry_back_off base_interval 25ms"),
    guarding(
      \.retry, "retry.cap", \.backoff.cap, .duration, 0...hour, "the longest pause",
      "Envoy max_interval 250ms"),
    guarding(
      \.retry, "retry.jitter", \.backoff.jitter,
      .choice(["none", "full", "equal", "decorrelated"]), 0...3, "how chance spreads the pauses",
      "AWS: Exponential Backoff And Jitter"),
    guarding(
      \.retry, "retry.on", \.condition, .choice(["connect-failure", "gateway-error", "5xx"]), 0...2,
      "which failures are tried again", "Envoy retry_on"),
    guarding(
      \.retry, "retry.methods", \.methods, .choice(["safe", "idempotent", "all"]), 0...2,
      "what may be sent twice", "RFC 9110 9.2; Envoy retriable methods"),
    guarding(
      \.retry, "retry.per-try-timeout", \.perTryTimeout, .duration, 0...hour,
      "how long one attempt may take; 0 is no limit of its own", "Envoy per_try_timeout"),
    guarding(
      \.retryBudget, "retry-budget.percent", \.share, .share, 0...10_000,
      "retries at most, as a share of the requests under way", "Envoy budget_percent 20%"),
    guarding(
      \.retryBudget, "retry-budget.min-retries", \.minimum, .count, 0...10_000,
      "retries that are always allowed", "Envoy min_retry_concurrency 3"),
  ]

  private static let ofCircuitBreakers: [Setting] = [
    guarding(
      \.circuitBreaker, "circuit-breaker.failure-rate", \.failureRateThreshold, .share, 1...10_000,
      "share of failures that opens it", "resilience4j failureRateThreshold 50%"),
    guarding(
      \.circuitBreaker, "circuit-breaker.window", \.window, .choice(["count", "time"]), 0...1,
      "whether it looks at the latest calls or the latest seconds",
      "resilience4j slidingWindowType COUNT_BASED"),
    guarding(
      \.circuitBreaker, "circuit-breaker.window-size", \.windowSize, .count, 1...100_000,
      "calls, or seconds, that it looks at", "resilience4j slidingWindowSize 100"),
    guarding(
      \.circuitBreaker, "circuit-breaker.min-calls", \.minimumCalls, .count, 1...100_000,
      "calls below which it decides nothing", "resilience4j minimumNumberOfCalls 100"),
    guarding(
      \.circuitBreaker, "circuit-breaker.slow-call-rate", \.slowCallRateThreshold, .share,
      1...10_000, "share of slow calls that opens it", "resilience4j slowCallRateThreshold 100%"),
    guarding(
      \.circuitBreaker, "circuit-breaker.slow-call-duration", \.slowCallDuration, .duration,
      millisecond...hour, "from when on a call is slow",
      "resilience4j slowCallDurationThreshold 60s"),
    guarding(
      \.circuitBreaker, "circuit-breaker.open-duration", \.openDuration, .duration,
      millisecond...hour, "how long it stays open", "resilience4j waitDurationInOpenState 60s"),
    guarding(
      \.circuitBreaker, "circuit-breaker.half-open-calls", \.halfOpenCalls, .count, 1...10_000,
      "calls let through to find out whether it is better now",
      "resilience4j permittedNumberOfCallsInHalfOpenState 10"),
  ]

  private static let ofOtherGuards: [Setting] = [
    guarding(
      \.bulkhead, "bulkhead.max-concurrent", \.maxConcurrent, .count, 1...100_000,
      "calls under way to one dependency at most", "resilience4j maxConcurrentCalls 25"),
    Setting(
      name: "hedging.delay", kinds: [.loadBalancer, .gateway], unit: .duration,
      range: millisecond...hour, summary: "how long to wait before a second question",
      source: "Polly hedging delay 2s",
      read: { $0.dependencies(of: $1)[0].hedging.blueprint.delay.setting },
      write: { world, node, value in
        world.changeDependencies(of: node) {
          $0.hedging.change { $0.delay = Duration(setting: value) }
        }
      }),
    Setting(
      name: "connection-pool.size", kinds: [.service], unit: .count, range: 1...10_000,
      summary: "connections to the database", source: "HikariCP maximumPoolSize 10",
      read: { Int64($0.services[$0.directory[$1].place].pool.blueprint.size) },
      write: { world, node, value in
        world.changePool(of: node) { pool in pool.change { $0.size = Int(value) } }
      }),
    of(
      .service, \.services, \.pool, "connection-pool.timeout", \.connectionTimeout, .duration,
      millisecond...hour, "how long to wait for a free one", "HikariCP connectionTimeout 30s"),
  ]

  private static func atGateway<Pattern, Value: SettingValue>(
    _ pattern: WritableKeyPath<Gateway, Switch<Pattern>> & Sendable, _ name: String,
    _ path: WritableKeyPath<Pattern, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    of(.gateway, \.gateways, pattern, name, path, unit, range, summary, source)
  }

  private static func scaling<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<Autoscaler, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kinds: [.service, .worker], unit: unit, range: range, summary: summary,
      source: source,
      read: { $0.autoscalings[$0.autoscaling(of: $1)].scaler.blueprint[keyPath: path].setting },
      write: { world, node, value in
        let index = world.autoscaling(of: node)
        let period = world.autoscalings[index].scaler.blueprint.period
        world.autoscalings[index].scaler.change { $0[keyPath: path] = Value(setting: value) }
        guard world.autoscalings[index].scaler.blueprint.period != period else { return }
        world.rescheduleAutoscaling(index)
      })
  }

  private static let ofAutoscaling: [Setting] = [
    Setting(
      name: "autoscaling.metric", kinds: [.service, .worker],
      unit: .choice(["utilization", "backlog"]), range: 0...1,
      summary: "what is kept to its target", source: "HPA metrics; KEDA queue length",
      read: { $0.autoscalings[$0.autoscaling(of: $1)].metric.setting },
      write: { world, node, value in
        let metric = World.Autoscaling.Metric(setting: value)
        world.autoscalings[world.autoscaling(of: node)].metric = metric
      }),
    scaling(
      "autoscaling.period", \.period, .duration, 100 * millisecond...hour, "how often it looks",
      "HPA sync period 15s"),
    scaling(
      "autoscaling.target-utilization", \.targetUtilization, .share, 100...10_000,
      "share of the slots in use to keep to", "HPA averageUtilization"),
    scaling(
      "autoscaling.target-backlog", \.targetBacklog, .count, 1...1_000_000,
      "tasks kept for each worker to keep to", "AWS backlog per instance"),
    scaling(
      "autoscaling.tolerance", \.tolerance, .share, 0...10_000, "deviation that changes nothing",
      "HPA tolerance 10%"),
    scaling(
      "autoscaling.min", \.minInstances, .count, 1...32, "instances at least", "HPA minReplicas 1"),
    scaling(
      "autoscaling.max", \.maxInstances, .count, 1...32, "instances at most", "HPA maxReplicas"),
    scaling(
      "autoscaling.stabilization", \.stabilization, .duration, 0...hour,
      "how long a lower number must be wanted", "HPA scaleDown stabilizationWindow 300s"),
  ]

  private static let ofLimits: [Setting] = [
    atGateway(
      \.rateLimit, "rate-limit.algorithm", \.algorithm,
      .choice(["token-bucket", "sliding-window"]), 0...1, "how it counts",
      "Envoy local_ratelimit; Cloudflare"),
    atGateway(
      \.rateLimit, "rate-limit.scope", \.scope, .choice(["local", "shared"]), 0...1,
      "whether each gateway counts for itself or all together", "Envoy local or global rate limit"),
    atGateway(
      \.rateLimit, "rate-limit.max-tokens", \.maxTokens, .count, 1...1_000_000,
      "requests in a burst", "Envoy max_tokens"),
    atGateway(
      \.rateLimit, "rate-limit.tokens-per-fill", \.tokensPerFill, .count, 1...1_000_000,
      "requests more for each interval; the limit of a window", "Envoy tokens_per_fill"),
    atGateway(
      \.rateLimit, "rate-limit.fill-interval", \.fillInterval, .duration, millisecond...hour,
      "how often there are more; the length of a window", "Envoy fill_interval"),
    atGateway(
      \.loadShedding, "load-shedding.window", \.window, .duration, 1000 * millisecond...hour,
      "how far back it looks", "Envoy sampling_window 30s"),
    atGateway(
      \.loadShedding, "load-shedding.success-threshold", \.successThreshold, .share, 100...10_000,
      "share of successes below which it rejects", "Envoy sr_threshold 95%"),
    atGateway(
      \.loadShedding, "load-shedding.aggression", \.aggression, .factor, 1_000...1_000_000,
      "how fast it rejects more", "Envoy aggression 1.0"),
    atGateway(
      \.loadShedding, "load-shedding.max-rejection", \.maxRejection, .share, 0...10_000,
      "share that it rejects at most", "Envoy max_rejection_probability 80%"),
    atGateway(
      \.adaptiveConcurrency, "adaptive-concurrency.update-interval", \.updateInterval, .duration,
      millisecond...hour, "how often the limit changes", "Envoy concurrency_update_interval 100ms"),
    atGateway(
      \.adaptiveConcurrency, "adaptive-concurrency.min-rtt-interval", \.minRTTInterval, .duration,
      millisecond...hour, "how often the unloaded time is measured anew",
      "Envoy min_rtt_calc_params interval 60s"),
    atGateway(
      \.adaptiveConcurrency, "adaptive-concurrency.min-rtt-requests", \.minRTTRequests, .count,
      1...10_000, "requests that measure it", "Envoy request_count 50"),
    atGateway(
      \.adaptiveConcurrency, "adaptive-concurrency.buffer", \.buffer, .share, 0...10_000,
      "how much slower is still all right", "Envoy buffer 25%"),
    atGateway(
      \.adaptiveConcurrency, "adaptive-concurrency.max-limit", \.maxLimit, .count, 3...100_000,
      "the highest limit", "Envoy max_concurrency_limit 1000"),
  ]

  /// A setting of how a proxy judges the hosts behind it.
  private static func judging<Pattern, Value: SettingValue>(
    _ judging: WritableKeyPath<Upstreams, Switch<Pattern>> & Sendable, _ name: String,
    _ path: WritableKeyPath<Pattern, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kinds: [.loadBalancer, .gateway], unit: unit, range: range, summary: summary,
      source: source,
      read: { $0.clusters(of: $1)[0].hosts[keyPath: judging].blueprint[keyPath: path].setting },
      write: { world, node, value in
        world.changeClusters(of: node) {
          $0.hosts[keyPath: judging].change { $0[keyPath: path] = Value(setting: value) }
        }
      })
  }

  private static let ofOutlierDetection: [Setting] = [
    judging(
      \.outlierDetection, "outlier-detection.consecutive-5xx", \.consecutiveErrors, .count,
      1...1000,
      "server errors in a row that eject an instance", "Envoy consecutive_5xx 5"),
    judging(
      \.outlierDetection, "outlier-detection.interval", \.interval, .duration, millisecond...hour,
      "when ejected ones may come back, and success rates are compared", "Envoy interval 10s"),
    judging(
      \.outlierDetection, "outlier-detection.base-ejection-time", \.baseEjectionTime, .duration,
      millisecond...hour, "how long the first ejection lasts", "Envoy base_ejection_time 30s"),
    judging(
      \.outlierDetection, "outlier-detection.max-ejection-time", \.maxEjectionTime, .duration,
      millisecond...24 * hour, "how long any lasts at most", "Envoy max_ejection_time 300s"),
    judging(
      \.outlierDetection, "outlier-detection.max-ejection-percent", \.maxEjectionShare, .share,
      0...10_000, "instances out at once, at most; 10% of a small pool is none",
      "Envoy max_ejection_percent 10%"),
    judging(
      \.outlierDetection, "outlier-detection.success-rate-stdev-factor", \.successRateDeviations,
      .factor, 0...1_000_000,
      "standard deviations below the mean success rate that eject an instance",
      "Envoy success_rate_stdev_factor 1900 thousandths"),
    judging(
      \.outlierDetection, "outlier-detection.success-rate-minimum-hosts",
      \.successRateMinimumHosts, .count, 1...1000,
      "instances with enough requests for a comparison", "Envoy success_rate_minimum_hosts 5"),
    judging(
      \.outlierDetection, "outlier-detection.success-rate-request-volume", \.successRateRequests,
      .count, 1...1_000_000, "requests in an interval that are enough",
      "Envoy success_rate_request_volume 100"),
    judging(
      \.panic, "panic-threshold.percent", \.share, .share, 0...10_000,
      "share of healthy instances below which all are used", "Envoy healthy_panic_threshold 50%"),
    judging(
      \.slowStart, "slow-start.window", \.window, .duration, millisecond...hour,
      "how long an instance that came back is spared", "Envoy slow_start_window"),
    judging(
      \.slowStart, "slow-start.aggression", \.aggression, .factor, 100...1_000_000,
      "how fast its share grows; 1 is evenly", "Envoy aggression 1.0"),
    judging(
      \.slowStart, "slow-start.min-weight", \.minimumShare, .share, 0...10_000,
      "the share it begins with", "Envoy min_weight_percent 10%"),
  ]
}
