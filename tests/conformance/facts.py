#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""facts.py DUMP FINGERPRINTS SHARED_DATA [--verbose]: what `listen` reads from captures that others made, against what
tshark read there (tshark-identity-facts.tsv): industrial and link-layer identity. At least 95 % of the facts are found,
and no value of ours contradicts; what is no identity of its host is not counted, and told with the reason. Then
what the makers of captures document of them."""
import collections
import json
import pathlib
import re
import subprocess
import sys

LEAST = 0.95


def number(text):
    return str(int(text, 0))


def revision(text):
    """Major and minor number, as tshark has them in one."""
    return f"{int(text) >> 8}.{int(text) & 255:03}"


def digits(text):
    return text.removeprefix("0x")


def same(text):
    return " ".join(text.replace("\\r", " ").replace("\\n", " ").split())


# tshark's field: the attributes that have it, the form of its value there. An attribute of several values has
# them apart by "; ", and each is an element of MANY; where a text of several lines is one value of ours, tshark's
# are its lines (LINES).
FIELDS = {
    "bacapp.object_name": (("bacnet.name", "bacnet.objects"), same),
    "bacapp.vendor_identifier": (("bacnet.vendor_id", "bacnet.devices"), same),
    "cdp.deviceid": (("cdp.device",), same),
    "cdp.platform": (("cdp.platform",), same),
    "cdp.software_version": (("cdp.software",), same),
    "cip.id.product_name": (("cip.product", "enip.product"), same),
    "cip.id.serial_number": (("cip.serial_number", "hw.serial_number"), digits),
    "cip.id.vendor_id": (("cip.vendor_id", "enip.vendor_id"), number),
    "enip.lir.devtype": (("enip.device_type",), same),
    "enip.lir.name": (("enip.product",), same),
    "enip.lir.prodcode": (("enip.product_code",), same),
    "enip.lir.revision": (("enip.revision",), revision),
    "enip.lir.serial": (("hw.serial_number",), digits),
    "enip.lir.vendor": (("enip.vendor_id",), number),
    "goose.goID": (("goose.id",), same),
    "goose.gocbRef": (("goose.control-block",), same),
    "hart_ip.pt.rsp.device_id": (("hart.device_id",), same),
    "hart_ip.pt.rsp.manufacturer_Id": (("hart.manufacturer_id",), same),
    "lldp.tlv.system.desc": (("lldp.description",), same),
    "lldp.tlv.system.name": (("lldp.name",), same),
    "mms.modelName": (("mms.model",), same),
    "mms.revision": (("mms.revision",), same),
    "mms.vendorName": (("mms.vendor",), same),
    "modbus.object_str_value": (("modbus.vendor", "modbus.product_code", "modbus.revision", "modbus.vendor_url",
                                 "modbus.product_name", "modbus.model", "modbus.application"), same),
    "opcua.ApplicationUri": (("opcua.application_uri",), same),
    "opcua.ProductUri": (("opcua.product_uri",), same),
    "pn_dcp.suboption_device_devicevendorvalue": (("dcp.type",), same),
    "pn_dcp.suboption_device_id": (("dcp.device_id",), number),
    "pn_dcp.suboption_device_nameofstation": (("dcp.name", "dcp.sought"), same),
    "s7comm.szl.001c.0001.name": (("s7.station",), same),
    "s7comm.szl.001c.0002.name": (("s7.module",), same),
    "s7comm.szl.001c.0005.serialn": (("s7.serial",), same),
    "s7comm.szl.001c.0007.cputypname": (("s7.cpu",), same),
}
MANY = ("bacnet.objects", "bacnet.devices", "dcp.sought")
LINES = ("cdp.software", "lldp.description")

# What tshark reads beside it and is no identity: capture, host, field, value -> why. These are not counted.
NOT = {
    ("icsnpp/bacnet__bacnet_error_reject_abort.pcap", "10.10.10.10", "bacapp.vendor_identifier", "0"):
        "of a private transfer: whose service is meant, not who speaks",
    ("icsnpp/bacnet__bacnet_error_reject_abort.pcap", "10.10.10.10", "bacapp.vendor_identifier", "7"):
        "of a private transfer",
    ("icsnpp/hart-ip__hart-ip_all_types_and_commands_sent.pcapng", "192.168.122.197",
     "hart_ip.pt.rsp.device_id", "39352d"): "of a request, made up of random bytes; its sender is the client",
    ("icsnpp/hart-ip__hart-ip_all_types_and_commands_sent.pcapng", "192.168.122.197",
     "hart_ip.pt.rsp.manufacturer_Id", "0"): "of a request",
}
# Fields of the table that are no identity of whom they are from.
OTHER = {
    "omron.command": "the codes of commands, of who asks as of who answers",
    "iec60870_asdu.typeid": "kinds of messages (told as iec104.types)",
    "dnp3.al.func": "the codes of functions",
}

# What is known of captures by their makers' own documents, beside what tshark reads: the logs that ICSNPP's tests expect
# of its traces, the devices that ITI's folders name.
DOCUMENTED = {
    "icsnpp/enip__enip_cip_example.pcap": {
        "10.1.1.164": {"enip.vendor_id": "1", "enip.device_type": "12", "enip.product_code": "58",
                       "enip.revision": "4.003", "enip.product": "1756-ENBT/A", "hw.serial_number": "00524d8e",
                       "hw.vendor": "Rockwell Automation"}},
    "icsnpp/modbus__modbus_example.pcap": {
        "127.0.0.1": {"modbus.vendor": "Zeek Modbus Test", "modbus.product_code": "Protocol Parsing is fun!",
                      "modbus.revision": "1.2.3.6"}},
    "icsnpp/s7comm__s7ident.pcap": {
        "172.17.0.2": {"s7.station": "SNAP7-SERVER", "s7.order": "6ES7 315-2EH14-0AB0",
                       "s7.serial": "S C-C2UR28922012", "hw.vendor": "Siemens"}},
    "icsnpp/hart-ip__hart-ip.pcap": {
        "192.168.0.10": {"hart.manufacturer_id": "38", "hart.device_id": "0000d2", "hart.universal_revision": "7"}},
    "iti/EIP-ChangeTimeAttempt.pcap": {
        "192.168.10.253": {"hw.vendor": "Cisco", "hw.product": "WS-CE500-24TT", "os.product": "IOS",
                           "os.version": "12.2(25)SEG4"}},
    "tcpdump/erspan-type-i-4.pcap": {
        "30.1.1.1": {"hw.vendor": "H3C", "os.product": "Comware", "os.version": "5.20"}},
    "iti/piccolo.pcap": {
        "10.10.0.30": {"mms.vendor": "INFO TECH", "mms.model": "S61850 for PC", "mms.revision": "0.0.1"}},
    "iti/EIP-SoftwareUpload.pcap": {
        "192.168.10.120": {"cip.vendor_id": "1", "cip.product": "1756-L61/B LOGIX5561",
                           "cip.serial_number": "0051823f", "cip.revision": "16.020"}},
    "iti/profinet-wireshark-bug.pcap": {
        "192.168.0.11": {"dcp.type": "S7-300EC", "dcp.vendor_id": "42", "dcp.device_id": "257",
                         "dcp.role": "controller"}},
    "icsnpp/profinet-io-cm__profinet_io_cm_mixed_1.pcap": {
        "192.168.1.2": {"dcp.name": "versamax-pns11", "dcp.type": "IC200PNS001"}},
    "ndpi/fins.pcap": {"10.1.1.164": {"fins.model": "CP1L-EL20DR-D", "hw.vendor": "OMRON"}},
    "icsnpp/opcua-binary__open62541_client-server_minimal.pcap": {
        "::1": {"opcua.application_uri": "urn:open62541.server.application",
                "opcua.product_uri": "http://open62541.org"}},
}


def listen(dump, fingerprints, capture):
    """What was heard: (who, attribute) -> values. Who is an address, or a MAC where there is none."""
    heard = collections.defaultdict(list)
    run = subprocess.run([dump, capture, fingerprints], capture_output=True, check=True, timeout=120)
    for line in run.stdout.decode().splitlines():
        if not line.startswith("{"):
            continue
        observation = json.loads(line)
        who = observation.get("addr") or observation.get("mac")
        for name, value in observation.get("attributes", {}).items():
            name = re.sub(r"\.\d+$", "", name)
            heard[who, name] += [same(part) for part in (value.split("; ") if name in MANY else [value])]
    return heard


def fits(name, value, wanted):
    """Whether a value of ours is, or has in it, what is wanted."""
    if name in LINES:
        return wanted in value
    if name == "bacnet.objects":
        return value.split(" ", 1)[-1] == wanted
    if name == "bacnet.devices":
        return value.split(" ")[-1] == wanted
    if name == "dcp.sought":
        return wanted in value.split(" ")
    return value == wanted


def ours(heard, host, names):
    """What we say of a host; a frame of the link has a MAC, and what it says may stand by an address."""
    return [(name, value) for (who, name), many in heard.items() if name in names and
            (who == host or ":" in host or not host) for value in many
            if name != "bacnet.devices" or " vendor-id " in value]


class Figures:
    def __init__(self):
        self.counts = collections.defaultdict(lambda: [0, 0, 0])
        self.faults = []

    def compare(self, capture, heard, rows):
        """All facts of one capture."""
        for host, field, value in rows:
            names, form = FIELDS[field]
            found = any(fits(name, v, form(value)) for name, v in ours(heard, host, names))
            self.counts[field][not found] += 1
            if not found:
                print(f"missing: {capture} {host} {field} {value!r}")
        for field in {field for _, field, _ in rows}:
            self.contradictions(capture, heard, field, [r for r in rows if r[1] == field])

    def contradictions(self, capture, heard, field, rows):
        """What we say of a host of which tshark says something else, and not that."""
        names, form = FIELDS[field]
        wanted = [form(value) for _, _, value in rows]
        for name, value in {v for host, _, _ in rows for v in ours(heard, host, names)}:
            if any(fits(name, value, w) for w in wanted):
                continue
            self.counts[field][2] += 1
            self.faults.append(f"wrong: {capture} {name} {value!r}, tshark has {wanted[:5]}")

    def report(self):
        found, missing, wrong = (sum(c[i] for c in self.counts.values()) for i in range(3))
        for field, (f, m, w) in sorted(self.counts.items()):
            print(f"{field:45} found {f:4} missing {m:3} wrong {w}")
        share = found / (found + missing)
        print(f"{'all':45} found {found:4} missing {missing:3} wrong {wrong}: {100 * share:.1f} %")
        if share < LEAST:
            self.faults.append(f"only {100 * share:.1f} % of the facts are found; at least {100 * LEAST:.0f} are wanted")


def main():
    dump, fingerprints, shared = sys.argv[1:4]
    folder = pathlib.Path(shared) / "pcap"
    table = folder / "tshark-identity-facts.tsv"
    if not table.exists():
        print(f"skipped: no {table} (Meson option shared_data)")
        return 77
    captures = collections.defaultdict(list)
    left_out = 0
    for line in table.read_text().splitlines()[1:]:
        row = tuple(line.split("\t"))
        left_out += row in NOT
        if row[2] in FIELDS and row not in NOT:
            captures[row[0]].append(row[1:])
    figures, documented = Figures(), 0
    for capture in sorted(captures.keys() | DOCUMENTED.keys()):
        heard = listen(dump, fingerprints, folder / capture)
        figures.compare(capture, heard, captures[capture])
        for host, attributes in DOCUMENTED.get(capture, {}).items():
            for name, value in attributes.items():
                documented += 1
                if value not in heard[host, name]:
                    figures.faults.append(f"{capture}: {host} {name} is {heard[host, name]}, should be {value!r}")
    figures.report()
    print(f"{len(captures)} captures; {documented} documented values held; not counted: {left_out} facts, as "
          f"{', '.join(sorted(OTHER))}")
    if left_out != len(NOT):
        figures.faults.append("a row of NOT is not in the table")
    for fault in figures.faults:
        print(fault)
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
