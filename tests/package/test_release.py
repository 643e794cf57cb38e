#!/usr/bin/python3
"""What can be known of a release without making one: the runbooks' address, and versions that have to agree."""
import fnmatch
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "alerts/btp_cert_exporter.rules.yml"


class Runbooks(unittest.TestCase):
    def test_the_sed_line_sets_the_address_of_every_alert(self):
        text = RULES.read_text()
        line = re.search(r"^#   (sed -i .*)$", text, flags=re.M)[1]
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / RULES.name
            copy.write_text(text)
            subprocess.run(line, shell=True, check=True, cwd=folder)
            changed = copy.read_text().split("\ngroups:\n")[1]
        names = re.findall(r"- alert: (\w+)", changed)
        addresses = re.findall(r'runbook_url: "(\S+)"', changed)
        self.assertGreater(len(names), 20)
        self.assertEqual(set(addresses), {f"https://wiki.example/btp-certificates#{name.lower()}" for name in names})
        self.assertEqual(re.sub(r"runbook_url: \S+", "", changed),
                         re.sub(r"runbook_url: \S+", "", text.split("\ngroups:\n")[1]), "the rest is as it was")

    def test_the_address_that_is_not_set_leads_nowhere(self):
        # RFC 2606: a name below .invalid never exists
        self.assertEqual(set(re.findall(r'runbook_url: "https://([^/]*)/', RULES.read_text())), {"runbook-url-is-not-set.invalid"})


class Versions(unittest.TestCase):
    def test_they_agree(self):
        version = re.search(r"^project\(\w+ VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(), flags=re.M)[1]
        spec = (ROOT / "deploy/rpm/btp_cert_exporter.spec").read_text()
        self.assertEqual(re.search(r"^Version: +(\S+)", spec, flags=re.M)[1], version)
        self.assertIn(f" - {version}-1\n", spec)
        self.assertRegex((ROOT / "CHANGELOG.md").read_text(), rf"(?m)^## {re.escape(version)}$")


class Rpm(unittest.TestCase):
    """The list of the spec, which rpmbuild compares with what is installed, without rpmbuild."""
    macros = {"name": "btp_cert_exporter", "_bindir": "/usr/bin", "_mandir": "/usr/share/man", "_datadir": "/usr/share",
              "_docdir": "/usr/share/doc", "_unitdir": "/usr/lib/systemd/system", "_sysusersdir": "/usr/lib/sysusers.d"}

    def test_its_list_is_what_is_installed(self):
        spec = (ROOT / "deploy/rpm/btp_cert_exporter.spec").read_text()
        entries = spec.split("\n%files\n")[1].split("\n\n")[0].splitlines()
        paths = [re.sub(r"%{(\w+)}", lambda found: self.macros[found[1]], entry.split()[-1]) for entry in entries
                 if "%{_sysconfdir}" not in entry and not entry.startswith("%license")]
        installed = ["/" + line.split(" ", 1)[1] for line in
                     (ROOT / "tests/package/installed.txt").read_text().splitlines() if not line.endswith("/LICENSE")]
        self.assertGreater(len(paths), 5)
        for path in paths:
            with self.subTest(listed=path):
                self.assertTrue(any(self.covers(path, file) for file in installed), "nothing installs it")
        for file in installed:
            with self.subTest(installed=file):
                self.assertTrue(any(self.covers(path, file) for path in paths), "the spec does not list it")

    @staticmethod
    def covers(listed, file):
        return fnmatch.fnmatch(file, listed) or file.startswith(listed + "/")


if __name__ == "__main__":
    unittest.main()
