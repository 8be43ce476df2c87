"""Measurements of `forward` under failing applications, networks and kubectls. A module, not a program.

Each application runs in a separate process, so that clients and servers do not wait for one another.
"""

import contextlib
import ctypes
import json
import multiprocessing
import os
import signal
import socket
import statistics
import struct
import subprocess
import threading
import time

PATIENCE = 30
MIB = 1 << 20
CONTEXT = multiprocessing.get_context("fork")


# Applications. Each connection has a thread.


def lines(one):
    """Yields lines until the client closes its sending half."""
    held = b""
    while piece := one.recv(65536):
        held += piece
        while b"\n" in held:
            line, held = held.split(b"\n", 1)
            yield line


def reset_on_close(one):
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def postgres(one, _state):
    """Answers each line. Resets the connection when the client closes it, like Postgres over TLS."""
    for line in lines(one):
        one.sendall(b"row " + line + b"\n")
    reset_on_close(one)


def greets(one, _state):
    """Sends a greeting first, like MySQL."""
    one.sendall(b"g" * 80)
    for line in lines(one):
        one.sendall(b"row " + line + b"\n")


PATTERN = bytes(at % 251 for at in range(MIB - 1))


def stream(one, state):
    """Sends `state["stream"]` bytes of `PATTERN` after the client has sent a line."""
    # If the line were left unread, the close would become a reset.
    next(lines(one))
    left = state["stream"]
    while left > 0:
        piece = PATTERN[:left]
        one.sendall(piece)
        left -= len(piece)


def trickle(one, _state):
    """Sends 1 KiB every 20 ms until the client leaves."""
    while True:
        one.sendall(b"x" * 1024)
        time.sleep(0.02)


def payments(one, state):
    """Counts how often it executes each request id, and answers 10 ms later."""
    held = b""
    while b"\r\n\r\n" not in held:
        piece = one.recv(65536)
        if not piece:
            return
        held += piece
    path = held.split(b" ", 2)[1].decode()
    if path == "/executed":
        with state["lock"]:
            counts = state["executed"]
            body = json.dumps([len(counts), sum(1 for times in counts.values() if times > 1)])
    else:
        name = path.split("id=", 1)[1]
        with state["lock"]:
            state["executed"][name] = state["executed"].get(name, 0) + 1
        time.sleep(0.01)
        body = "done " + name
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    one.sendall((head + body).encode())


class Application:
    """A server on a local port that refuses connections until `up` is called."""

    def __init__(self, serve, **state):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.serve, self.state, self.process = serve, state, None

    def up(self):
        self.socket.listen(1024)
        self.process = CONTEXT.Process(target=self.accept, daemon=True)
        self.process.start()

    def accept(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.state |= {"lock": threading.Lock(), "executed": {}}
        while True:
            one, _ = self.socket.accept()
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.one, args=(one,), daemon=True).start()

    def one(self, one):
        with contextlib.suppress(OSError, ValueError, IndexError), one:
            self.serve(one, self.state)

    def close(self):
        if self.process:
            self.process.kill()
            self.process.join()
        self.socket.close()


# The network to the API server.


class Filter(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint)]


SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
# A filter that drops every packet before it is acknowledged.
DROP = Filter(6, 0, 0, 0)


def lose(one):
    """Makes a socket lose every incoming packet."""
    pointer = struct.pack("HL", 1, ctypes.addressof(DROP))
    one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, pointer)


def find(one):
    one.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, struct.pack("i", 0))


class Clients:
    """Clients that each send one request after another, and the results."""

    def __init__(self, act, count=2):
        self.act, self.results, self.over = act, [], threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        number = 0
        while not self.over.is_set():
            began, error = time.monotonic(), None
            try:
                self.act(f"{client}-{number}")
            except OSError as why:
                error = type(why).__name__
            self.results.append((began, time.monotonic(), error))
            number += 1
            # If each request fails immediately, do not spin.
            self.over.wait(0.02 if error else 0.002)

    def end(self):
        """Stops the clients. Returns the number of requests, the errors, and the longest successful one."""
        self.over.set()
        for thread in self.threads:
            thread.join()
        failed = [error for _, _, error in self.results if error]
        longest = max((end - began for began, end, error in self.results if not error), default=0)
        return len(self.results), failed, longest


def session(port, patience=PATIENCE):
    """Sends one query, reads the answer, and closes the connection."""
    with socket.create_connection(("127.0.0.1", port), patience) as one:
        one.sendall(b"select\n")
        answer = b""
        while not answer.endswith(b"\n"):
            piece = one.recv(4096)
            if not piece:
                raise ConnectionError("no answer")
            answer += piece
        one.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while one.recv(4096):
                pass


