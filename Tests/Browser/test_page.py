# SPDX-License-Identifier: Apache-2.0
"""The page at /ui in a real Chromium: what it shows, and that a record is never more than text.

Run by `make ui-test`. With PICTURES=DIRECTORY in the environment it leaves pictures there.
"""

import base64
import hashlib
import os
import pathlib
import shutil
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from service import Service, eventually

MARKUP = '{"message":"<img src=x onerror=\\"window.harmed=1\\"><script>window.harmed=1</script>"}'


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                     "--window-size=1280,1400", "--force-device-scale-factor=1"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=service)


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser()
        cls.addClassCleanup(cls.browser.quit)

    def serve(self, *arguments, **settings):
        service = Service("--workers", "2", *arguments, **({"ui_enabled": "true"} | settings))
        self.addCleanup(service.close)
        return service

    def open(self, service):
        self.browser.set_window_size(1280, 1400)
        self.browser.get("about:blank")
        # What was said of the test before.
        self.browser.get_log("browser")
        self.browser.get(service.url + "/ui")
        eventually("the first figures", lambda: self.text("written") != "–")

    # What is on the page.

    def find(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        """At one moment: the page draws itself anew each second."""
        return self.browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)",
            selector)

    def press(self, key):
        """Whatever has the focus gets it; returns what has it then."""
        ActionChains(self.browser).send_keys(key).perform()
        return self.browser.execute_script(
            "const one = document.activeElement; return one.id || one.localName")

    def text(self, identifier):
        return self.browser.execute_script(
            "return document.getElementById(arguments[0]).textContent", identifier)

    def lines(self):
        return self.texts("#tail p")

    def choose(self, stream):
        """By the keyboard, as somebody without a mouse does."""
        eventually(f"the stream {stream}", lambda: self.find(f'#stream option[value="{stream}"]'))
        select = self.find("#stream")[0]
        select.send_keys(stream)
        eventually(f"{stream} is chosen", lambda: select.get_property("value") == stream)

    def picture(self, name):
        if directory := os.environ.get("PICTURES"):
            pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
            self.browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
            shot = self.browser.execute_cdp_cmd(
                "Page.captureScreenshot", {"captureBeyondViewport": True})
            pathlib.Path(directory, f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def assert_no_complaints(self):
        complaints = [entry["message"] for entry in self.browser.get_log("browser")
                      if "favicon" not in entry["message"]]
        self.assertEqual(complaints, [])

    # The tests.

    def test_shows_what_is_counted(self):
        service = self.serve()
        self.open(service)
        service.post(*({"n": number} for number in range(40)))
        service.post("nonsense", {"n": 40})
        eventually("41 records", lambda: self.text("written") == "41")
        self.assertEqual(self.text("rejected"), "1")
        eventually("a time to answer", lambda: self.text("p99") != "–")
        self.assertEqual(self.text("state"), "all is well")
        self.assertEqual(len(self.find("#workers tr")), 2)
        reason = eventually("a reason", lambda: self.texts("#troubles tr"))
        self.assertIn("invalid_json", reason[0])
        eventually("the stream of rejected records",
                   lambda: "app.rejected" in self.texts("#streams b"))
        self.assert_no_complaints()

    def test_shows_a_record_as_text_whatever_it_holds(self):
        service = self.serve()
        self.open(service)
        service.post({"message": "first"}, MARKUP, '{"message":"ä 🪵 \\u2028"}')
        eventually("the records", lambda: len(self.lines()) == 3)
        self.assertEqual(
            self.lines(), ['{"message": "first"}', MARKUP, '{"message":"ä 🪵 \\u2028"}'])
        self.assertEqual(self.find("#tail *:not(p)"), [])
        self.assertIsNone(self.browser.execute_script("return window.harmed"))
        self.assert_no_complaints()

    def test_runs_no_script_but_its_own(self):
        self.open(self.serve())
        self.browser.execute_script("""
            document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="harmed = 1">');
            const script = document.createElement('script');
            script.textContent = 'window.harmed = 1';
            document.body.append(script);
        """)
        def violations():
            return [entry for entry in self.browser.get_log("browser")
                    if "Content Security Policy" in entry["message"]]
        self.assertTrue(eventually("the browser's complaint", violations))
        self.assertIsNone(self.browser.execute_script("return window.harmed"))

    def test_follows_a_rollover_and_another_stream(self):
        service = self.serve("--max-bytes", "200")
        self.open(service)
        service.post({"n": 1})
        eventually("a record", lambda: self.lines() == ['{"n": 1}'])
        service.post({"long": "x" * 190})
        eventually("the new file", lambda: len(self.lines()) == 3)
        self.assertIn("rolled over", self.lines()[1])
        service.post({"from": "web"}, stream="web")
        self.choose("web")
        eventually("the other stream", lambda: self.lines() == ['{"from": "web"}'])

    def test_keeps_what_is_shown_bounded(self):
        service = self.serve()
        self.open(service)
        for _ in range(4):
            service.post(*({"n": number} for number in range(2000)))
            before = len(self.lines())
            eventually("more", lambda: len(self.lines()) != before or before >= 500)
        self.assertLessEqual(len(self.lines()), 2000)

    def test_leaves_whoever_has_scrolled_up(self):
        service = self.serve()
        self.open(service)
        service.post(*({"n": number} for number in range(100)))
        eventually("the records", lambda: len(self.lines()) == 100)
        end = "const tail = document.getElementById('tail');"
        distance = end + "return tail.scrollHeight - tail.clientHeight - tail.scrollTop"
        self.assertLess(self.browser.execute_script(distance), 2)
        self.browser.execute_script(end + "tail.scrollTop = 100")
        service.post({"n": 100})
        eventually("one more", lambda: len(self.lines()) == 101)
        self.assertEqual(self.browser.execute_script(end + "return tail.scrollTop"), 100)
        self.browser.execute_script(end + "tail.scrollTop = tail.scrollHeight")
        service.post({"n": 101})
        eventually("another", lambda: len(self.lines()) == 102)
        eventually("the end", lambda: self.browser.execute_script(distance) < 2)

    def test_works_by_the_keyboard(self):
        service = self.serve()
        self.open(service)
        service.post({"n": 1})
        eventually("a stream", lambda: self.find("#streams summary"))
        seen = []
        while "tail" not in seen and len(seen) < 12:
            seen.append(self.press(Keys.TAB))
            if seen[-1] == "summary":
                self.press(Keys.ENTER)
                self.assertTrue(self.find("#streams details[open]"))
        self.assertEqual(seen, ["summary", "stream", "pause", "clear", "tail"])
        pause = self.find("#pause")[0]
        pause.send_keys(Keys.SPACE)
        self.assertEqual(pause.get_attribute("aria-pressed"), "true")
        before = self.lines()
        service.post({"n": 2})
        eventually("two records", lambda: self.text("written") == "2")
        self.assertEqual(self.lines(), before)
        pause.send_keys(Keys.SPACE)
        eventually("the second record", lambda: '{"n": 2}' in self.lines())
        # What is open stays open when the list is read anew.
        service.post({"n": 1}, stream="web")
        eventually("another stream", lambda: len(self.find("#streams details")) == 2)
        self.assertTrue(self.find('#streams details[open][data-name="app"]'))

    def test_asks_for_a_token_where_one_is_needed(self):
        secret = "cw_the-secret-of-who-watches"
        digest = hashlib.sha256(secret.encode()).hexdigest()
        with tempfile.NamedTemporaryFile("w", prefix="cordwood-") as tokens:
            tokens.write(f"watcher sha256:{digest} - observe\n")
            tokens.flush()
            service = self.serve(auth_tokens_file=tokens.name, observation_access="token")
            self.browser.get(service.url + "/ui")
            form = self.find("#unlock")[0]
            eventually("the form", form.is_displayed)
            self.assertFalse(self.find("#content")[0].is_displayed())
            self.browser.switch_to.active_element.send_keys("wrong" + Keys.ENTER)
            eventually("the refusal", lambda: "not" in self.text("why"))
            eventually("the field again", form.is_displayed)
            self.browser.switch_to.active_element.send_keys(secret + Keys.ENTER)
            eventually("figures", lambda: self.text("written") == "0")
            # Once the streams and the tail have come as well.
            eventually("the page instead of the form", lambda: not form.is_displayed())
            # It is kept by the tab, not by the browser.
            self.browser.refresh()
            eventually("figures again", lambda: self.text("written") == "0")
            stored = self.browser.execute_script("return [localStorage.length, document.cookie]")
            self.assertEqual(stored, [0, ""])

    def test_says_when_the_service_is_gone(self):
        service = self.serve()
        self.open(service)
        service.stop()
        eventually("that it is gone", lambda: self.text("state") == "does not answer")

    def test_fits_a_phone_and_the_dark(self):
        service = self.serve("--max-bytes", "4000", compression_enabled="true")
        self.open(service)
        backgrounds = []
        for turn in range(24):
            service.post(*({"time": f"12:00:{turn:02}", "level": "info", "message": "request",
                            "path": "/cart", "took_ms": n} for n in range(10 + turn % 7)))
            service.post({"level": "warn", "message": MARKUP}, stream="shop")
            service.post("nonsense", "[1,2]")
            eventually("another second", lambda: self.text("rate") != "–", 5)
            self.browser.execute_async_script("setTimeout(arguments[0], 500)")
        for name, scheme, width in [("light", "light", 1280), ("dark", "dark", 1280),
                                    ("phone", "dark", 390), ("narrow", "light", 360)]:
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                "features": [{"name": "prefers-color-scheme", "value": scheme}]})
            self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False})
            backgrounds.append(self.browser.execute_script(
                "return getComputedStyle(document.body).backgroundColor"))
            overflow = self.browser.execute_script(
                "return document.documentElement.scrollWidth - window.innerWidth")
            self.assertLessEqual(overflow, 0, f"{name} is too wide")
            self.picture(name)
        self.assertNotEqual(backgrounds[0], backgrounds[1])
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


if __name__ == "__main__":
    unittest.main()
