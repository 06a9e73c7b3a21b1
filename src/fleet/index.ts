/**
 * Many accounts kept signed in, on one machine or several: the public modules of `webqq-login/fleet`, each a namespace. `Vault` holds the
 * accounts, `Accounts` are what they do in the cluster of `effect/cluster`, `Pacemaker` asks them when they are due.
 */
export * as Account from "./Account.ts"
export * as Accounts from "./AccountLive.ts"
export * as Egress from "./Egress.ts"
export * as FleetConfig from "./FleetConfig.ts"
export * as Homes from "./Homes.ts"
export * as Keyring from "./Keyring.ts"
export * as Migrations from "./database/migrations.ts"
export * as Outbox from "./Outbox.ts"
export * as Pacemaker from "./Pacemaker.ts"
export * as Sqlite from "./database/Sqlite.ts"
export * as Status from "./Status.ts"
export * as Vault from "./Vault.ts"
export * as Webhooks from "./Webhooks.ts"