def greeted(port):
    with socket.create_connection(("127.0.0.1", port), 10) as one:
        left = 80
        while left > 0:
            piece = one.recv(left)
            if not piece:
                raise ConnectionError("no greeting")
            left -= len(piece)


def http(port, method, path):
    with socket.create_connection(("127.0.0.1", port), 10) as one:
        one.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode())
        answer, length = b"", None
        while length is None or len(answer) < length:
            piece = one.recv(65536)
            if not piece:
                raise ConnectionError("no whole answer")
            answer += piece
            if length is None and b"\r\n\r\n" in answer:
                head = answer.split(b"\r\n\r\n", 1)[0]
                size = head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
                length = len(head) + 4 + int(size)
        return answer.split(b"\r\n\r\n", 1)[1].decode()


class KubectlLoop:
    """The usual workaround: `while true; do kubectl port-forward …; done`, on one port."""

    def __init__(self, bench, target, port, namespace):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = [bench.kubectl, "port-forward", "--address", "127.0.0.1", "-n", namespace]
        self.command += [target, f"{self.port}:{port}"]
        self.env, self.child, self.over = bench.env, None, False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)

    def run(self):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        while not self.over:
            self.child = subprocess.Popen(self.command, env=self.env, **quiet)
            self.child.wait()

    def kill(self):
        self.child.kill()

    def close(self):
        self.over = True
        self.child.kill()
        self.thread.join()


