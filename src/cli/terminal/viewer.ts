/**
 * `--qr open`: the picture in the viewer that the system has for pictures. It lies apart, since few ask for it.
 */
import open from "open"

/** Opens it. `failed` is called with the reason where nothing opens, at once or when the viewer ends by itself with a fault. */
export const view = async (file: string, failed: (why: string) => void): Promise<void> => {
  try {
    const viewer = await open(file)
    viewer.on("exit", (code) => {
      if (code !== null && code > 0) failed(String(code))
    })
  } catch (cause) {
    failed(String((cause as NodeJS.ErrnoException).code ?? "unknown"))
  }
}
