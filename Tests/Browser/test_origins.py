# SPDX-License-Identifier: Apache-2.0
"""What a real Chromium lets the page of one origin send to a service of another.

Run by `make ui-test`. The page is that of a second service: another port is another origin.
"""

import unittest

from service import Service, eventually
from test_page import browser

# What became of a fetch: its status and what can be read of the answer, or that it failed.
FETCH = """
const [url, options, done] = arguments;
fetch(url, options).then(
    async (answer) => done({
        status: answer.status, type: answer.type, text: await answer.text(),
        id: answer.headers.get("X-Request-Id"), retry: answer.headers.get("Retry-After"),
    }),
    () => done("failed"));
"""
JSON = {"method": "POST", "headers": {"Content-Type": "application/json", "X-Request-Id": "page-1"},
        "body": '{"by":"fetch"}'}


class OriginsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser()
        cls.addClassCleanup(cls.browser.quit)
        cls.site = Service("--workers", "1", ui_enabled="true")
        cls.addClassCleanup(cls.site.close)

    def serve(self, **settings):
        """A service that the site's page speaks to."""
        service = Service("--workers", "1", ui_enabled="false", **settings)
        self.addCleanup(service.close)
        # A page whose policy lets it speak to others; the origin is the site's all the same.
        self.browser.get(self.site.url + "/livez")
        return service

    def fetch(self, service, path, options):
        return self.browser.execute_async_script(FETCH, service.url + path, options)

    def lines(self, service, stream="app"):
        file = service.directory / f"{stream}.log"
        return file.read_text().splitlines() if file.exists() else []

    def test_a_page_of_an_allowed_origin_sends_and_reads(self):
        for allowed in [self.site.url, f"https://shop.example,{self.site.url}", "*"]:
            service = self.serve(cors_allow_origins=allowed)
            answer = self.fetch(service, "/logs", JSON)
            self.assertEqual(answer["status"], 200)
            self.assertEqual(answer["type"], "cors")
            self.assertEqual(answer["id"], "page-1")
            self.assertIn('"accepted":1', answer["text"])
            put = self.fetch(service, "/logs/web", JSON | {"method": "PUT"})
            self.assertEqual(put["status"], 200)
            self.assertEqual(self.lines(service), ['{"by":"fetch"}'])
            self.assertEqual(self.lines(service, "web"), ['{"by":"fetch"}'])

    def test_it_reads_errors_too(self):
        service = self.serve(
            cors_allow_origins=self.site.url, streams_allow="app", limits_body_bytes="1024")
        for path, options, status in [
            ("/logs/other", {}, 403), ("/logs/NONE", {}, 404), ("/logs", {"body": '{"a"'}, 400),
            ("/logs", {"body": '{"a":"' + "a" * 2000 + '"}'}, 413),
        ]:
            answer = self.fetch(service, path, JSON | options)
            self.assertEqual(answer["status"], status)
            self.assertIn('"error"', answer["text"])

    def test_a_page_of_another_origin_does_not(self):
        for settings in [{}, {"cors_allow_origins": "https://shop.example"}]:
            service = self.serve(**settings)
            self.assertEqual(self.fetch(service, "/logs", JSON), "failed")
            self.assertEqual(self.lines(service), [])

    def test_how_the_service_is_stays_its_own(self):
        service = self.serve(cors_allow_origins="*")
        for path in ["/health", "/metrics", "/livez"]:
            self.assertEqual(self.fetch(service, path, {}), "failed")

    def test_cookies_are_not_asked_for(self):
        service = self.serve(cors_allow_origins=self.site.url)
        self.assertEqual(self.fetch(service, "/logs", JSON | {"credentials": "include"}), "failed")
        self.assertEqual(self.lines(service), [])

    def test_a_beacon_of_text_needs_nothing_and_one_of_json_is_not_sent(self):
        service = self.serve(cors_allow_origins=self.site.url)
        self.browser.execute_script(
            'navigator.sendBeacon(arguments[0], new Blob([\'{"by":"blob"}\'],'
            ' {type: "application/json"}))', service.url + "/logs")
        self.browser.execute_script(
            'navigator.sendBeacon(arguments[0], \'{"by":"beacon"}\')', service.url + "/logs")
        eventually("the beacon", lambda: self.lines(service))
        # Whatever would be sent of the first comes before what is sent now.
        self.assertEqual(self.fetch(service, "/logs", JSON)["status"], 200)
        self.assertEqual(self.lines(service), ['{"by":"beacon"}', '{"by":"fetch"}'])


if __name__ == "__main__":
    unittest.main()
