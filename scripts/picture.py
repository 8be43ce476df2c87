#!/usr/bin/env python3
"""Draws what a watchdog command shows on a terminal, with the demo clusters, as an SVG:

    scripts/picture.py hpa check -n shop >docs/check.svg
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
from xml.sax.saxutils import escape

COLUMNS, ROWS, LINE, WIDTH = 100, 50, 19, 8.43
WATCHDOG = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "debug", "watchdog")
# CSS classes by SGR parameter. Other parameters are ignored.
CLASSES = {"1": "b", "2": "d", "31": "r", "32": "g", "33": "y", "34": "l", "35": "m", "36": "c"}
STYLE = """
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre }
  rect { fill: #f6f8fa; stroke: #d0d7de }
  .b { font-weight: bold } .d { fill: #59636e } .r { fill: #c2241c } .g { fill: #1a7f37 }
  .y { fill: #8a5a00 } .l, .c { fill: #0a5fb4 } .m { fill: #8250df }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } rect { fill: #0d1117; stroke: #30363d }
    .d { fill: #9198a1 } .r { fill: #ff7b72 } .g { fill: #56d364 } .y { fill: #e3b341 } .l, .c { fill: #79c0ff } .m { fill: #d2a8ff }
  }
"""


def spans(line):
    """Converts a line to the spans of an SVG text, at most COLUMNS wide."""
    out, classes, room = [], set(), COLUMNS
    for code, text in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b]+)", line):
        if text:
            shown, room = text[:room], room - len(text[:room])
            style = f' class="{" ".join(sorted(classes))}"' if classes else ""
            out.append(f"<tspan{style}>{escape(shown)}</tspan>")
            continue
        for number in code.split(";"):
            if number in ("", "0"):
                classes.clear()
            elif number == "22":
                classes -= {"b", "d"}
            elif number == "39":
                classes &= {"b", "d"}
            elif number in CLASSES:
                classes.add(CLASSES[number])
    return "".join(out)


def shown(command):
    """What the command writes to a terminal; progress goes elsewhere."""
    terminal, line = pty.openpty()
    fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    if os.fork() == 0:
        os.dup2(line, 1)
        os.close(terminal)
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        os.execve(WATCHDOG, [WATCHDOG, "demo", "--", "watchdog", *command], environment)
    os.close(line)
    text = b""
    try:
        while more := os.read(terminal, 65536):
            text += more
    except OSError:  # the end, on Linux
        pass
    os.wait()
    return text.decode().replace("\r\n", "\n").rstrip("\n").split("\n")


def main():
    title = " ".join(["$ watchdog", *sys.argv[1:]])
    lines = [f"\x1b[1m{title}\x1b[0m", *shown(sys.argv[1:])]
    width, height = round(COLUMNS * WIDTH + 32), len(lines) * LINE + 28
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">')
    print(f"<title>{escape(title)}</title><style>{STYLE}</style>")
    print(f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>')
    for number, line in enumerate(lines):
        print(f'<text x="16" y="{number * LINE + 28}" xml:space="preserve">{spans(line)}</text>')
    print("</svg>")


main()
