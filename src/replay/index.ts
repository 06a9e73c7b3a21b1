/**
 * Recording answers, and replaying them in memory and over loopback sockets: `webqq-login/replay`. Replaying them under nock is an
 * entry of its own, `webqq-login/replay/nock`, since nock takes hold of the process as soon as it is loaded.
 */
export * as Authority from "./tls/Authority.ts"
export * as OwnLogin from "./OwnLogin.ts"
export * as Engine from "./engine/Engine.ts"
export * as Har from "./har/Har.ts"
export { hostsOf } from "./hosts.ts"
export * as JUnit from "./conform/JUnit.ts"
export * as MemoryReplay from "./MemoryReplay.ts"
export * as Recorder from "./record/Recorder.ts"
export { ReplayFailed } from "./ReplayFailed.ts"
export * as ReplayServer from "./ReplayServer.ts"
export { runVirtual } from "./runVirtual.ts"
export * as Scenario from "./Scenario.ts"
export * as ScenarioDiff from "./ScenarioDiff.ts"
export * as ScenarioFile from "./format/ScenarioFile.ts"
export * as Scrub from "./record/Scrub.ts"
export * as Verdict from "./conform/Verdict.ts"
export * as Verify from "./verify/Verify.ts"
