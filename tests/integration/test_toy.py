#!/usr/bin/python3
"""
A kind of source that the program does not have (tests/toy/toy.c) appears everywhere with its words. Its key, rule,
level, part, type, fact, endpoint and error stand in its own tables only.
"""
import json
import os
import subprocess
import sys
import unittest

import harness
from harness import Case, make_certificate

TOY = os.environ.get("TOY_EXPORTER", "")
INFO = "btp_certificate_info"


def toy_yaml(**settings):
    lines = ["sources:", "  - id: nora", "    kind: toy", "    poll_interval: 7d"]
    return "\n".join(lines + [f"    {key}: {json.dumps(str(value))}" for key, value in settings.items()]) + "\n"


class Kind(Case):
    def setUp(self):
        super().setUp()
        self.box = make_certificate(self.folder, "bear", days=50)
        self.state = self.folder / "state.json"

    def check(self, text):
        file = self.write("check.yml", text)
        done = subprocess.run([TOY, "--config.check", "--config.file", file], text=True, capture_output=True,
                              timeout=harness.PATIENCE)
        return done.returncode, done.stdout + done.stderr

    def started(self, **settings):
        exporter = self.exporter(toy_yaml(**settings), "--state.file", self.state, binary=TOY)
        exporter.ready()
        return exporter

    def test_configuration(self):
        code, text = self.check(toy_yaml(box=self.box, bricks=7))
        self.assertEqual(code, 0, text)
        code, text = self.check(toy_yaml(bricks=7))
        self.assertEqual(code, 2, text)
        self.assertIn('check.yml:2:5: source "nora": box: is missing: the file with the toys\n', text)
        self.assertIn("bricks: must be a whole number from 1 to 99, not \"100\"",
                      self.check(toy_yaml(box=self.box, bricks=100))[1])
        self.assertIn('brickz: unknown key, did you mean "bricks"?', self.check(toy_yaml(box=self.box, brickz=7))[1])
        self.assertIn("paths: is only valid for kind directory\n", self.check(toy_yaml(box=self.box, paths="x"))[1])
        self.assertIn("box: is only valid for kind toy\n", self.check(
            'sources:\n  - { id: a, kind: directory, paths: ["/x"], box: b }\n')[1])
        self.assertIn("kind: is missing: destination-service, cloud-connector, directory or toy\n",
                      self.check("sources:\n  - { id: a, box: b }\n")[1])
        self.assertIn('kind: must be destination-service, cloud-connector, directory or toy, not "plaything"; '
                      'did you mean "toy"?\n', self.check("sources:\n  - { id: a, kind: plaything, box: b }\n")[1])
        code, text = self.check("defaults: { bricks: 0 }\n" + toy_yaml(box=self.box))
        self.assertIn("defaults: bricks: must be a whole number from 1 to 99, not \"0\"", text)

    def test_outputs(self):
        exporter = self.started(box=self.box, bricks=7)
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_info", source="nora", kind="toy"), 1)
        self.assertEqual(metrics.value("btp_source_level_up", source="nora", level="nursery"), 1)
        self.assertEqual(metrics.labels(INFO, "level"), ["nursery"])
        self.assertEqual(metrics.labels(INFO, "type"), ["teddy"])
        # the family of its fact
        self.assertEqual(metrics.series("toy_bricks"), [({"source": "nora", "colour": "red"}, 7)])
        self.assertIn("# HELP toy_bricks Bricks in the box.\n# TYPE toy_bricks gauge\n", metrics.text)
        self.assertNotIn("sapcc_info{", metrics.text)
        # counters: of what was asked, and 0 for what can go wrong
        requests = metrics.series("btp_api_requests_total", source="nora")
        self.assertEqual({labels["endpoint"] for labels, _ in requests}, {"toy_box"})
        self.assertEqual(metrics.value("btp_api_requests_total", endpoint="toy_box", code_class="2xx"), 1)
        self.assertEqual(metrics.value("btp_api_request_duration_seconds_count", endpoint="toy_box"), 1)
        errors = [(labels["stage"], labels["reason"], value) for labels, value in metrics.series(
            "btp_source_errors_total", source="nora") if labels["stage"] != "state_file"]
        self.assertEqual(errors, [("fetch", "locked", 0)])
        # the filter of the API, and the page
        for kind, count in (("teddy", 1), ("binding", 0)):
            status, _, body = exporter.get(f"/api/v1/certificates?type={kind}")
            self.assertEqual(status, 200, body)
            self.assertEqual(len(json.loads(body)["certificates"]), count, kind)
        self.assertEqual(exporter.get("/api/v1/certificates?type=doll")[0], 400)
        status, _, page = exporter.get("/", headers={"Accept": "text/html"})
        self.assertEqual(status, 200)
        self.assertIn("<span>nora</span><small>nursery</small>", page)
        self.assertIn("<span>toy</span>", page)

    def test_state_file(self):
        exporter = self.started(box=self.box, bricks=7)
        self.assertEqual(exporter.stop(), 0)
        state = self.state.read_text()
        for word in ('"kind":"toy"', '"name":"nursery"', '"toys"', '"teddy"'):
            self.assertIn(word, state)
        # the box is gone: what the state file knows stays, and the error is counted
        self.box.rename(self.folder / "elsewhere.pem")
        exporter = self.started(box=self.box, bricks=7)
        metrics = exporter.metrics()
        self.assertEqual(metrics.value("btp_source_level_up", level="nursery"), 0)
        self.assertEqual(metrics.labels(INFO, "type"), ["teddy"])
        self.assertEqual(metrics.value("btp_source_errors_total", stage="fetch", reason="locked"), 1)
        self.assertEqual(metrics.value("btp_api_requests_total", endpoint="toy_box", code_class="4xx"), 1)


if __name__ == "__main__":
    sys.exit(unittest.main())
