#!/usr/bin/python3
"""
What `cmake --install` installs, judged by the tools that read it: the list of files, the manual page, the completions of
three shells, and the systemd unit. BUILD names the build folder.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = pathlib.Path(os.environ["BUILD"])
EXPOSURE_MAX = 15  # tenths, as systemd-analyze counts

work = tempfile.TemporaryDirectory()
tree = pathlib.Path(work.name) / "tree"


def setUpModule():
    install(tree, "/usr")


def tearDownModule():
    work.cleanup()


def install(destination, prefix):
    subprocess.run(["cmake", "--install", str(BUILD), "--prefix", prefix], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "DESTDIR": str(destination)})


def need(tool):
    if shutil.which(tool) is None:
        raise unittest.SkipTest(f"{tool} is not installed (scripts/install test)")


def run(*command, **settings):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **settings)
    return done.returncode, done.stdout, done.stderr


def help_text():
    return run(tree / "usr/bin/btp_cert_exporter", "--help")[1]


def flags_of_help():
    """--name of each line that begins a flag, with both forms of a switch."""
    found = set()
    for negated, name in re.findall(r"^  (?:-h, |    )--(\[no-\])?([a-z.-]+)", help_text(), flags=re.M):
        found.add("--" + name)
        if negated:
            found.add("--no-" + name)
    return found


class Install(unittest.TestCase):
    def test_the_list_of_files(self):
        wanted = (HERE / "installed.txt").read_text().split("\n")[:-1]
        documents = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*") if path.is_file()]
        wanted += [f"644 usr/share/doc/btp_cert_exporter/docs/{path}" for path in documents]
        found = [f"{path.stat().st_mode & 0o7777:o} {path.relative_to(tree)}" for path in tree.rglob("*") if path.is_file()]
        self.assertEqual("\n".join(sorted(found)), "\n".join(sorted(wanted)))

    def test_folders_can_be_read_by_everybody(self):
        self.assertEqual({path.stat().st_mode & 0o7777 for path in tree.rglob("*") if path.is_dir()}, {0o755})

    def test_the_example_is_a_good_configuration(self):
        example = tree / "usr/share/doc/btp_cert_exporter/examples/config.yml"
        code, out, err = run(tree / "usr/bin/btp_cert_exporter", f"--config.file={example}", "--config.check")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("configuration is good: 3 sources, 0 warnings", out)

    def test_the_settings_of_the_unit_are_flags(self):
        text = (tree / "usr/share/doc/btp_cert_exporter/examples/btp_cert_exporter.default").read_text()
        names = re.findall(r"^#BTP_CERT_EXPORTER_(\w+)=", text, flags=re.M)
        known = {flag.strip("-").upper().replace(".", "_").replace("-", "_") for flag in flags_of_help()}
        self.assertGreater(len(names), 2)
        self.assertLessEqual(set(names), known)

    def test_a_prefix_given_late_is_in_the_unit(self):
        other = pathlib.Path(work.name) / "local"
        install(other, "/opt/btp")
        unit = (other / "opt/btp/lib/systemd/system/btp_cert_exporter.service").read_text()
        self.assertIn("\nExecStart=/opt/btp/bin/btp_cert_exporter --config.file=", unit)
        self.assertTrue((other / "opt/btp/bin/btp_cert_exporter").is_file())

    def test_the_mixin_can_be_imported(self):
        need("jsonnet")
        code, out, err = run("jsonnet", "-J", tree / "usr/share/btp_cert_exporter", "-e",
                             "local mixin = (import 'alerts/mixin.libsonnet') + (import 'dashboards/dashboards.libsonnet');"
                             "[group.name for group in mixin.prometheusAlerts.groups]")
        self.assertEqual((code, err), (0, ""))
        self.assertGreater(len(out.splitlines()), 3)


class Manual(unittest.TestCase):
    page = tree / "usr/share/man/man1/btp_cert_exporter.1"
    # what other manuals this machine has is not our page's fault
    elsewhere = re.compile(r"referenced manual not found|outdated mandoc\.db|lacks .* entry")

    def test_mandoc_finds_no_fault(self):
        need("mandoc")
        out = "".join(run("mandoc", "-T", "lint", self.page)[1:])
        self.assertEqual([line for line in out.splitlines() if not self.elsewhere.search(line)], [])

    def test_groff_warns_of_nothing(self):
        need("groff" if shutil.which("man") is None else "man")
        code, _, err = run("man", "--warnings", "-l", self.page, env={**os.environ, "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
        self.assertEqual((code, err), (0, ""))

    def test_it_has_the_flags_of_the_help(self):
        need("mandoc")
        text = re.sub(".\b", "", run("mandoc", "-T", "ascii", self.page)[1])
        text = text.split("\nOPTIONS\n")[1].split("\nENVIRONMENT\n")[0]
        items = re.findall(r"^     (-.*)$", text, flags=re.M)
        flags = {flag for item in items for flag in re.findall(r"--[a-z.-]+", item)}
        self.assertGreater(len(flags), 20)
        self.assertEqual(flags, flags_of_help())

    def test_it_has_the_texts_of_the_help(self):
        need("mandoc")
        text = re.sub(".\b", "", run("mandoc", "-T", "ascii", "-O", "width=1000", self.page)[1])
        for words in ("Keep the last good inventory here over a restart (public facts only).",
                      "With --once: a certificate that counts and expires within so many days gives exit 1."):
            self.assertIn(words, re.sub(r"\s+", " ", text))


class Completions(unittest.TestCase):
    """A cursor behind each of these words, and what is offered there."""
    cases = (
        (["--log.level="], {"debug", "info", "warn", "error"}),
        (["--log.level=w"], {"warn"}),
        (["--once="], {"table", "metrics", "json", "csv"}),
        (["--config.check=on"], {"online"}),
        (["--web.max-requests="], set()),
        (["--once.count", ""], {"used", "all"}),
        (["--config.file=fil"], {"file.yml"}),
        (["--state.file", "fil"], {"file.yml"}),
    )

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        (pathlib.Path(self.folder.name) / "file.yml").touch()
        self.addCleanup(self.folder.cleanup)
        self.settings = {"cwd": self.folder.name, "env": {
            "PATH": os.environ["PATH"], "HOME": self.folder.name, "LC_ALL": "C.UTF-8", "TERM": "dumb",
            "XDG_CONFIG_HOME": self.folder.name, "XDG_DATA_HOME": self.folder.name}}

    def check(self, offered):
        for words, wanted in self.cases:
            with self.subTest(words=words):
                self.assertEqual(offered(words), wanted)
        with self.subTest(words=["--"]):
            self.assertEqual({flag.rstrip("=") for flag in offered(["--"])}, flags_of_help())

    def test_bash(self):
        file = tree / "usr/share/bash-completion/completions/btp_cert_exporter"

        def offered(words):
            # as bash divides a line: = is a word
            parts = [part for word in words for part in (re.findall(r"=|[^=]+", word) or [""])]
            code, out, err = run("bash", "--norc", "-c", 'source "$1"; shift; complete -p btp_cert_exporter >&2; COMP_WORDS=("$@"); '
                                 'COMP_CWORD=$(($# - 1)); _btp_cert_exporter; printf "%s\\n" "${COMPREPLY[@]}"',
                                 "bash", file, "btp_cert_exporter", *parts, **self.settings)
            self.assertEqual((code, err), (0, "complete -F _btp_cert_exporter btp_cert_exporter\n"))
            return set(out.split())

        self.check(offered)

    def test_fish(self):
        need("fish")
        file = tree / "usr/share/fish/vendor_completions.d/btp_cert_exporter.fish"

        def offered(words):
            line = "btp_cert_exporter " + " ".join(words)
            code, out, err = run("fish", "--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"', str(file), line,
                                 **self.settings)
            self.assertEqual((code, err), (0, ""))
            # fish offers the whole word
            return {re.sub(r"^--[a-z.-]+=(?=.)", "", each.split("\t")[0]) for each in out.splitlines()}

        self.check(offered)

    def test_zsh(self):
        need("zsh")
        folder = tree / "usr/share/zsh/site-functions"

        def offered(words):
            code, out, err = run("zsh", "-f", HERE / "offer.zsh", str(folder), "btp_cert_exporter " + " ".join(words),
                                 **self.settings, timeout=60)
            self.assertEqual((code, err), (0, ""))
            return set(out.split())

        self.check(offered)


class Unit(unittest.TestCase):
    """The unit as it is installed, with the path of the program that was built."""

    @classmethod
    def setUpClass(cls):
        need("systemd-analyze")
        text = (tree / "usr/lib/systemd/system/btp_cert_exporter.service").read_text()
        cls.unit = pathlib.Path(work.name) / "btp_cert_exporter.service"
        cls.unit.write_text(text.replace("/usr/bin/btp_cert_exporter", str(tree / "usr/bin/btp_cert_exporter")))

    def test_systemd_has_nothing_to_say(self):
        code, out, err = run("systemd-analyze", "verify", self.unit, env={**os.environ, "MANPATH": str(tree / "usr/share/man")})
        self.assertEqual((code, out + err), (0, ""))

    def test_it_is_confined(self):
        code, out, err = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", self.unit)
        self.assertEqual(code, 0, out + err)

    def test_its_user_is_one_that_is_made(self):
        user = re.search(r"^User=(.*)$", self.unit.read_text(), flags=re.M)[1]
        self.assertRegex((tree / "usr/lib/sysusers.d/btp_cert_exporter.conf").read_text(), rf"(?m)^u {user} ")


if __name__ == "__main__":
    unittest.main()
