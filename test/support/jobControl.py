"""A shell in a terminal of its own, in which the command is stopped by Ctrl-Z and goes on with fg: jobControl.py COMMAND …

Prints what the terminal was sent, in three parts: until it is stopped, until it goes on, and until it is drawn again.
"""
import json, os, pty, select, shlex, sys, fcntl, struct, termios

pid, terminal = pty.fork()
if pid == 0:
    os.environ["PS1"] = "$ "
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))


def until(text):
    got = b""
    while text.encode() not in got:
        if not select.select([terminal], [], [], 50)[0]:
            sys.exit("nothing more came: " + repr(got))
        got += os.read(terminal, 65536)
    return got.decode("utf8", "replace")


def type(text):
    os.write(terminal, text.encode())


caption = "scan this code"
until("$ ")
type(" ".join(map(shlex.quote, sys.argv[1:])) + "\n")
shown = until(caption)
type("\x1a")
stopped = until("Stopped")
type("fg\n")
again = until(caption)
type("\x03")
until("interrupted")
print(json.dumps([shown, stopped, again]))
