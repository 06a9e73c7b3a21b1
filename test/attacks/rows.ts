/**
 * What was tried on the command and the library from outside, row by row, and what shows that it holds today: tests, parts of
 * `npm run attacks`, or a reason why it is not ours to prevent. A test checks that each of them is there.
 */

export interface Row {
  readonly no: number
  readonly attack: string
  readonly proofs: ReadonlyArray<string>
  /** Why it, or what of it the proofs do not show, is not ours. */
  readonly notOurs?: string
}

const test = (file: string, title: string) => `\`test/${file}.test.ts\` › ${title}`
const part = (name: string) => `\`npm run attacks\` › ${name}`

const formats = (title: string) => test("store/CookieFormat", title)
const kept = (title: string) => test("store/SessionStore", title)
const files = (title: string) => test("store/SessionStore.file", title)
const exported = (title: string) => test("store/SessionExport", title)
const transfer = (title: string) => test("cli/transfer", title)
const printing = (title: string) => test("faults/printing", title)
const jar = (title: string) => test("http/CookieJar", title)
const server = (title: string) => test("replay/ReplayServer", title)
const har = (title: string) => test("replay/har/Har", title)

const aBrokenText = kept("names a text that is …, and leaves it as it is")
const signals = test("faults/apart", "ends …, whichever it is, and leaves nothing")
const named = test("files/namedFile", "is not read where it is …: …")
const patterns = test("patterns", "take linear time, whatever text they meet")

