# SPDX-License-Identifier: Apache-2.0
"""What the property tests share: hosts with the data that services ask for, and running davit many times."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import generator

TESTS = pathlib.Path(__file__).resolve().parent.parent
DAVIT, PLUGINS, RUNNER = (os.environ.get(name, "") for name in ("DAVIT", "DAVIT_PLUGINS", "PROPERTY_RUNNER"))
# The hosts have no driver files; a service may want a /dev/shm that MPS would take.
PLUGIN_OPTIONS = ["--plugin-option=nvidia:driver-files=off", "--plugin-option=nvidia:mps-shm-dir=none"]
CLEAN_ENV = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}
if "ASAN_OPTIONS" in os.environ:
    CLEAN_ENV["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]


def code_tables():
    """The tables of keys of the code: TABLE -> KEY -> {needed, form}."""
    words = [RUNNER, "keys"]
    return json.loads(subprocess.run(words, env=CLEAN_ENV, check=True, stdout=subprocess.PIPE).stdout)


def known_keys(fields, path):
    """ "TABLE.KEY" of each key of the table and of the forms in it."""
    for key, field in fields.items():
        yield f"{path}.{key}"
        form, below = field["form"], f"{path}.{key}"
        while form and "item" in form:
            form = form["item"]
        if form and "keys" in form:
            yield from known_keys(form["keys"], form["table"] or below)
        for i, variant in enumerate(form["variants"]) if form and "variants" in form else ():
            yield from known_keys(variant, form["tables"][i] or f"{below}:{form['words'][i]}")


def fill_data(top):
    """The directories and files that services mount."""
    for name in generator.DATA_DIRECTORIES + [f"volumes/{name}" for name in generator.VOLUMES]:
        (top / name).mkdir(parents=True, exist_ok=True)
    for name in generator.DATA_FILES:
        (top / name).write_text("data\n")
    (top / generator.SECCOMP).write_text('{"defaultAction": "SCMP_ACT_ALLOW"}\n')


def add_init(host):
    """An init that needs no library, as far as its headers tell: for rendering only."""
    init = host / "usr/bin/catatonit"
    init.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, 0, 64, 0, 0, 64, 56, 0, 64, 0, 0)
    init.write_bytes(header)
    init.chmod(0o755)


class Rig:
    """A scratch directory with a copy of each fixture host."""

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="davit-property-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.path = pathlib.Path(self.scratch.name)
        self.data = self.path / "data"
        fill_data(self.data)
        for name in generator.HOSTS:
            host = self.path / "hosts" / name
            shutil.copytree(TESTS / "hosts" / name, host, symlinks=True)
            fill_data(host / str(self.data)[1:])
            add_init(host)
            for node, text in ("fuse", "c 10:229 0666"), ("kvm", "c 10:232 0660"), ("net/tun", "c 10:200 0666"), ("zero", "c 1:5 0666"):
                (host / "dev" / node).parent.mkdir(exist_ok=True)
                (host / "dev" / node).write_text(text + "\n")
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def words(self, host, options, file, service):
        """A command line: a bundle is made only where the config needs files in it, and none of what is no container."""
        if str(service.get("service_type", "")).startswith("wasm"):
            return ["--quiet", "validate", str(file)]
        needs_files = any(service.get(key) for key in ("dns", "extra_hosts"))
        command = ["build", "-o", f"{self.path}/bundle", f"--rootfs={self.data}"] if needs_files else ["spec"]
        return ["--quiet", f"--plugin-dir={PLUGINS}", *PLUGIN_OPTIONS, f"--host-root={self.path}/hosts/{host}", *command, *options, str(file)]


class Runner:
    """One process that runs command lines."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [RUNNER, "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=CLEAN_ENV, umask=0o022
        )
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        status = self.process.wait()
        if status != 0:
            raise SystemExit(f"the runner ended with status {status}")

    def run(self, words):
        """(status, stdout, stderr, whether the second run was the same)"""
        assert not any("\t" in word or "\n" in word for word in words)
        self.process.stdin.write(("\t".join(words) + "\n").encode())
        self.process.stdin.flush()
        head = self.process.stdout.readline().split()
        if len(head) != 4:
            raise SystemExit(f"the runner died at: {' '.join(words)}")
        status, out, err, same = map(int, head)
        return status, self.process.stdout.read(out).decode(), self.process.stdout.read(err).decode(), bool(same)


class Tap:
    """Checks as TAP; a failed one shows its first examples."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, name, problems=()):
        self.count += 1
        problems = list(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems[:20]:
            print("\n".join("#   " + line for line in str(problem).splitlines()))
        if len(problems) > 20:
            print(f"#   and {len(problems) - 20} more")
        self.failed += bool(problems)

    def end(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(77)
