#!/usr/bin/python3
"""
Judges an SBOM by what the specification of CycloneDX 1.5 demands of the members that ours has, and whether it makes sense:
check_sbom.py FILE
"""
import json
import re
import sys

LIBRARIES = {"libcurl", "libssl", "libmicrohttpd", "libcjson", "libyaml", "libc6"}  # the program is linked with them
MEMBERS = {"bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "dependencies"}
COMPONENT = {"type", "bom-ref", "name", "version", "purl", "properties", "hashes", "licenses"}
SERIAL = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PURL = r"pkg:(deb/[a-z]+|generic)/[a-z0-9][a-z0-9.+_-]*@[A-Za-z0-9.~%-]+(\?arch=[a-z0-9-]+(&distro=[a-z0-9.-]+)?)?"


def faults(bom):
    own = bom["metadata"]["component"]
    components = bom["components"]
    references = [each["bom-ref"] for each in components + [own]]
    depends = {each["ref"]: each["dependsOn"] for each in bom["dependencies"]}
    if set(bom) != MEMBERS or (bom["bomFormat"], bom["specVersion"], bom["version"]) != ("CycloneDX", "1.5", 1):
        yield "its head"
    if not re.fullmatch(SERIAL, bom["serialNumber"]):
        yield "the serial number"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bom["metadata"]["timestamp"]):
        yield "the time"
    if not re.fullmatch("[0-9a-f]{64}", own["hashes"][0]["content"]) or own["type"] != "application":
        yield "the program"
    for each in components + [own]:
        if not set(each) <= COMPONENT or not re.fullmatch(PURL, each["purl"]):
            yield f"the component {each}"
    if {each["type"] for each in components} != {"library"}:
        yield "a component that is no library"
    if len(set(references)) != len(references):
        yield "a reference that is there twice"
    if set(depends) != set(references) or not set().union(*depends.values()) <= set(references):
        yield "a dependency on something that is not there"
    direct = "\n".join(depends[own["bom-ref"]])
    for library in LIBRARIES:
        if f"/{library}" not in direct:
            yield f"{library} is missing"


with open(sys.argv[1], encoding="utf-8") as file:
    found = list(faults(json.load(file)))
print("\n".join(found) or "the SBOM is right")
sys.exit(1 if found else 0)
