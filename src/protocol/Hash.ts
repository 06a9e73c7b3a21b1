/**
 * The small hash functions of ptlogin2. All are one loop, `e = 33 e + c` over the UTF-16 units of a text, and differ in where
 * they start and in how many bits they keep.
 *
 * Sources: `hash33` in hexsum/Mojo-URLMonitor `smartqq/mq_comm.js`; `hash33` and `time33` in AEmpire/r6robot `qm.js`; g_tk in
 * aioqzone/aioqzone `src/aioqzone/api/login/_base.py`. See PROTOCOL.md.
 */

const times33 = (start: number, text: string): number => {
  let e = start
  for (let i = 0; i < text.length; i++) e = (Math.imul(e, 33) + text.charCodeAt(i)) | 0
  return e
}

/**
 * The `ptqrtoken` parameter of a `ptqrlogin` poll, from the value of the `qrsig` cookie of the same picture. Mandatory since
 * 2017-02-09: without it the answer is 403.
 *
 * @returns an integer from 0 to 2^31 - 1; 0 for an empty text
 */
export const hash33 = (text: string): number => times33(0, text) & 0x7fffffff

/**
 * The `g_tk` parameter, also called `bkn`, of the sites behind ptlogin2: from `p_skey` of the site where it sets one, else from
 * `skey`.
 *
 * @returns an integer from 0 to 2^31 - 1; 5381 for an empty text
 */
export const gtk = (text: string): number => times33(5381, text) & 0x7fffffff

/**
 * The `auth_token` parameter of `pt4_auth`, from the value of the `supertoken` cookie. It keeps the 32nd bit that `hash33` drops.
 *
 * @returns an integer from 0 to 2^32 - 1; 0 for an empty text
 */
export const time33 = (text: string): number => times33(0, text) >>> 0
