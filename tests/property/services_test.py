#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""For random valid service files: two renders are the same, and what is rendered passes the strict check.

    services_test.py [FILES [SEED]]      10000 files and seed 1 if nothing is said

The files use every key of davit's tables and every word that a key allows, or the test fails: a key that is new in the
tables must be put into generator.py.
"""
import random
import re
import sys

import nodes
from check_config import LIMITS, check_config
from generator import HOSTS, Generator
from rig import Rig, Runner, Tap, code_tables, known_keys

USES_LEAST = 50
PROBE = nodes.Text("zz-no-such-word")


class Batch:
    def __init__(self, rig, runner):
        self.rig, self.runner, self.tables = rig, runner, code_tables()
        self.known = {key for table, fields in self.tables.items() for key in known_keys(fields, table)}
        self.uses = {}
        self.examples = {}  # "TABLE.KEY" -> (seed, generator, root, mapping)
        self.refused, self.differing, self.wrong = [], [], []
        self.renders = 0

    def write(self, seed, root):
        file = self.rig.path / "service.yaml"
        file.write_text(nodes.Writer(random.Random(seed)).write(root))
        return file

    def run_file(self, seed):
        host = list(HOSTS)[seed % len(HOSTS)]
        generator = Generator(seed, host, str(self.rig.data), self.tables)
        root = generator.service_file_keys()
        nodes.count_uses(root, self.uses)
        found = {}
        nodes.find_keys(root, found)
        for name, mapping in found.items():
            self.examples.setdefault(name, (seed, generator, root, mapping))
        file = self.write(seed, root)
        for service in root["services"]:
            self.run_service(seed, self.words(generator, service, root, file))

    def words(self, generator, service, root, file):
        options = ["-s", service, *generator.file_options, *generator.options[service]]
        return self.rig.words(generator.host, options, file, root["services"][service])

    def run_service(self, seed, words):
        status, out, err, same = self.runner.run(words)
        self.renders += 2
        label = f"file {seed}, {' '.join(words[2:])}"
        if not same:
            self.differing.append(label)
        if status != 0:
            self.refused.append(f"{label}: {err}")
            return
        problems = check_config(out) if "validate" not in words else []
        if problems:
            self.wrong.append(f"{label}: " + "; ".join(problems))

    def probe(self, name):
        """The words that davit allows for the key, by its own answer to a word that it does not; None if it takes any."""
        seed, generator, root, mapping = self.examples[name]
        key = name.rsplit(".", 1)[1]
        kept = mapping[key]
        mapping[key] = PROBE
        file = self.write(seed, root)
        mapping[key] = kept
        words = self.words(generator, next(iter(root["services"])), root, file)
        _, _, err, _ = self.runner.run(words)
        found = re.search(rf'"{PROBE}" is not one of the values allowed\n.*allowed: (.*)', err)
        return set(found.group(1).split(", ")) if found else None


def check_words(batch):
    """Each word that davit allows is used, and none that it does not know."""
    for name in sorted(batch.examples):
        allowed = batch.probe(name)
        used = {use.split("=", 1)[1] for use in batch.uses if use.startswith(name + "=")}
        if allowed is None:
            continue
        # Tables for one variant each share the key that chooses.
        for word in sorted(allowed - used):
            elsewhere = any(use.endswith(f".{name.rsplit('.', 1)[1]}={word}") for use in batch.uses)
            if not elsewhere:
                yield f"{name}: {word} is never used"


def check_uses(batch, keys):
    for name in sorted(keys | set(batch.uses)):
        count = batch.uses.get(name, 0)
        if count < USES_LEAST:
            yield f"{name}: {count} uses, {USES_LEAST} are required"
    for limit in LIMITS.lower().split():
        if batch.uses.get(f"service_keys.ulimits={limit}", 0) < USES_LEAST:
            yield f"ulimits: {limit} is not used {USES_LEAST} times"


def main(count=10000, seed=1):
    tap = Tap()
    with Rig() as rig, Runner() as runner:
        batch = Batch(rig, runner)
        for number in range(count):
            batch.run_file(seed * 1000003 + number)
        print(f"# {count} files, {batch.renders} renders, {len(batch.uses)} keys and words")
        tap.check("davit renders every file", batch.refused)
        tap.check("two renders of a file are the same", batch.differing)
        tap.check("every config passes the strict check", batch.wrong)
        tap.check("the files use every key of the tables and every word often enough", check_uses(batch, batch.known))
        unknown = sorted(use for use in batch.uses if "=" not in use and use not in batch.known)
        tap.check("the files use no key that is not in the tables", unknown)
        tap.check("the words that the files use are all that davit allows", check_words(batch))
    tap.end()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
