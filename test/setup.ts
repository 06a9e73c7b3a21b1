import { addEqualityTesters } from "@effect/vitest"

// A proxy variable of the machine would route loopback traffic elsewhere.
for (const name of [
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NODE_USE_ENV_PROXY"
]) {
  delete process.env[name]
}

addEqualityTesters()
