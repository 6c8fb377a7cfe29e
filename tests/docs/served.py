"""A redis-server with the data of tests/data/seed.jsonl and a fullon-cache-server over it, both on free ports.

As a program: served.py SERVER COMMAND... runs COMMAND with "{url}" replaced by the server's address.
"""
import contextlib
import datetime
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

DEADLINE = 30  # seconds, for everything that is waited for


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def eventually(what, test):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = test()
        if found:
            return found
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {DEADLINE} s")


class Redis:
    """Just enough of the protocol to write with."""

    def __init__(self, port):
        self.port = port
        self.connection = eventually("redis-server answers", self.connect)

    def connect(self):
        try:
            return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)
        except OSError:
            return None

    def __call__(self, *words):
        message = b"*%d\r\n" % len(words)
        for word in words:
            data = str(word).encode()
            message += b"$%d\r\n%s\r\n" % (len(data), data)
        self.connection.sendall(message)
        answer = b""
        while not answer.endswith(b"\r\n"):
            received = self.connection.recv(4096)
            if not received:
                raise ConnectionError("redis-server has closed the connection")
            answer += received
        if answer.startswith(b"-"):
            raise RuntimeError(f"{words[0]}: {answer.decode()}")


def seed(redis):
    data = pathlib.Path(__file__).parent.parent / "data" / "seed.jsonl"
    for line in data.read_text().splitlines():
        if line.strip():
            redis(*json.loads(line))
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    redis("SET", "TRADE:STATUS:binance", now)
    # What the documents' examples ask for, so that trying one out finds something.
    ticker = {"symbol": "BTC/USDT", "exchange": "binance", "price": 47000.5, "volume": 1275.0, "bid": 47000.25,
              "ask": 47000.75, "last": 47000.5, "time": now}
    redis("HSET", "tickers:binance", "BTC/USDT", json.dumps(ticker))
    redis("RPUSH", "ohlcv:BTCUSDT:1h", "[1640991600, 46900.0, 47100.0, 46850.5, 47000.5, 12.5]")
    process = {"process_type": "tick", "component": "ticker_daemon", "status": "running", "message": "Reading tickers",
               "params": {}, "created_at": now, "updated_at": now, "heartbeat": now}
    redis("SET", "process:data:tick:binance:1", json.dumps({"process_id": "tick:binance:1", **process}))
    redis("HSET", "process:active:tick", "tick:binance:1", now)


@contextlib.contextmanager
def child(command, **options):
    """Ends exactly the process that it began."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def served(server):
    """Yields the address of the server, such as http://127.0.0.1:1234."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ends:
        port = free_port()
        redis = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                 "--dir", folder]
        ends.enter_context(child(redis, stdout=subprocess.DEVNULL))
        seed(Redis(port))
        basics = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ}
        variables = {**basics, "REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(port), "WEBSOCKET_HOST": "127.0.0.1",
                     "LOG_LEVEL": "ERROR", "DOTENV_FILE": os.devnull}
        log = pathlib.Path(folder) / "server.out"
        with open(log, "wb") as out:
            command = [server, "--port", "0"]
            process = ends.enter_context(child(command, cwd=folder, env=variables, stdout=out))

        def address():
            if process.poll() is not None:
                raise RuntimeError(f"the server has ended with {process.returncode}")
            for line in log.read_text().splitlines():
                if line.startswith("listening on ws://"):
                    return "http://" + line.split()[2].removeprefix("ws://")
            return None

        yield eventually("the server listens", address)
        if process.poll() is not None:
            raise RuntimeError(f"the server has ended with {process.returncode}")


def main():
    with served(sys.argv[1]) as url:
        return subprocess.run([word.replace("{url}", url) for word in sys.argv[2:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
