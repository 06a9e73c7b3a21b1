/** Whether mutants are being tested. The code is ten times slower then, and each test runs a thousand times. */
export const mutating = process.env["MUTATING"] !== undefined
