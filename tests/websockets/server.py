"""Our server with a client of Python's package websockets: server.py BIN_DIR."""
import asyncio
import json
import sys

import served
import websockets


async def soon(waited_for):
    return await asyncio.wait_for(waited_for, served.DEADLINE)


async def ask(ws, request_id, operation, params=None):
    await ws.send(json.dumps({"request_id": request_id, "operation": operation, "params": params or {}}))
    answer = json.loads(await soon(ws.recv()))
    assert answer["request_id"] == request_id, answer
    return answer


async def talk(url):
    async with websockets.connect(url, max_size=None) as ws:
        ticker = {"exchange": "binance", "symbol": "BTC/USDT"}
        answer = await ask(ws, "é€😀", "get_ticker", ticker)
        assert answer["result"]["price"] == 47000.5, answer
        for payload in (b"", b"\x00\xff\xfe", b"x" * 125):
            await soon(await ws.ping(payload))

        # In fragments, pings and an empty one between them.
        text = json.dumps({"request_id": 7, "operation": "get_ticker", "params": ticker})
        pongs = []

        async def fragments():
            for part in (text[:5], "", text[5:40], text[40:]):
                yield part
                pongs.append(await ws.ping())

        await ws.send(fragments())
        answer = json.loads(await soon(ws.recv()))
        assert answer["request_id"] == 7 and answer["success"], answer
        for pong in pongs:
            await soon(pong)

        # Each form of a size, as far as a request may have it; and one that is over the limit, behind which all goes on.
        for size in (0, 1, 125, 126, 127, 1000, 60000):
            answer = await ask(ws, "large", "get_ticker", {**ticker, "exchange": "x" * size})
            assert not answer["success"], answer
        answer = await ask(ws, "over", "get_ticker", {**ticker, "exchange": "x" * 70000})
        assert answer["error_code"] == "LIMIT_EXCEEDED", answer
        large = await ask(ws, 8, "list_operations")
        assert large["success"] and len(json.dumps(large)) > 30000, large
    assert ws.close_code == 1000, ws.close_code


async def close_with(url, code):
    ws = await websockets.connect(url)
    await soon(ws.close(code, "bye"))
    assert ws.close_code == code, ws.close_code


async def closed_for_binary(url):
    async with websockets.connect(url) as ws:
        await ws.send(b"\x00\xff")
        await soon(ws.wait_closed())
        assert ws.close_code == 1003, ws.close_code


async def check(url):
    await talk(url)
    for code in (1000, 1001, 3000, 4999):
        await close_with(url, code)
    await closed_for_binary(url)


if __name__ == "__main__":
    with served.served(sys.argv[1] + "/fullon-cache-server") as address:
        asyncio.run(check(address.replace("http:", "ws:")))
    print("a client of websockets", websockets.__version__, "and our server understand each other")