const rows: ReadonlyArray<Omit<Row, "no">> = [
  {
    attack: "cookies with quotes, $() and backslashes in a line of curl that a shell runs",
    proofs: [formats("become a line of curl that a shell reads as it is meant")]
  },
  {
    attack: "line ends, tabs, NUL and C1 in cookies.txt and a header",
    proofs: [formats("with … are left out: they cannot forge a field, a line or a header")]
  },
  {
    attack: "the line of curl, looked at in ps while it runs",
    proofs: [],
    notOurs: "every program's arguments can be read there; SECURITY.md says so, and how to do without"
  },
  {
    attack:
      "control and direction characters in status, in lines of a login, in JSON, in names of files and keys of site files",
    proofs: [
      test("faults/hostile", "moves nothing on the terminal that the program itself would not move"),
      test("faults/hostile", "forges no line of JSON, and hides nothing of it from the program that reads it"),
      printing("of line … in …")
    ]
  },
  {
    attack: "the same through the site of an imported session",
    proofs: [aBrokenText, printing("of a session, a table and a prompt"), printing("of line … in …")]
  },
  {
    attack: "the same through a nickname that token prints",
    proofs: [printing("says in words that a value is none for a terminal, and gives it to whoever insists")]
  },
  {
    attack: "the same through names of fields of a scenario",
    proofs: [printing("of a replay that went otherwise, whatever the scenario calls its fields")]
  },
  { attack: "the same through names of files on the command line", proofs: [printing("of line … in …")] },
  {
    attack: "profiles called ../x, with a leading dash, hidden, too long or empty",
    proofs: [kept("takes no profile name that would be unsafe as a file name")]
  },
  {
    attack: "profiles called as devices of Windows are",
    proofs: [kept("takes no profile name that would be unsafe as a file name")]
  },
  {
    attack:
      "session files that are empty, huge, deep, of a newer version, links, pipes, folders, devices, another user's",
    proofs: [
      aBrokenText,
      files("a symbolic link in the place of a session is refused, and what it points to is left alone"),
      files("a folder or a pipe in the place of a session is refused without waiting for it"),
      files("a session of another user is refused…"),
      test("attacks/sessions", "that is … takes nothing away from the others")
    ]
  },
  {
    attack: "a session with a cookie that is none in HTTP",
    proofs: [aBrokenText, test("attacks/sessions", "that is … takes nothing away from the others")]
  },
  {
    attack: "a session with odd dates, huge numbers, 20,000 cookies, a site called __proto__",
    proofs: [test("attacks/sessions", "that is … takes nothing away from the others")]
  },
  {
    attack: "a lock that is junk, a link, a pipe, a folder, or held by another",
    proofs: [
      files("holds nothing, and is refused where it does"),
      files("a symbolic link in the place of the lock is refused"),
      files("is given up after ten seconds, with the reason"),
      files("a folder or a pipe in the place of the lock is refused without waiting for it")
    ]
  },
  { attack: "a lock of another user", proofs: [files("a lock of another user is refused, whatever its mode…")] },
  {
    attack: "a folder of sessions that is open to all",
    proofs: [files("are closed again by the next save, where somebody opened them, and not by a look")]
  },
  {
    attack: "the folder of sessions swapped for a link while a login runs",
    proofs: [
      files("a symbolic link in the place of the folder is refused"),
      test("attacks/command", "is not followed where somebody swaps it for a link while a login runs")
    ]
  },
  {
    attack: "a disk that is full, out of inodes or read-only",
    proofs: [
      files("a full disk and a read-only one keep the session that was there…"),
      part("a disk that is full, out of names, or read-only")
    ]
  },
  {
    attack: "the power that goes right after a save",
    proofs: [
      files("outlives the power: a session is on the disk before its name, one that is forgotten is gone from it"),
      test(
        "files/wholeFile",
        "is there whole: its content is on the disk before it has its name, and its name before anybody is told"
      )
    ]
  },
  {
    attack: "the power that goes right after an export or a recording",
    proofs: [
      transfer("… is on the disk before it says so, the name and the content"),
      test("cli/record", "is on the disk before it says so: its folders, every file, and scenario.json last")
    ]
  },
  {
    attack: "threads and stores of one process that change one session, and make the lock at the same time",
    proofs: [part("four threads and two stores in one process")]
  },
  {
    attack: "forty logins, renewals and logouts at once on one profile",
    proofs: [
      part("forty commands at once on one profile"),
      test("store/SessionStore.crash", "four processes that change one session 250 times each lose no change")
    ]
  },
  {
    attack: "a logout while the session is renewed",
    proofs: [
      test("cli/sessions", "stays forgotten where it was forgotten while it was renewed"),
      test("SignIn", "does not bring back what was forgotten while it was renewed")
    ]
  },
  {
    attack: "logout --all where something cannot be read",
    proofs: [test("cli/sessions", "goes on past what it cannot remove, tells of each, and fails at its end")]
  },
  {
    attack: "an old export over a newer session of the same account",
    proofs: [transfer("does not silently replace a newer session of the same account, and says whose it has saved")]
  },
  {
    attack: "exports whose header asks for odd keys, ciphers and sizes",
    proofs: [exported("is protected by more than its checksum: a forger who corrects that gets no further")]
  },
  { attack: "an export with the dearest key that is allowed", proofs: [part("an export with the dearest key")] },
  {
    attack: "a sealed part of no bytes, for which a key is made all the same",
    proofs: [exported("is protected by more than its checksum: a forger who corrects that gets no further")]
  },
  {
    attack: "an export with any byte changed or bytes cut off, its checksum mended",
    proofs: [
      exported("does not open with any byte of it changed"),
      exported("does not open cut off at any length, or with more behind it"),
      exported("is protected by more than its checksum: a forger who corrects that gets no further")
    ]
  },
  {
    attack: "an export whose base64 is spelt in another way",
    proofs: [exported("is protected by more than its checksum: a forger who corrects that gets no further")]
  },
  {
    attack: "devices and files of a gigabyte in the place of an export or a site file",
    proofs: [
      named,
      test("files/namedFile", "may say that it has no bytes, and is held to its limit by those that come")
    ]
  },
  {
    attack: "pipes in the place of an export, a site file or a body of a scenario",
    proofs: [
      signals,
      test("files/namedFile", "keeps nobody waiting who has lost patience, though nobody writes to it"),
      test("faults/apart", "is refused: …")
    ]
  },
  {
    attack: "passphrases that are empty or short, and a file with one that all may read",
    proofs: [transfer("with … writes nothing"), transfer("says where others can read the file with the passphrase")]
  },
  {
    attack: "an export onto a device or a pipe",
    proofs: [
      transfer("does not replace a pipe or a folder, and leaves no draft"),
      test("files/wholeFile", "does not take the place of a pipe, a folder or a device")
    ]
  },
  {
    attack: "an export onto a link, a folder, a file, into a folder that is missing",
    proofs: [
      transfer("overwrites only when it is told to, and never through a link or with the mode of the older file"),
      transfer("with … writes nothing")
    ]
  },
  {
    attack: "imported cookies for a bank, a public suffix, of 20 kB, 20,000 of them",
    proofs: [
      aBrokenText,
      jar("holds nothing that a session would not take"),
      test("attacks/suffixes", "give a site that calls one its own no cookie of others from a browser")
    ]
  },
  {
    attack: "42 spellings of the address of check_sig",
    proofs: [test("steps/Redirect", "sends nothing to …"), test("steps/Redirect", "sends the URL byte for byte")]
  },
  {
    attack: "Set-Cookie for public suffixes, others, addresses, with two domains, odd paths and dates",
    proofs: [
      jar("keeps cookies of the site's own domains only"),
      jar("sends the same cookies to every URL after any series of answers"),
      jar("never sends a Secure cookie over http, nor takes one from there")
    ]
  },
  {
    attack: "__Host- and __Secure- without what they promise",
    proofs: [jar("keeps what the prefix of a name promises, and nothing that breaks it"), aBrokenText]
  },
  {
    attack: "answers that no decent server gives: bombs, floods, smuggling, half of HTTP",
    proofs: [
      test("attacks/answers", "with … ends, as what it is or as an error"),
      test("http/QqHttp", "ends … as …, and closes the connection")
    ]
  },
  {
    attack: "a surplus answer on a connection that is kept alive, taken for that to the next request",
    proofs: [],
    notOurs:
      "Node's http client does so; it reaches only requests to the host that sent it, which could answer them anyway"
  },
  {
    attack: "certificates of others, over, signed by nobody; TLS 1.0, 1.1, ciphers without any",
    proofs: [test("attacks/certificates", "…")]
  },
  {
    attack: "NODE_TLS_REJECT_UNAUTHORIZED=0",
    proofs: [],
    notOurs: "whoever sets it asked for it; Node warns, and SECURITY.md names it"
  },
  {
    attack: "a proxy that is named: nothing goes past it",
    proofs: [
      test("attacks/command", "by …=…:…, there is no connection but through it, and no name is asked for elsewhere")
    ]
  },
  {
    attack: "text of a server that took quadratic time",
    proofs: [
      test("regressions/0012-texts-that-took-minutes", "server text of repeats of …"),
      test("errors/LoginError", "shortens what a server says at length, and does so at once"),
      patterns
    ]
  },
  {
    attack: "all other patterns and readers with text of servers, and random pictures",
    proofs: [
      patterns,
      test("patterns", "that are made of what turns up take linear time as well"),
      test("qr/PngReader", "gives a reason for a picture with any byte changed, but never another code")
    ]
  },
  {
    attack: "secrets in what a program prints of a session, in traces of faults, in profiles",
    proofs: [
      test("faults/canaries", "is in nothing that Node prints of a program that dies of what came out of …"),
      test("faults/canaries", "is in no log, span, metric, error, session or output, however it is written"),
      part("what Node can be made to tell of itself")
    ],
    notOurs:
      "NODE_DEBUG=http, https and net tell of requests as they are: whoever sets them asked for it; SECURITY.md says so"
  },
  {
    attack: "Node's trace of events, switched on for requests",
    proofs: [],
    notOurs: "whoever switches it on asks for the requests as they are; SECURITY.md says so"
  },
  {
    attack: "a compile cache that another user has planted",
    proofs: [
      test("launcher", "keeps its cache in a folder that is closed to others whatever the umask is"),
      test("launcher", "takes no code from one that others could write to: mode …"),
      test("launcher", "takes none from the folder of another user")
    ]
  },
  {
    attack: "the picture of a code under any umask, in the place of others' files and links, after a kill",
    proofs: [
      test("cli/qr", "is its owner's alone, in a folder of its owner's alone, and is gone with it at the end"),
      test("cli/qr", "is refused before anything is sent: a link, a folder, a folder that is missing"),
      test("files/wholeFile", "is its owner's alone whatever the umask is, unless it is for others")
    ]
  },
  {
    attack: "a draft whose name was guessed and taken",
    proofs: [test("files/wholeFile", "has a name that nobody can take before us")]
  },
  {
    attack: "signals while something takes long, with a picture of a code on the disk",
    proofs: [
      signals,
      test(
        "faults/signals",
        "ends the command within a second, wherever it meets it: no file stays, no connection, and the last line says so"
      ),
      part("a name server that never answers"),
      part("an export with the dearest key")
    ]
  },
  {
    attack: "bodies of a scenario that lead out of it",
    proofs: [test("replay/Scenario", "… is named with its place"), test("faults/apart", "is refused: …")]
  },
  {
    attack: "scenarios that are deep, hold __proto__, hostile headers, or times 2^53",
    proofs: [
      test("replay/Scenario", "… is named with its place"),
      har("does not make more entries than anybody looks at, however often a scenario says that an exchange comes")
    ]
  },
  {
    attack: "a pattern of a scenario that takes for ever",
    proofs: [test("replay/format/Pattern", "…")]
  },
  {
    attack: "fixtures serve: names pointed here, dot segments, odd schemes, smuggling, 3,000 slow connections",
    proofs: [
      server("…: … gives …, and what is refused does not count"),
      test("loopback/guard", "is refused: …"),
      part("three thousand connections that say little")
    ]
  },
  {
    attack: "fixtures serve: a request of a page of another site",
    proofs: [server("…: … gives …, and what is refused does not count"), test("loopback/guard", "is refused: …")]
  },
  {
    attack: "fixtures serve: bodies without end, thousands of logins",
    proofs: [
      server("reads no body without end, says so, and goes on with others"),
      server("holds no more logins than it says, and those that it has go on")
    ]
  },
  {
    attack: "HARs that are empty, in other encodings, deep, huge, full of cookies, with secrets in other clothes",
    proofs: [
      har("takes as many cookies as anybody likes from before the login, and keeps none"),
      test("attacks/files", "that is … is read, or refused in words, and nothing else is left"),
      test(
        "replay/record/Scrub",
        "writes nothing where a secret is left that it cannot rewrite, and names the place but not the value"
      )
    ]
  },
  {
    attack: "deep JSON in an answer or a form of a HAR or a recording",
    proofs: [test("regressions/0012-texts-that-took-minutes", "…")]
  },
  {
    attack: "a value of backslashes in a HAR or a recording",
    proofs: [test("regressions/0012-texts-that-took-minutes", "…")]
  },
  {
    attack: "site files with ESC, deep, of 3 MB, with keys that nobody knows",
    proofs: [
      test("cli/sites", "refuses …, and names the place in both languages"),
      test("attacks/files", "that is … is refused in words")
    ]
  },
  {
    attack: "Redis: line ends in names, wrong types, junk, keys of others, eight who write at once, times to live",
    proofs: [
      kept("loses no change that two machines make"),
      kept("neither lists nor touches what else lies in that Redis"),
      aBrokenText
    ]
  },
  {
    attack: "Redis killed in the midst of something",
    proofs: [kept("is told, however little it is: …"), part("a Redis that is killed in the midst of a change")]
  },
  {
    attack: "thousands of logins and sessions kept for long against a server in a bad state",
    proofs: [],
    notOurs: "`npm run attacks -- --soak MINUTES`: it takes as long as one wants, and is no part of a run"
  },
  {
    attack: "dependencies that run a script when they are installed, or float",
    proofs: [test("attacks/supply", "that a user gets are few, exact, and run nothing when they are installed")]
  },
  {
    attack: "entries of the lock file without a hash",
    proofs: [test("attacks/supply", "of the lock file have a hash each, those of other platforms too")]
  }
]

/** Numbered as they were tried. */
export const attacks: ReadonlyArray<Row> = rows.map((row, index) => ({ no: index + 1, ...row }))
