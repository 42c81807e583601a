# SPDX-License-Identifier: Apache-2.0
"""Random cases: directories of spec files, a config, and the devices to put into it.

A case is what JSON can hold, so that it can be stored and made smaller: {"dirs": [{FILE NAME: SPEC}], "config", "devices"}. A
scalar {"plain": TEXT} is written without quotes as it stands; {"pairs": [[KEY, VALUE]...]} is a mapping that may have a key
twice. Only files that every Linux host has are named: what is said of them must be the same everywhere.
"""
import json
import random
import re

VERSIONS = ["0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"]
KINDS = ["acme.com/npu", "acme.com/nic", "w.org/x.y", "v/c", "Acme_1.org/a-b"]
NAMES = ["0", "1", "2", "all", "npu0", "a.b", "x:y", "A_b-c", "10"]
VARIABLES = ["A", "B", "PATH", "X_Y", "lower"]
VALUES = ["", "1", "two words", "/a:/b", "x=y", "$HOME", "ü", "a,b", '"q"', "#"]
NODES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
NODE_PATHS = NODES + ["/dev/acme0", "/dev/acme1", "/dev/dri/card0"]
SOURCES = ["/usr", "/usr", "/etc", "/etc", "/dev/null", "/usr/bin/env", "/usr/bin/env", "/"]
TARGETS = ["/a", "/a/b", "/a/b/c", "/usr/lib/x", "/opt", "/b", "/c/d", "/c", "/d/e/f"]
OPTIONS = ["ro", "rw", "bind", "rbind", "nosuid", "nodev", "noexec", "rprivate", "idmap", "ridmap"]
HOOKS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
INTERFACES = ["eth0", "eth1", "ib0"]
ODD_PLAIN = ["010", "0x10", "1_000", "1e3", "1.50", "yes", "n", "on", "true", "null", "~", "2001-01-01", "12:30", "0o17", "-5", "+3", ".5", "0.3"]
ODD_NAMES = ["", "a/b", "-a", "a-", ".", "a b", "*", "ä", "a\n", "=", "a" * 300, "9", "a..b"]
ODD_VALUES = [None, "", 0, 1, -1, 4294967296, 2**63, 1.5, True, [], {}, [None], "x", "1", "0666"] + [{"plain": text} for text in ODD_PLAIN]


