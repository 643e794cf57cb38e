"""
Thirty days of the landscape in the data folder of a Prometheus, within a minute or two: the clock of a real exporter
is moved (BTP_CERT_EXPORTER_NOW), and what it writes at each step becomes a sample of that time. Certificates are
renewed, a source is lost and comes back, a tunnel breaks, as the days go by.
"""
import copy
import re
import signal
import time

import harness
import landscape as landscapes
from harness import run, wait_for

INSTANCE = "exporter-1:9936"
HOUR = 3600
DAY = 24 * HOUR
# what a panel shows of the time before the last six hours; of single certificates only those that are renewed
LONG = re.compile(r"""(btp_certificate_status|btp_certificates|btp_source_(level_)?up|sapcc_(?!endpoint)|up\{
                     |btp_certificate_(expiry|not_before|info|store_earliest).*name="(shop-backend|gen-yearly)\.pem")""", re.VERBOSE)
SKEW = "sapcc_clock_skew_seconds"


def moments(now):
    """(time, whole page, refresh before) from thirty days ago until now: denser and denser."""
    last = now - now % 60 - 60
    for time_s in range(last - 30 * DAY, last - DAY, HOUR):
        yield time_s, False, (time_s - last) % (12 * HOUR) == 0
    for time_s in range(last - DAY, last - 6 * HOUR, 300):
        yield time_s, False, (time_s - last) % HOUR == 0
    for time_s in range(last - 6 * HOUR, last + 1, 120):
        yield time_s, True, (time_s - last) % HOUR == 0


class Story:
    """What happens, by the time before now."""

    def __init__(self, landscape, now):
        self.landscape = landscape
        self.now = now
        self.service = landscape.service.scenario
        self.connector = landscape.connector.scenario
        self.todo = sorted(self.events(), key=lambda event: -event[0])

    def before(self, store, days_ago, days_of_life):
        """A certificate that was in a store before it was renewed `days_ago` days ago, with five days left."""
        begin = self.now - (days_ago + days_of_life) * DAY
        name = f"{store}-before-{days_ago}"
        harness.make_certificate(self.landscape.stores, name, subject=f"/CN={store}.acme.example",
                                 start=harness.stamp(begin), end=harness.stamp(begin + (days_of_life + 5) * DAY))
        return f"{name}.pem"

    def with_files(self, **files):
        """The scenario, with other files in stores of the subaccount."""
        scenario = copy.deepcopy(self.service)
        for certificate in scenario["tenants"][0]["subaccount"]["certificates"]:
            certificate["file"] = files.get(certificate["name"].split(".")[0].replace("-", "_"), certificate["file"])
        return lambda: self.landscape.service.change(scenario)

    def with_tunnel(self, number, state):
        scenario = copy.deepcopy(self.connector)
        scenario["subaccounts"][number]["tunnel"] = {"state": state, "user": "admin@acme.example"}
        return lambda: self.landscape.connector.change(scenario)

    def events(self):
        first, second = self.before("shop-backend", 21, 90), self.before("gen-yearly", 6, 360)
        faults = self.landscape.service.faults
        yield 31 * DAY, self.with_files(shop_backend=first, gen_yearly=second)
        yield 21 * DAY, self.with_files(gen_yearly=second)
        yield 6 * DAY, self.with_files()
        yield 3.5 * DAY, lambda: faults({"level": "instance", "kind": "status", "status": 503})
        yield 2.5 * DAY, faults
        yield 15 * HOUR, self.with_tunnel(1, "ConnectFailure")
        yield 8.5 * HOUR, lambda: self.landscape.connector.change(self.connector)
        yield 4.5 * HOUR, lambda: faults({"endpoint": "saml_active", "status": 500})
        yield 1.5 * HOUR, faults

    def go_on(self, time_s):
        while self.todo and self.now - self.todo[0][0] <= time_s:
            self.todo.pop(0)[1]()


class Recorder:
    def __init__(self, landscape, folder, now):
        self.story = Story(landscape, now)
        self.now = now
        self.clock = folder / "now"
        self.set_clock(now - 31 * DAY)
        self.story.go_on(now - 31 * DAY)
        self.exporter = landscape.exporter(now=self.clock)

    def set_clock(self, time_s):
        self.clock.write_text(f"{int(time_s)}\n")

    def refresh(self):
        before = {source: self.exporter.refreshes(source) for source in landscapes.SOURCES}
        self.exporter.signal(signal.SIGUSR1)
        wait_for(lambda: all(self.exporter.refreshes(s) > n for s, n in before.items()), 60, "a refresh of each source")

    def lines(self, time_s, whole):
        begin = time.monotonic()
        page = self.exporter.get()[2]
        took = time.monotonic() - begin
        target = f'instance="{INSTANCE}",job="{landscapes.JOB}"'
        samples = [line for line in page.splitlines() if not line.startswith("#")]
        samples += ["up 1", f"scrape_samples_scraped {len(samples)}", f"scrape_duration_seconds {took:.6f}"]
        for line in samples:
            name, rest = re.match(r"(\w+)(.*)", line).groups()
            if name == SKEW:  # the connector's clock was not moved
                rest = re.sub(r" \S+$", " 1", rest)
            rest = "{" + target + "," + rest[1:] if rest.startswith("{") else "{" + target + "}" + rest
            if whole or LONG.match(name + rest):
                yield f"{name}{rest} {time_s}\n"

    def record(self, path):
        with open(path, "w", encoding="utf-8") as file:
            for time_s, whole, refresh in moments(self.now):
                self.story.go_on(time_s)
                self.set_clock(time_s)
                if refresh:
                    self.refresh()
                file.writelines(self.lines(time_s, whole))
            file.write("# EOF\n")


def make(landscape, folder, promtool):
    """The data folder."""
    recorder = Recorder(landscape, folder, int(time.time()))
    text, data = folder / "history.om", folder / "tsdb"
    recorder.record(text)
    recorder.exporter.stop()
    # one block: the whole file is read again for each
    run(promtool, "tsdb", "create-blocks-from", "--max-block-duration=768h", "openmetrics", text, data)
    text.unlink()
    return data
