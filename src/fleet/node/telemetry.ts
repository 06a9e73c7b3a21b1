/**
 * Metrics of a machine for a collector of OpenTelemetry. Loaded only where one is named. A collector that is dead costs nothing: what it does
 * not take is dropped, and it is left alone for a minute.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as CollectorClient from "../../http/collector.ts"
import { count } from "../api/counted.ts"
import type { Vault } from "../Vault.ts"

/** Where metrics are sent, and with what. */
export interface Collector {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

const everySeconds = 30

/** `node` tells this machine from others in what is sent. */
export const layer = ({ headers, url }: Collector, node: string): Layer.Layer<never, never, Vault> =>
  Layer.merge(
    OtlpMetrics.layer({
      url,
      headers,
      resource: { serviceName: "webqq-login", attributes: { "service.instance.id": node } },
      exportInterval: `${everySeconds} seconds`,
      shutdownTimeout: "400 millis"
    }).pipe(Layer.provide([OtlpSerialization.layerJson, CollectorClient.layer])),
    Layer.effectDiscard(
      Effect.forkScoped(Effect.forever(Effect.andThen(count, Effect.sleep(`${everySeconds} seconds`))))
    )
  )
