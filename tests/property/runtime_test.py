#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sample of the random services as containers: runc creates and deletes each.

    runtime_test.py [CONTAINERS [SEED]]      until 200 containers were there, and seed 1, if nothing is said

What a machine cannot do is in REASONS: how runc says so, and what the config asks for that explains it. Any other failure
fails the test, and so do too many of them.
"""
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
from collections import Counter

import nodes
from check_config import CAPABILITIES
from generator import HOSTS, Generator
from rig import CLEAN_ENV, DAVIT, Rig, Tap, code_tables, skip_all

NO_CONTAINER = "the service is none"
FAILURES_MOST = 0.4  # of the containers asked


def raised_limits(config):
    """Limits above what this process may have: only CAP_SYS_RESOURCE of the first user namespace raises them."""
    for limit in config["process"].get("rlimits", []):
        _, most = resource.getrlimit(getattr(resource, limit["type"], resource.RLIMIT_NOFILE))
        if most != resource.RLIM_INFINITY and limit["hard"] > most:
            yield limit["type"]


def may_give(name):
    """Whether this process has the capability to give away; a fixture host says nothing of that."""
    with open("/proc/self/status", encoding="ascii") as status:
        bounding = int(next(line for line in status if line.startswith("CapBnd:")).split()[1], 16)
    return bool(bounding >> CAPABILITIES.split().index(name.upper().removeprefix("CAP_")) & 1)


def missing_capabilities(config):
    return not all(may_give(name) for name in config["process"]["capabilities"]["bounding"])


def has_mount_below_read_only(config):
    closed = [m["destination"] + "/" for m in config["mounts"] if {"ro", "rro"} & set(m.get("options", []))]
    return any(mount["destination"].startswith(tuple(closed)) for mount in config["mounts"])


def lacks_source(config):
    return any(not os.path.exists(m["source"]) for m in config["mounts"] if "rbind" in m.get("options", []))


def has_init(config):
    return any(mount["destination"] == "/dev/davit-init" for mount in config["mounts"])


def resources(config, *path):
    value = config["linux"].get("resources", {})
    for key in path:
        value = value.get(key, {})
    return value not in ({}, None)


REASONS = [  # name, what runc says, what of the config explains it
    ("no blkio.weight here", r"(blkio|io)\S*weight", lambda c: resources(c, "blockIO", "weight")),
    ("no swap accounting here", r"memsw|memory\.swap", lambda c: resources(c, "memory", "swap")),
    ("no memory.swappiness here", r"swappiness", lambda c: resources(c, "memory", "swappiness")),
    ("no memory.oom_control here", r"oom_control", lambda c: resources(c, "memory", "disableOOMKiller")),
    ("capabilities that may not be given here", r"unable to apply caps", missing_capabilities),
    ("a mount point that a read-only mount lacks", r"read-only file system", has_mount_below_read_only),
    ("what only the fixture host has", r"no such file or directory", lacks_source),
    ("nobody takes the terminal", r"cannot allocate tty|console socket", lambda c: c["process"].get("terminal")),
    ("no such init here", r"davit-init|/usr/bin/catatonit", has_init),
    ("no AppArmor here", r"apparmor", lambda c: "apparmorProfile" in c["process"]),
    ("no SELinux here", r"selinux", lambda c: "selinuxLabel" in c["process"] or "mountLabel" in c["linux"]),
    ("oom_score_adj may not be lowered here", r"oom_score_adj", lambda c: c["process"].get("oomScoreAdj", 0) < 0),
    ("no controller for the memory of devices here", r"unified|dmem", lambda c: c["linux"]["resources"].get("unified")),
    ("limits may not be raised here", r"rlimit.*not permitted", lambda c: any(raised_limits(c))),
    (
        "too few processes for runc itself",
        r"resource temporarily unavailable|fork/exec|procReady|EOF",
        lambda c: 0 < c["linux"]["resources"].get("pids", {}).get("limit", -1) < 16,
    ),
]


def tame(service):
    """Without what few machines can do for a test; one service in eight keeps it."""
    for key in "tty", "init_container", "apparmor", "ulimits", "privileged", "user":
        service.pop(key, None)
    service.get("resources", {}).pop("oom_score_adj", None)
    for key in "capabilities", "cap_add":
        given = service.get(key, [])
        given[:] = [name for name in given if name.upper() not in ("ALL", "CAP_ALL") and may_give(name)] or ["kill"]
        if not given or "cap_drop" in service:
            service.pop(key, None)
    options = service.get("security_opt", [])
    options[:] = [option for option in options if not option.startswith(("label", "apparmor"))]


def make_rootfs(path):
    for name in "bin", "dev", "etc", "proc", "sys", "tmp":
        (path / name).mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), path / "bin/busybox")
    for applet in "sh", "sleep":
        (path / "bin" / applet).symlink_to("busybox")


def run(words, **options):
    return subprocess.run(
        [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60, umask=0o022, **options
    )


class Sample:
    def __init__(self, rig):
        self.rig = rig
        self.tables = code_tables()
        self.rootfs = rig.path / "rootfs"
        self.unexplained, self.reasons, self.created = [], Counter(), 0

    def build(self, seed, bundle):
        host = list(HOSTS)[seed % len(HOSTS)]
        generator = Generator(seed, host, str(self.rig.data), self.tables)
        generator.systemd, generator.file_options = False, []  # a systemd that makes slices is not everywhere
        root = generator.service_file_keys()
        service = next(iter(root["services"]))
        if str(root["services"][service].get("service_type", "")).startswith("wasm"):
            return NO_CONTAINER
        if seed % 8:
            tame(root["services"][service])
        file = self.rig.path / "service.yaml"
        file.write_text(nodes.Writer(random.Random(seed)).write(root))
        words = self.rig.words(host, ["-s", service, *generator.options[service]], file, {})
        words[words.index("spec") : words.index("spec") + 1] = ["build", "-o", str(bundle), f"--rootfs={self.rootfs}"]
        built = run([DAVIT, *words, "--", "/bin/sleep", "60"], env=CLEAN_ENV, stderr=subprocess.PIPE, text=True)
        return built.stderr if built.returncode else None

    def judge(self, label, said, config):
        for name, pattern, explains in REASONS:
            if re.search(pattern, said, re.IGNORECASE) and explains(config):
                self.reasons[name] += 1
                return
        self.unexplained.append(f"{label}: {said}")

    def try_service(self, seed):
        bundle, name = self.rig.path / "bundle", f"davit-property-{os.getpid()}-{seed}"
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.rmtree(self.rootfs, ignore_errors=True)  # runc makes what mounts need in it
        make_rootfs(self.rootfs)
        wrong = self.build(seed, bundle)
        if wrong == NO_CONTAINER:
            return
        if wrong:
            self.unexplained.append(f"file {seed}: davit: {wrong}")
            return
        runc = ["runc", "--root", self.rig.path / "state"]
        log = self.rig.path / "log"
        with open(log, "w", encoding="utf-8") as output:  # not a pipe: the container's own process keeps it open
            created = run([*runc, "create", "-b", bundle, name], stderr=output)
        if created.returncode == 0:
            self.created += 1
        else:
            self.judge(f"file {seed}", log.read_text(), json.loads((bundle / "config.json").read_text()))
        with open(log, "w", encoding="utf-8") as output:
            deleted = run([*runc, "delete", "--force", name], stderr=output)
        if created.returncode == 0 and deleted.returncode != 0:
            self.unexplained.append(f"file {seed}: delete: {log.read_text()}")


def main(count=200, seed=1):
    if os.geteuid() != 0:
        skip_all("needs root: runc makes device nodes")
    for program in "runc", "busybox":
        if not shutil.which(program):
            skip_all(f"{program} is not installed")
    tap = Tap()
    with Rig() as rig:
        sample = Sample(rig)
        for number in range(int(count * (1 + FAILURES_MOST))):
            if sample.created < count:
                sample.try_service(seed * 1000003 + number)
    explained = sum(sample.reasons.values())
    print(f"# runc created and deleted {sample.created} containers, {explained} are beyond this machine")
    for name, times in sorted(sample.reasons.items()):
        print(f"# {times}: {name}")
    tap.check("runc creates and deletes every container, or says why this machine cannot", sample.unexplained)
    tap.check(f"{count} containers were there", [f"only {sample.created}"] if sample.created < count else [])
    tap.end()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
