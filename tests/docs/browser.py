"""Opens /docs and /redoc of a seeded server in headless Chromium, tries a call out, and takes screenshots.

browser.py SERVER FOLDER: the screenshots go into FOLDER. Exit codes: 0 fine, 1 not, 77 skipped.
"""
import base64
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import served

TRY = "get_ticker"


class Browser:
    """A session of chromedriver, by plain HTTP (W3C WebDriver)."""

    def __init__(self, driver, profile):
        self.driver = driver
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--window-size=1400,1600",
                     f"--user-data-dir={profile}"]
        wanted = {"goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.session = ""
        self.session = "/session/" + self.ask("/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.driver + self.session + path, data, {"Content-Type": "application/json"},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=served.DEADLINE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            raise RuntimeError(f"{path}: {problem.read().decode()[:500]}") from None

    def open(self, url):
        self.ask("/url", {"url": url})

    def run(self, script, *arguments):
        return self.ask("/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, what, script, *arguments):
        return served.eventually(what, lambda: self.run(script, *arguments))

    def click(self, what, selector):
        self.wait(what, "const e = document.querySelector(arguments[0]); if (!e) return false;"
                        "e.scrollIntoView(); e.click(); return true;", selector)

    def screenshot(self, file):
        file.write_bytes(base64.b64decode(self.ask("/screenshot")))
        print(f"screenshot: {file}")

    def log(self, kind):
        return self.ask("/se/log", {"type": kind})

    def end(self):
        self.ask("", method="DELETE")


def requested(browser):
    """What pages have asked for since the last call: addresses."""
    asked = []
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    return asked


def foreign(addresses, url):
    return [one for one in addresses if not one.startswith((url, "data:", "blob:", "about:", "chrome"))]


def try_out(browser, url, folder):
    """Swagger UI: one call, and the answer that it shows."""
    browser.open(url + "/docs")
    block = f"#operations-tickers-{TRY}"
    browser.click("the operation is shown", f"{block} .opblock-summary-control")
    browser.click("it can be tried out", f"{block} .try-out__btn")
    browser.click("it can be executed", f"{block} .btn.execute")
    shown = browser.wait("the answer is shown",
                         "const e = document.querySelector(arguments[0]); return e && e.innerText;",
                         f"{block} .live-responses-table .response-col_description .highlight-code")
    status = browser.run("return document.querySelector(arguments[0]).innerText;",
                         f"{block} .live-responses-table tbody .response-col_status")
    browser.run("document.querySelector(arguments[0]).scrollIntoView();", block)
    browser.screenshot(folder / "docs.png")
    assert "47000.5" in shown and "cached_at" in shown, shown
    assert status.strip().startswith("200"), status
    count = browser.run("return document.querySelectorAll('.opblock').length;")
    return count


def read_redoc(browser, url, folder):
    browser.open(url + "/redoc")
    text = browser.wait("every operation is shown",
                        "const t = document.body.innerText; return t.includes(arguments[0]) && t;",
                        "The latest ticker of a symbol on an exchange.")
    assert "Something went wrong" not in text, text[:500]
    browser.wait("the operation is in the menu",
                 "return [...document.querySelectorAll('li[data-item-id]')].length > 10;")
    browser.run("document.querySelector(arguments[0]).scrollIntoView();", f'[id="tag/tickers/operation/{TRY}"]')
    time.sleep(0.5)  # for the picture only: the menu follows
    browser.screenshot(folder / "redoc.png")


def check(browser, url, folder):
    with urllib.request.urlopen(url + "/docs", timeout=served.DEADLINE) as page:
        if b"swagger-ui-bundle.js" not in page.read():
            print("skipped: this build has no documentation assets (cmake/setup.sh fetches them where npm is there)")
            return 77
    with urllib.request.urlopen(url + "/openapi.json", timeout=served.DEADLINE) as answer:
        document = json.load(answer)
    expected = sum(len(item) for item in document["paths"].values())
    count = try_out(browser, url, folder)
    assert count == expected, f"/docs shows {count} operations of {expected}"
    strangers = foreign(requested(browser), url)
    assert not strangers, f"/docs asked for {strangers}"
    errors = [one["message"] for one in browser.log("browser") if one["level"] == "SEVERE"]
    assert not errors, errors

    read_redoc(browser, url, folder)
    # Redoc's mark would be a picture from elsewhere, which the page's policy forbids.
    strangers = [one for one in foreign(requested(browser), url) if "logo" not in one]
    assert not strangers, f"/redoc asked for {strangers}"
    errors = [one["message"] for one in browser.log("browser") if one["level"] == "SEVERE" and "logo" not in one["message"]]
    assert not errors, errors
    print(f"/docs showed {count} operations, tried {TRY} and showed its answer; /redoc showed them too")
    return 0


def main():
    server, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    for program in ("chromedriver", "chromium"):
        if not shutil.which(program):
            print(f"skipped: no {program} here (packages chromium and chromium-driver)")
            return 77
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, served.served(server) as url:
        port = served.free_port()
        with served.child(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL):
            address = f"http://127.0.0.1:{port}"
            served.eventually("chromedriver is ready", lambda: ready(address))
            browser = Browser(address, profile)
            try:
                return check(browser, url, folder)
            finally:
                browser.end()


def ready(address):
    try:
        with urllib.request.urlopen(address + "/status", timeout=5) as answer:
            return json.load(answer)["value"]["ready"]
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
