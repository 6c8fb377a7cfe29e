"""Our client with a server of Python's package websockets: client.py BIN_DIR. The client is the program of README.md."""
import asyncio
import json
import sys

import websockets

DEADLINE = 30
UPDATES = 10


def ticker(price):
    return {"exchange": "binance", "symbol": "BTC/USDT", "price": price, "volume": 1.0, "timestamp": 1640995200.5,
            "bid": price, "ask": price, "last": price}


def pieces(text, size):
    return [text[at:at + size] for at in range(0, len(text), size)]


class Cache:
    def __init__(self):
        self.asked = []
        self.close_code = None

    async def answer(self, ws, request, result):
        text = json.dumps({"request_id": request["request_id"], "success": True, "result": result,
                           "metrics": {"duration_ms": 0.1, "cache_hit": True, "source": "redis"}})
        pong = await ws.ping(b"\x00\xff")
        await ws.send(pieces(text, 7))  # in fragments
        await asyncio.wait_for(pong, DEADLINE)

    async def __call__(self, ws):
        async for text in ws:
            request = json.loads(text)
            self.asked.append(request["operation"])
            if request["operation"] == "get_ticker":
                await self.answer(ws, request, ticker(0.5))
            elif request["operation"] == "stream_tickers":
                await self.answer(ws, request, {"stream_key": "s1", "topics": ["tickers:binance:BTC/USDT"],
                                                "epoch": "1", "delivery": "exact"})
                for number in range(UPDATES):
                    extra = {"snapshot": True, "stream_key": "s1"} if number == 0 else {}
                    await ws.send(json.dumps({"type": "ticker_update", **ticker(number + 1.5), **extra,
                                              "update_id": number}))
                    if number == 0:
                        await ws.send(json.dumps({"type": "snapshot_end", "stream_key": "s1", "items": 1}))
            else:
                await self.answer(ws, request, {})
        self.close_code = ws.close_code


async def check(program):
    cache = Cache()
    async with websockets.serve(cache, "127.0.0.1", 0) as server:
        sockets = getattr(server, "sockets", None) or server.server.sockets
        url = f"ws://127.0.0.1:{sockets[0].getsockname()[1]}"
        client = await asyncio.create_subprocess_exec(program, url, stdout=asyncio.subprocess.PIPE)
        try:
            out, _ = await asyncio.wait_for(client.communicate(), DEADLINE)
        finally:
            if client.returncode is None:
                client.kill()
                await client.wait()
    expected = ["BTC/USDT 0.5"] + [f"{'now: ' if i == 0 else 'live:'} BTC/USDT {i + 1.5}" for i in range(UPDATES)]
    assert client.returncode == 0 and out.decode().splitlines() == expected, out.decode()
    assert cache.asked[:2] == ["get_ticker", "stream_tickers"], cache.asked
    assert cache.close_code == 1000, cache.close_code


if __name__ == "__main__":
    asyncio.run(check(sys.argv[1] + "/first_client"))
    print("our client and a server of websockets", websockets.__version__, "understand each other")
