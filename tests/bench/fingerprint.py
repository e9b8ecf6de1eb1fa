# SPDX-License-Identifier: Apache-2.0
"""Fingerprints: how fast the engine is on the examples of Recog's database, beside every pattern tried one after
the other by the same PCRE2 with JIT, and beside Recog's own engines, if the user has a copy of them: in Ruby
(--ruby DIR, run by Debian's ruby with ruby-nokogiri) and in Go (--go DIR, built with Debian's golang-go and
golang-github-sirupsen-logrus-dev). All answer the same look-ups and say the first fingerprint of one file
that matches, with its parameters; time is CPU time, and reading the database is not in it."""
import os
import pathlib
import subprocess
import sys

import report

PEER_SECONDS = 600
SECONDS = 2  # of CPU, of a mode at a kind of look-up
RUBY = r"""
require 'recog'
files = {}
Dir[ARGV[0] + '/*.xml'].each { |path| files[File.basename(path)] = Recog::DB.new(path) }
%w[hits misses].each do |kind|
  rows = File.readlines(ARGV[1] + '/' + kind).map { |l| f, b = l.chomp.split("\t", -1); [files[f], b.unpack1('m')] }
  began = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
  found = rows.count { |db, bytes| db.fingerprints.any? { |fp| fp.match(bytes) } }
  puts "#{kind} #{rows.size / (Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - began)} #{found}"
end
"""
GO = r"""
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	recog "peer/recog"
)

type row struct {
	db    *recog.FingerprintDB
	bytes string
}

func cpu() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

func main() {
	dbs := map[string]*recog.FingerprintDB{}
	paths, _ := filepath.Glob(os.Args[1] + "/*.xml")
	for _, path := range paths {
		db, err := recog.LoadFingerprintDBFromFile(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		dbs[filepath.Base(path)] = &db
	}
	for _, kind := range []string{"hits", "misses"} {
		var rows []row
		file, _ := os.Open(os.Args[2] + "/" + kind)
		lines := bufio.NewScanner(file)
		lines.Buffer(make([]byte, 1<<20), 1<<20)
		for lines.Scan() {
			words := strings.SplitN(lines.Text(), "\t", 2)
			bytes, _ := base64.StdEncoding.DecodeString(words[1])
			rows = append(rows, row{dbs[words[0]], string(bytes)})
		}
		began, found := cpu(), 0
		for _, r := range rows {
			if m := r.db.MatchFirst(r.bytes); m != nil && m.Matched {
				found++
			}
		}
		fmt.Println(kind, float64(len(rows))/(cpu()-began), found)
	}
}
"""


def call(words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=PEER_SECONDS, check=True,
                          **options).stdout


def ruby(copy, work):
    return ["ruby", "-I", os.path.join(copy, "lib"), "-e", RUBY]


def go(copy, work):
    """The user's copy, compiled outside of any module: nothing is fetched."""
    root = pathlib.Path(work, "go/src/peer")
    (root / "main").mkdir(parents=True)
    (root / "recog").symlink_to(os.path.abspath(copy))
    (root / "main/main.go").write_text(GO, encoding="utf-8")
    program = os.path.join(work, "recog-go")
    call(["go", "build", "-o", program, "peer/main"], cwd=root,
         env={**os.environ, "GO111MODULE": "off", "GOPATH": f"{work}/go:/usr/share/gocode",
              "GOCACHE": f"{work}/cache", "GOFLAGS": ""})
    return [program]


def peers(work, copies):
    for name, make, copy in (("recog-go", go, copies.get("go")), ("recog-ruby", ruby, copies.get("ruby"))):
        if not copy:
            continue
        try:
            yield name, make(copy, work)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"left out: {name}: {getattr(error, 'stderr', None) or error}", file=sys.stderr)


def numbers(text):
    return {words[0]: float(words[1]) for words in map(str.split, text.splitlines())}


def mode(said, name):
    return {kind: said[f"{name}_{kind}"] for kind in ("hits", "misses")}


def bench(work, program, runs, data, copies, seconds=SECONDS):
    tool = str(pathlib.Path(program or "").resolve().parent.parent / "tests/bench/bench_match")
    if not os.access(tool, os.X_OK):
        return f"{tool} is not built"
    if not data or not os.path.isdir(data):
        return f"Recog's database is not at {data}; name its folder with --data"
    for kind in ("hits", "misses"):
        pathlib.Path(work, kind).write_text(call([tool, data, kind]), encoding="ascii")
    there = dict(peers(work, copies))
    report.heading("Fingerprints", runs)
    said, rates = [], {name: [] for name in ("cadastre", "every pattern, PCRE2-JIT", *there)}
    for _ in range(runs):
        said.append(numbers(call([tool, data, str(seconds)])))
        rates["cadastre"].append(mode(said[-1], "filtered"))
        rates["every pattern, PCRE2-JIT"].append(mode(said[-1], "every"))
        for name, words in there.items():
            rates[name].append(numbers(call([*words, data, work])))
    rows = []
    for name, values in rates.items():
        row = [name]
        for kind in ("hits", "misses"):
            row += [report.spread([v[kind] for v in values], report.rate),
                    report.ratio([v[kind] for v in rates["cadastre"]], [v[kind] for v in values], True)]
        rows.append(row)
    print(report.table(["engine", "hits/s", "cadastre / it", "misses/s", "cadastre / it"], rows))
    one = said[-1]
    print(f"\n{one['fingerprints']:,.0f} fingerprints, {one['examples']:,.0f} examples, {one['hits']:,.0f} of them "
          f"match; {one['others']:,.0f} look-ups in other files\n")
    print(report.table(["figure", "measured"], [
        ["loading, CPU", report.spread([s["load_cpu"] for s in said], report.seconds)],
        ["loading, memory", f"{one['load_memory'] / 1024:.1f} MiB"],
        ["hostile banners of 1 KiB", f"{one['hostile']:,.0f}"],
        ["a hostile banner, mean", f"{one['hostile_mean'] * 1e6:.1f} us"],
        ["a hostile banner, worst", report.spread([s["hostile_worst"] for s in said],
                                                  lambda v: f"{v * 1e3:.2f} ms")],
        ["limits reached, and told", f"{one['hostile_limits']:,.0f}"]]), flush=True)
    return None