class Faults:
    """The measurements. `bench` runs the programs and collects the rows."""

    def __init__(self, bench, applications):
        self.bench, self.applications = bench, applications
        self.options = bench.options

    def forward(self, name, *more, env=None):
        """Starts a forward to one of the applications and returns its local port."""
        return self.bench.start(f"svc/{name}", "80", "default", "--name", name, *more, env=env)

    def of(self, name):
        return next(one for one in self.bench.list()["forwards"] if one["name"] == name)

    def kubectls(self):
        return [one["pid"] for forward in self.bench.list()["forwards"] for one in forward["kubectls"]]

    def resets(self):
        """Measures sessions that the application resets while a stream is open."""
        count, size = self.options.sessions, self.options.stream_mib * MIB
        for isolate in ("auto", "always"):
            # Both use one pod and one forward; the first line tells the application which is which.
            port = self.bench.start("svc/hangup", "80", "default", "--name", "mixed", "--isolate", isolate)
            came, began = [0], time.monotonic()
            reader = threading.Thread(target=self.read_stream, args=(port, size, came))
            reader.start()
            # Let the stream begin, and the forward start a kubectl for further connections.
            time.sleep(2.5)
            waits, failed = self.sessions(port, count)
            beside = time.monotonic() - began
            reader.join()
            forward = self.of("mixed")
            what = f"{count} sessions, each reset, --isolate {isolate}:"
            self.bench.stop()
            longest = max(waits, default=PATIENCE)
            self.bench.row(f"{what} longest", ms(longest), "", "", "<= 500 ms", longest <= 0.5)
            self.bench.row(f"{what} refused or failed", str(len(failed)), "", "", "= 0", not failed)
            got = f"{came[0] / MIB:.0f} of {size / MIB:.0f} MiB"
            self.bench.row(f"{what} a stream beside them", got, "", "", "whole", came[0] == size)
            starts = forward["kubectlStarts"]
            self.bench.info(f"{what} kubectls started", f"{starts} in {beside:.0f} s")
        loop = KubectlLoop(self.bench, "svc/hangup", "80", "default")
        # The stream is the first connection.
        came = [0]
        reader = threading.Thread(target=self.read_stream, args=(loop.port, size, came))
        reader.start()
        time.sleep(2.5)
        waits, failed = self.sessions(loop.port, min(count, 30))
        loop.close()
        reader.join()
        what = f"{min(count, 30)} sessions with kubectl in a loop:"
        self.bench.info(f"{what} longest", "", ms(max(waits, default=PATIENCE)))
        self.bench.info(f"{what} refused or failed", "", str(len(failed)))
        self.bench.info(f"{what} a stream beside them", "", f"{came[0] / MIB:.0f} of {size / MIB:.0f} MiB")

    @staticmethod
    def sessions(port, count):
        waits, failed = [], []
        for _ in range(count):
            began = time.monotonic()
            try:
                session(port)
                waits.append(time.monotonic() - began)
            except OSError as why:
                failed.append(str(why))
                time.sleep(0.05)
        return waits, failed

    @staticmethod
    def read_stream(port, size, came):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE) as one:
            one.sendall(b"stream\n")
            while came[0] < size:
                piece = one.recv(MIB)
                if not piece:
                    return
                at = came[0] % len(PATTERN)
                for begin in range(0, len(piece), len(PATTERN)):
                    part = piece[begin : begin + len(PATTERN)]
                    if (PATTERN[at:] + PATTERN[:at])[: len(part)] != part:
                        raise ValueError(f"a wrong byte after {came[0]}")
                came[0] += len(piece)

    def killed(self):
        """Measures requests while kubectl is killed repeatedly."""
        ports = {
            "connected": self.forward("reset"),
            "GET": self.forward("echo", "--retry-idempotent"),
            "POST": self.bench.start("svc/bulk", "80", "default", "--name", "bulk"),
        }
        acts = {
            "connected": lambda _: greeted(ports["connected"]),
            "GET": lambda name: http(ports["GET"], "GET", f"/pay?id=g-{mark}-{name}"),
            "POST": lambda name: http(ports["POST"], "POST", f"/pay?id=p-{mark}-{name}"),
        }
        kills = 0
        for every in self.options.kill_every:
            mark = str(every)
            clients = {kind: Clients(act) for kind, act in acts.items()}
            until = time.monotonic() + self.options.kill_seconds
            while time.monotonic() < until:
                time.sleep(every)
                for pid in self.kubectls():
                    kills += 1
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            for kind, one in clients.items():
                asked, failed, longest = one.end()
                what = {
                    "connected": "server speaks first",
                    "GET": "GET with --retry-idempotent",
                    "POST": "POST",
                }[kind]
                what = f"kubectl killed every {every:g} s: {what}, of {asked}"
                if kind == "POST":
                    self.bench.info(f"{what} broken", str(len(failed)))
                    continue
                self.bench.row(f"{what} failed", str(len(failed)), "", "", "= 0", not failed)
                self.bench.info(f"{what} longest", ms(longest))
        executed, repeated = json.loads(http(self.applications["bulk"].port, "GET", "/executed"))
        what = f"of {executed} POSTs over {kills} kills, executed twice"
        self.bench.row(what, str(repeated), "", "", "= 0", repeated == 0)
        self.bench.stop()
        every = self.options.kill_every[0]
        loop = KubectlLoop(self.bench, "svc/echo", "80", "default")
        clients = Clients(lambda name: http(loop.port, "GET", f"/pay?id=k-{name}"))
        until = time.monotonic() + self.options.kill_seconds
        while time.monotonic() < until:
            time.sleep(every)
            loop.kill()
        asked, failed, longest = clients.end()
        loop.close()
        what = f"kubectl in a loop, killed every {every:g} s: GET, of {asked}"
        self.bench.info(f"{what} failed", "", str(len(failed)))
        self.bench.info(f"{what} longest", "", ms(longest))

    def networks(self):
        """Measures recovery from lost API connections, and from a network that goes away and returns."""
        proxy, env = self.bench.proxy()
        try:
            took = []
            for _ in range(min(self.options.runs, 3)):
                self.bench.ours("forward", "stop", "--all")
                port = self.forward("echo", env=env)
                http(port, "GET", "/pay?id=before")
                proxy.lose_open()
                began = time.monotonic()
                http_until(port, began + PATIENCE)
                took.append(time.monotonic() - began)
            what, worst = "the way to the API server lost: next answer", max(took)
            self.bench.row(what, ms(worst), "", "", "<= 5 s", worst <= 5)
            self.bench.ours("forward", "stop", "--all")
            port = self.forward("echo", env=env)
            http(port, "GET", "/pay?id=before")
            proxy.go_away()
            until = time.monotonic() + self.options.away_seconds
            while time.monotonic() < until:
                with contextlib.suppress(OSError):
                    try_once(port, 1)
            proxy.come_back()
            began = time.monotonic()
            http_until(port, began + PATIENCE)
            took = time.monotonic() - began
            what = f"network back after {self.options.away_seconds} s: next answer"
            self.bench.row(what, ms(took), "", "", "<= 1 s", took <= 1)
        finally:
            self.bench.stop()
            proxy.close()

    def late(self):
        """Measures the first answer of an application that comes up while a client polls."""
        late = self.applications["alertmanager"]
        port = self.bench.start("svc/alertmanager", "9093", "monitoring", "--name", "late")
        loop = KubectlLoop(self.bench, "svc/alertmanager", "9093", "monitoring")
        until = time.monotonic() + self.options.poll_seconds
        while time.monotonic() < until:
            for one in (port, loop.port):
                with contextlib.suppress(OSError):
                    session(one, 1)
            time.sleep(0.2)
        forward = self.of("late")
        late.up()
        began, took = time.monotonic(), {}
        while len(took) < 2 and time.monotonic() - began < PATIENCE:
            for one in {port, loop.port} - set(took):
                with contextlib.suppress(OSError):
                    session(one, 5)
                    took[one] = time.monotonic() - began
            time.sleep(0.02)
        loop.close()
        self.bench.stop()
        ours, theirs = (took.get(one, PATIENCE) for one in (port, loop.port))
        what = f"application up after {self.options.poll_seconds} s of polling: first answer"
        self.bench.row(what, ms(ours), ms(theirs), "", "<= 1 s", ours <= 1)
        starts = forward["kubectlStarts"]
        self.bench.info("kubectls started meanwhile", str(starts), "", f"{starts / self.options.poll_seconds:.1f}/s")

    def at_rest(self):
        """Checks that a forward returns to one kubectl after concurrent connections."""
        port = self.bench.start("svc/reset", "80", "default", "--name", "reset", "--isolate", "always")
        ones = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(6)]
        for one in ones:
            one.recv(80)
        most = len(self.of("reset")["kubectls"])
        for one in ones:
            one.close()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and len(self.of("reset")["kubectls"]) > 1:
            time.sleep(0.2)
        left = self.of("reset")["kubectls"]
        memory = sum(one["residentBytes"] or 0 for one in left) / MIB
        self.bench.stop()
        what = f"after 6 connections with {most} kubectls: kubectls at rest"
        self.bench.row(what, str(len(left)), "", "", "= 1", len(left) == 1)
        self.bench.info("memory of kubectl at rest", f"{memory:.0f} MiB")

    def many(self):
        """Checks that stopping one of many streaming forwards does not affect the others."""
        contexts = self.bench.contexts()[: self.options.forwards]
        ports = [
            self.bench.start("svc/prometheus-server", "80", "monitoring", "--context", context)
            for context in contexts
        ]
        distinct = sorted(set(ports))
        counts = dict.fromkeys(distinct, 0)
        broken = []

        def read(port):
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as one:
                one.sendall(b"\n")
                try:
                    while not over.is_set():
                        piece = one.recv(65536)
                        if not piece:
                            raise ConnectionError("ended")
                        counts[port] += len(piece)
                except OSError:
                    broken.append(port)

        over = threading.Event()
        threads = [threading.Thread(target=read, args=(port,)) for port in distinct]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + PATIENCE
        while min(counts.values()) == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        name = next(one["name"] for one in self.bench.list()["forwards"] if one["localPort"] == distinct[0])
        self.bench.ours("forward", "stop", name)
        before = dict(counts)
        time.sleep(2)
        on = sum(1 for port in distinct[1:] if counts[port] > before[port] and port not in broken)
        over.set()
        for thread in threads:
            thread.join()
        self.bench.stop()
        what = f"{len(distinct)} forwards that stream, one stopped: others that go on"
        self.bench.row(what, str(on), "", "", f"= {len(distinct) - 1}", on == len(distinct) - 1)

    def parts(self):
        return (self.resets, self.killed, self.networks, self.late, self.at_rest, self.many)


