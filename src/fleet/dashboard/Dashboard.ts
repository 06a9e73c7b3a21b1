/**
 * The dashboard of a fleet, at `/dashboard/`: how many accounts are in which state, which are due, what fails and why. It is a page like
 * any other client of the API, for whoever has the token that may read; the page itself holds nothing and needs none.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { icon } from "../../page/document.ts"
import { closed, languageOf } from "../../page/Page.ts"
import { html } from "./document.ts"
import { script } from "./script.ts"
import { style } from "./style.ts"

const file = (body: string, contentType: string) =>
  HttpServerResponse.setHeaders(HttpServerResponse.text(body, { contentType }), closed)

export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    yield* router.add(
      "GET",
      "/dashboard",
      Effect.map(HttpServerRequest, ({ headers, url }) =>
        // To the router both are one; to a browser, what the page names lies beside it only behind the slash.
        /^[^?]*\/(?:\?|$)/.test(url)
          ? file(html(languageOf(headers["accept-language"])), "text/html; charset=utf-8")
          : HttpServerResponse.redirect("/dashboard/")
      )
    )
    yield* router.add("GET", "/dashboard/style.css", file(style, "text/css; charset=utf-8"))
    yield* router.add("GET", "/dashboard/script.js", file(script, "text/javascript; charset=utf-8"))
    yield* router.add("GET", "/dashboard/icon.svg", file(icon, "image/svg+xml"))
  })
)
