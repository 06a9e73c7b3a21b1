import { CookieJar } from "tough-cookie"

/** A jar of tough-cookie, and what the peers want of it. */
export const toughJar = () => {
  // The domain of the protocol is none that anybody registers below: a look at the list of public suffixes is still what people get.
  const jar = new CookieJar()
  return {
    jar,
    cookie: (name: string, domain: string) =>
      jar.getCookiesSync(`https://${domain}/`).find((cookie) => cookie.key === name)?.value,
    header: (url: string) => jar.getCookieStringSync(url),
    store: (url: string, lines: ReadonlyArray<string>) => {
      for (const line of lines) jar.setCookieSync(line, url, { ignoreError: true })
    }
  }
}