class Maker:
    def __init__(self, seed, number):
        self.random = random.Random(f"{seed}/{number}")

    def chance(self, per_cent):
        return self.random.randrange(100) < per_cent

    def pick(self, choices):
        return self.random.choice(choices)

    def some(self, make, most):
        return [make() for _ in range(self.random.randint(1, most))]

    def optional(self, into, key, per_cent, make):
        if self.chance(per_cent):
            into[key] = make()

    # ---- specs

    def variable(self):
        return f"{self.pick(VARIABLES)}={self.pick(VALUES)}"

    def node(self):
        path = self.pick(NODE_PATHS)
        node = {"path": path}
        if path not in NODES or self.chance(20):
            self.optional(node, "hostPath", 95, lambda: self.pick(NODES))
        if self.chance(25):
            node["type"] = self.pick("cccccbup")
            node["major"], node["minor"] = self.pick([(1, 3), (1, 5), (195, 0), (0, 7), (10, 200)])
        self.optional(node, "type", 10, lambda: self.pick("cccccbup"))
        self.optional(node, "major", 4, lambda: self.pick([1, 0, 195]))
        self.optional(node, "fileMode", 20, lambda: self.pick([438, 0, 416, 4480, 511]))
        self.optional(node, "permissions", 35, lambda: self.pick(["", "r", "rw", "rwm", "mwr", "rr", "none"]))
        self.optional(node, "uid", 15, lambda: self.pick([0, 5, 1000]))
        self.optional(node, "gid", 15, lambda: self.pick([0, 44, 1000]))
        return node

    def mount(self):
        mount = {"hostPath": self.pick(SOURCES), "containerPath": self.pick(TARGETS)}
        self.optional(mount, "options", 80, lambda: self.some(lambda: self.pick(OPTIONS), 4))
        self.optional(mount, "type", 30, lambda: self.pick(["bind", "none", "tmpfs", ""]))
        return mount

    def hook(self):
        hook = {"hookName": self.pick(HOOKS), "path": "/usr/bin/env"}
        self.optional(hook, "args", 60, lambda: self.some(lambda: self.pick(["env", "-i", "a b"]), 3))
        self.optional(hook, "env", 30, lambda: self.some(self.variable, 2))
        self.optional(hook, "timeout", 30, lambda: self.pick([1, 30, 0]))
        return hook

    def rdt(self):
        rdt = {}
        self.optional(rdt, "closID", 60, lambda: self.pick(["clos", "/", "a..b"]))
        self.optional(rdt, "l3CacheSchema", 30, lambda: "L3:0=f")
        self.optional(rdt, "memBwSchema", 30, lambda: "MB:0=50")
        self.optional(rdt, "schemata", 20, lambda: ["L3:0=f", "MB:0=20"])
        self.optional(rdt, "enableMonitoring", 20, lambda: self.chance(50))
        self.optional(rdt, "enableCMT", 5, lambda: True)
        self.optional(rdt, "enableMBM", 5, lambda: False)
        return rdt

    def net_device(self):
        return {"hostInterfaceName": self.pick(INTERFACES), "name": self.pick(INTERFACES + ["net"])}

    def edits(self, is_rich):
        edits = {}
        share = 2 if is_rich else 1
        self.optional(edits, "env", 30 * share, lambda: self.some(self.variable, 3))
        self.optional(edits, "deviceNodes", 40, lambda: self.some(self.node, 3))
        self.optional(edits, "mounts", 25, lambda: self.some(self.mount, 3))
        self.optional(edits, "hooks", 20, lambda: self.some(self.hook, 2))
        self.optional(edits, "netDevices", 8, lambda: self.some(self.net_device, 2))
        self.optional(edits, "intelRdt", 8, self.rdt)
        self.optional(edits, "additionalGids", 12, lambda: self.some(lambda: self.pick([0, 4, 5, 44]), 3))
        return edits

    def device(self):
        device = {"name": self.pick(NAMES), "containerEdits": self.edits(True) or {"env": ["D=1"]}}
        self.optional(device, "annotations", 8, lambda: {"a.b/c": "d"})
        return device

    def spec(self):
        version = self.pick(VERSIONS) if self.chance(15) else "1.1.0"
        spec = {"cdiVersion": version, "kind": self.pick(KINDS) if self.chance(40) else KINDS[0]}
        devices = {device["name"]: device for device in self.some(self.device, 4)}
        spec["devices"] = list(devices.values())
        self.optional(spec, "containerEdits", 50, lambda: self.edits(False))
        self.optional(spec, "annotations", 8, lambda: {"key": "value", "a.b/n": {"plain": "5"}})
        return self.mutate(spec) if self.chance(20) else spec

    # ---- nearly valid specs

    def places(self, value, path=()):
        """Every (container, key) below the value."""
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, child in items:
            yield value, key
            yield from self.places(child, path + (key,))

    def mutate(self, spec):
        container, key = self.pick(list(self.places(spec)))
        what = self.random.randrange(8)
        if what == 0:
            del container[key]
        elif what == 1 and isinstance(container, list):
            container.insert(key, None)
        elif what == 2 and isinstance(container, dict):
            container[self.pick(["unknown", "Kind", "PATH", "x", "enableCMT", "map"])] = self.pick(ODD_VALUES)
        elif what == 3 and isinstance(container[key], dict):
            pairs = [[name, child] for name, child in container[key].items()]
            container[key] = {"pairs": pairs + [self.pick(pairs)]} if pairs else {}
        elif what == 4 and isinstance(container[key], str):
            container[key] = self.pick(ODD_NAMES)
        elif what == 5 and isinstance(container[key], str):
            path = container[key]
            container[key] = self.pick([path + "/", "/" + path, path.replace("/", "//", 1), "./" + path, "/no/such", path + "/..", path.upper()])
        else:
            container[key] = self.pick(ODD_VALUES)
        return spec

    # ---- configs

    def config_device(self):
        return {"path": self.pick(NODE_PATHS), "type": "c", "major": self.pick([1, 195]), "minor": self.pick([3, 5, 9]), "fileMode": 438}

    def config_mount(self):
        return {"destination": self.pick(TARGETS + ["/b/", "/proc", "/dev"]), "type": "bind", "source": "/usr", "options": ["rbind", "ro"]}

    def config_hook(self):
        return {"path": "/usr/bin/env", "args": ["env", self.pick("ab")]}

    def process(self):
        process = {"cwd": "/", "args": ["sh"]}
        self.optional(process, "user", 70, lambda: {"uid": self.pick([0, 0, 1000]), "gid": self.pick([0, 0, 1001])})
        if "user" in process:
            self.optional(process["user"], "additionalGids", 30, lambda: self.pick([[4], [44, 5], [7]]))
        self.optional(process, "env", 70, lambda: [f"{self.pick(VARIABLES)}{i or ''}={self.pick(VALUES)}" for i in range(self.random.randint(1, 4))])
        self.optional(process, "x-extra", 10, lambda: {"a": 12345678901234567890})
        return process

    def linux(self):
        linux = {}
        self.optional(linux, "devices", 40, lambda: self.some(self.config_device, 3))
        deny = {"allow": False, "access": "rwm"}
        allow = {"allow": True, "type": "c", "major": 1, "minor": 3, "access": "rwm"}
        self.optional(linux, "resources", 50, lambda: {"devices": [deny, allow] if self.chance(50) else [deny]})
        self.optional(linux, "namespaces", 60, lambda: [{"type": "mount"}] + ([{"type": "user"}] if self.chance(25) else []))
        self.optional(linux, "gidMappings", 20, lambda: [{"containerID": self.pick([0, 100]), "hostID": 0, "size": 10}])
        self.optional(linux, "netDevices", 10, lambda: {self.pick(INTERFACES): {"name": "net"}})
        self.optional(linux, "intelRdt", 10, lambda: {"closID": "old", "l3CacheSchema": "L3:0=1"})
        return linux

    def config(self):
        config = {"ociVersion": self.pick(["1.0.2", "1.2.0", "1.3.0"])}
        self.optional(config, "process", 80, self.process)
        self.optional(config, "mounts", 60, lambda: list({m["destination"].rstrip("/") or "/": m for m in self.some(self.config_mount, 4)}.values()))
        self.optional(config, "hooks", 20, lambda: {self.pick(HOOKS): self.some(self.config_hook, 2)})
        self.optional(config, "linux", 80, self.linux)
        self.optional(config, "x-vendor", 10, lambda: [1.50, {"x-deep": None}])
        return config

    # ---- the whole

    def directory(self):
        count = self.pick([1, 1, 1, 2, 3])
        names = self.random.sample(["a.yaml", "b.yaml", "c.json", "d.json", ".e.yaml", "f.yml", "g.YAML"], count)
        return {name: self.spec() for name in names}

    def request(self, dirs):
        known = []
        for spec in (spec for files in dirs for spec in files.values() if isinstance(spec, dict)):
            devices = spec.get("devices")
            for device in devices if isinstance(devices, list) else []:
                name = device.get("name") if isinstance(device, dict) else None
                if isinstance(name, str) and isinstance(spec.get("kind"), str):
                    known.append(f"{spec['kind']}={name}")
        count = min(self.pick([1, 1, 1, 2, 3]), len(set(known)))
        names = self.random.sample(sorted(set(known)), count)
        if names and self.chance(3):
            names.append(names[0])
        return names if names and not self.chance(4) else names + [self.pick(["acme.com/npu=none", "none.com/x=0"])]

    def case(self):
        dirs = [self.directory() for _ in range(self.pick([1, 1, 2, 2, 3]))]
        return {"dirs": dirs, "config": self.config(), "devices": self.request(dirs)}


