#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What ./quickstart sets up needs nothing beyond the packages that it installs: every library that
Meson finds there comes from a package of section [build] of packages.txt."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])


def said(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def installed():
    """Section [build], and what its packages bring along."""
    text = (root / "packages.txt").read_text().split("\n[build]\n")[1].split("\n[")[0]
    names = re.findall(r"^([a-z0-9][a-z0-9.+-]*)", text, re.M)
    along = said("dpkg-query", "-W", "-f", "${Depends}, ", *names)
    return {*names, *re.findall(r"(?:^|, |\| )([a-z0-9.+-]+)", along)}


def optional():
    """Libraries that are used only where they are."""
    return {name for file in root.glob("*/**/meson.build") if "build" not in file.relative_to(root).parts[:1]
            for name in re.findall(r"dependency\('([^']+)', required: false\)", file.read_text())}


def package_of(library):
    """The package that brings a library's pkg-config file; None: it has none, as threads."""
    place = subprocess.run(["pkg-config", "--variable=pcfiledir", library], capture_output=True, text=True)
    if place.returncode or not place.stdout.strip():
        return None
    file = pathlib.Path(place.stdout.strip(), library + ".pc")
    return said("dpkg-query", "-S", str(file)).split(":")[0]


options = re.search(r'tools/build "\$build" (.*)', (root / "quickstart").read_text()).group(1).split()
with tempfile.TemporaryDirectory() as build:
    said("meson", "setup", build, str(root), *options)
    libraries = {d["name"] for d in json.loads(said("meson", "introspect", build, "--dependencies"))}
packages = {library: package_of(library) for library in libraries - optional()}
there = installed()
faults = [f"{library} comes with {package}, which section [build] of packages.txt does not install"
          for library, package in sorted(packages.items()) if package and package not in there]
if len([p for p in packages.values() if p]) < 10:
    faults.append(f"only {len(packages)} libraries were found")
print("\n".join(faults) or f"{len(packages)} libraries, all of them installed")
sys.exit(1 if faults else 0)
