#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cpe.py FINGERPRINTS: every fingerprint of ours that names vendor and product names a CPE too, or
is listed here with the reason why it has none; and what is listed is still needed. It counts both.
A CPE is a URI of 2.2, as in Recog's files, of the part that fits: a, o or h (NISTIR 7695)."""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

OWN_TEXT = "the vendor or product is the device's own text"
EITHER = "the build belongs to a server's and to a workstation's edition"
FIRMWARE = "the CPE dictionary names the firmware of each model, and the model is not told"
UNSURE = "the CPE dictionary's spelling of it has not been verified"
PART = "it is a part of a system that is named by itself"
SHARED = "the text is shared by many programs"
PARTS = {"service": "a", "os": "o", "hw": "h"}
URI = re.compile(r"cpe:/([aoh]):[a-z0-9._~%-]+:[^: ]+(:[^: ]*){0,5}")

NONE = {
    ("hw", "APC", "Network Management Card"): FIRMWARE,
    ("hw", "Dell", "iDRAC"): FIRMWARE,
    ("hw", "Fortinet", "FortiGate"): FIRMWARE,
    ("hw", "HP", "iLO"): FIRMWARE,
    ("hw", "Moxa", "NPort 5110A"): UNSURE,
    ("hw", "SEL", "SEL-{_tmp.model}"): OWN_TEXT,
    ("hw", "Siemens", "PN/PN Coupler"): UNSURE,
    ("hw", "Siemens", "SIMATIC RF180C"): UNSURE,
    ("hw", "Siemens", "SIRIUS M200D"): UNSURE,
    ("hw", "Synology", "DiskStation"): FIRMWARE,
    ("hw", "Tridium", "JACE"): FIRMWARE,
    ("os", "APC", "AOS"): FIRMWARE,
    ("os", "Cisco", "ASA"): UNSURE,
    ("os", "H3C", "Comware"): UNSURE,
    ("os", "Huawei", "VRP"): FIRMWARE,
    ("os", "QNX", "QNX"): UNSURE,
    ("os", "Siemens", "SIMATIC firmware"): FIRMWARE,
    ("os", "Microsoft", "Windows 10 or Windows Server"): EITHER,
    ("os", "Microsoft", "Windows Server 2008 R2 or Windows 7"): EITHER,
    ("os", "Microsoft", "Windows Server 2008 or Windows Vista"): EITHER,
    ("os", "Microsoft", "Windows Server 2012 R2 or Windows 8.1"): EITHER,
    ("os", "Microsoft", "Windows Server 2012 or Windows 8"): EITHER,
    ("os", "Microsoft", "Windows Server 2016 or Windows 10"): EITHER,
    ("os", "Microsoft", "Windows Server 2019 or Windows 10"): EITHER,
    ("os", "Microsoft", "Windows Server 2025 or Windows 11"): EITHER,
    ("os", "Microsoft", "Windows Server"): "the release is not told, and each has a CPE of its own",
    ("os", "Microsoft", "Windows Server, version 23H2"): UNSURE,
    ("service", "Alibaba", "Tengine"): UNSURE,
    ("service", "Apple", "Remote Desktop"): UNSURE,
    ("service", "Bitvise", "SSH Server"): UNSURE,
    ("service", "CZ.NIC", "Knot DNS"): UNSURE,
    ("service", "Cisco", "SSH"): PART,
    ("service", "H3C", "SSH"): PART,
    ("service", "HP", "Embedded Web Server"): PART,
    ("service", "HiveMQ", "HiveMQ"): UNSURE,
    ("service", "Huawei", "SSH"): PART,
    ("service", "KAME", "racoon"): UNSURE,
    ("service", "Microsoft", "DNS"): PART,
    ("service", "Microsoft", "Exchange Server"): SHARED,
    ("service", "Microsoft", "FTP Service"): PART,
    ("service", "Microsoft", "HTTPAPI"): PART,
    ("service", "Microsoft", "UPnP Device Host"): PART,
    ("service", "MZ Automation", "libmms"): UNSURE,
    ("service", "MikroTik", "RouterOS sshd"): PART,
    ("service", "MiniDLNA", "MiniDLNA"): UNSURE,
    ("service", "Mocana", "NanoSSH"): UNSURE,
    ("service", "PowerDNS", "{_tmp.kind}"): OWN_TEXT,
    ("service", "Prometheus", "Prometheus"): SHARED,
    ("service", "Python Software Foundation", "SimpleHTTP"): PART,
    ("service", "RealVNC", "VNC Server"): UNSURE,
    ("service", "Schneider Electric", "Schneider-WEB"): PART,
    ("service", "Siemens", "ROS SSH"): PART,
    ("service", "Siemens", "SIMATIC Web Server"): PART,
    ("service", "Wind River", "VxWorks FTP"): PART,
}


def judge(paths):
    """What is wrong, how many name a CPE, and how many have none, by reason."""
    wrong, named, reasons, used = [], 0, {}, set()
    for path in paths:
        for one in ElementTree.parse(path).getroot().iter("fingerprint"):
            params = {p.get("name"): p.get("value") for p in one.iter("param")}
            for kind, part in PARTS.items():
                if f"{kind}.vendor" not in params or f"{kind}.product" not in params:
                    continue
                where = f"{path.name}: {one.findtext('description')}: {kind}"
                key = (kind, params[f"{kind}.vendor"], params[f"{kind}.product"])
                cpe = params.get(f"{kind}.cpe23")
                if cpe is not None:
                    named += 1
                    match = URI.fullmatch(re.sub(r"\{[^{}]*\}", "-", cpe))
                    if not match or match[1] not in (part, "o" if kind == "hw" else part):
                        wrong.append(f"{where}: {cpe} is no CPE of a {kind}")
                    continue
                reason = OWN_TEXT if None in key else NONE.get(key)
                used.add(key)
                if reason:
                    reasons[reason] = reasons.get(reason, 0) + 1
                else:
                    wrong.append(f"{where}: no CPE, and no reason why")
    wrong += [f"listed without need: {' / '.join(key)}" for key in NONE if key not in used]
    return wrong, named, reasons


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.xml"))
    wrong, named, reasons = judge(paths)
    print(f"{named} name a CPE, {sum(reasons.values())} have none:")
    for reason, count in sorted(reasons.items(), key=lambda r: -r[1]):
        print(f"  {count:4} {reason}")
    sys.exit("\n".join(wrong) or (None if named else "no fingerprint names a CPE"))


if __name__ == "__main__":
    main()