# ---- texts


def is_plain(value):
    return isinstance(value, dict) and set(value) == {"plain"}


def pairs_of(value):
    return value["pairs"] if set(value) == {"pairs"} else value.items()


def is_simple(text):
    """One that every reader of YAML takes for a text, without quotes."""
    return re.fullmatch(r"/?[a-zA-Z][a-zA-Z./_-]{2,}[a-zA-Z]", text) is not None and text.lower() not in ("true", "null")


def scalar(value, quote_all):
    if is_plain(value):
        return value["plain"]
    if isinstance(value, str) and not quote_all and is_simple(value):
        return value
    return json.dumps(value)


def flow(value):
    """As JSON, but for plain scalars and keys that come twice."""
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, dict) and not is_plain(value):
        return "{" + ", ".join(f"{json.dumps(key)}: {flow(child)}" for key, child in pairs_of(value)) + "}"
    return scalar(value, True)


def block(value, indent=""):
    if isinstance(value, dict) and not is_plain(value) and pairs_of(value):
        items = [(f"{scalar(key, False)}:", child) for key, child in pairs_of(value)]
    elif isinstance(value, list) and value:
        items = [("-", child) for child in value]
    else:
        return f" {flow(value) if isinstance(value, (dict, list)) else scalar(value, False)}\n"
    return "\n" + "".join(f"{indent}{lead}{block(child, indent + '  ')}" for lead, child in items)


def text_of(name, spec):
    return flow(spec) + "\n" if name.endswith(".json") else block(spec).lstrip("\n")
