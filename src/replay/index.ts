/**
 * Replaying recorded answers, in memory and over loopback sockets: `webqq-login/replay`. Replaying them under nock is an
 * entry of its own, `webqq-login/replay/nock`, since nock takes hold of the process as soon as it is loaded.
 */
export * as Engine from "./Engine.ts"
export * as MemoryReplay from "./MemoryReplay.ts"
export { ReplayFailed } from "./ReplayFailed.ts"
export * as ReplayServer from "./ReplayServer.ts"
export { runVirtual } from "./runVirtual.ts"
export * as Scenario from "./Scenario.ts"
export * as ScenarioFile from "./ScenarioFile.ts"