def try_once(port, patience):
    with socket.create_connection(("127.0.0.1", port), patience) as one:
        one.sendall(b"GET /pay?id=once HTTP/1.1\r\nHost: localhost\r\n\r\n")
        if not one.recv(100):
            raise ConnectionError("no answer")


def http_until(port, deadline):
    """Repeats a request until it is answered or the deadline has passed."""
    while True:
        with contextlib.suppress(OSError):
            return http(port, "GET", "/pay?id=again")
        if time.monotonic() > deadline:
            return None
        time.sleep(0.02)


def mixed(one, state):
    """Serves a stream to clients that request one, and sessions that are reset to others."""
    first = one.recv(6, socket.MSG_PEEK | socket.MSG_WAITALL)
    (stream if first == b"stream" else postgres)(one, state)


def applications(options):
    """Returns the applications by workload name, and the `--target` options of `watchdog demo`."""
    every = {
        "hangup": Application(mixed, stream=options.stream_mib * MIB),
        "reset": Application(greets),
        "echo": Application(payments),
        "bulk": Application(payments),
        "alertmanager": Application(postgres),
        "prometheus-server": Application(trickle),
    }
    places = {
        "alertmanager": "monitoring/alertmanager:9093",
        "prometheus-server": "monitoring/prometheus-server:9090",
    }
    words = []
    for name, one in every.items():
        words += ["--target", f"{places.get(name, f'default/{name}:8080')}=127.0.0.1:{one.port}"]
        if name != "alertmanager":
            one.up()
    return every, words


def ms(seconds):
    return f"{seconds * 1000:.0f} ms"


def median_of_ratios(ours, theirs):
    return statistics.median(one / other for one, other in zip(ours, theirs))
