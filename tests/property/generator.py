# SPDX-License-Identifier: Apache-2.0
"""Random valid service files: every key of davit's tables, every word that a key allows.

For each table of core/service/keys.h there is a method of that name. A file is made for one of the fixture hosts (HOSTS),
because it may ask for what is on the host.
"""
import os
import random

from check_config import CAPABILITIES
from nodes import Keys, Names, Raw, Text, Word

HOSTS = {  # of tests/hosts: the vendor, and its devices as a file may name them
    "empty": None,
    "nvidia-mps": ("nvidia", [["0", "GPU-11111111-2222-3333-4444-555555555555", "0000:1b:00.0"]]),
    "nvidia-2": ("nvidia", [["0"], ["1"]]),
    "amd-2": ("amd", [["0", "0000:83:00.0"], ["1", "0000:c1:00.0"]]),
    "amd-dmem": ("amd", [["0", "0000:83:00.0"]]),
    "intel-2": ("intel", [["0", "0000:03:00.0"], ["1", "0000:4d:00.0"]]),
    "acme-npu": ("0x1e52", [["0000:0a:00.0"], ["0000:0b:00.0"]]),
}

# What services mount: in every host and on the machine, below a directory that the tests make.
DATA_DIRECTORIES = ["input", "models/large", "with space", "é"]
DATA_FILES = ["settings.json", "models/weights.bin"]
SECCOMP = "seccomp.json"
VOLUMES = ["data", "cache-1", "x"]
DEVICES = ["/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/zero"]

WORDS = "alpha Beta gamma-3 d_e /opt/run.sh --flag=1 -x a:b é日 x=y 'q' \"d\" $HOME #no {b} [c] true 08 1.50 ~ tab\there new\nline"
RLIMITS = "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


WASM_TYPES = "wasm_http wasm_plugin wasm_transformer wasm_authenticator wasm_rate_limiter wasm_middleware wasm_router"


class Generator:
    def __init__(self, seed, host, data, tables):
        self.random = random.Random(seed)
        self.tables = tables  # of the code, for the keys that are only checked: their forms say all
        self.host = host
        self.data = data  # where DATA_* and VOLUMES are
        self.vendor, self.devices = HOSTS[host] or (None, [])
        self.systemd = self.chance(0.3)
        self.targets = set()  # of mounts, of one service
        self.file_options = ["--systemd-cgroup"] if self.systemd else []
        self.options = {}  # of each service
        self.roles = []  # of the service at hand

    # ---- small values ----

    def chance(self, probability):
        return self.random.random() < probability

    def number(self, least, most):
        """In one of the ways to write it; the ends more often than chance would have them."""
        value = self.random.choice([least, most, self.random.randint(least, most), self.random.randint(least, most)])
        forms = [str(value)] * 4
        if value >= 0:
            forms += [hex(value), oct(value), bin(value), f"+{value}"]
        return Raw(self.random.choice(forms))

    def bool(self):
        return Raw(self.random.choice(["true", "false", "True", "FALSE"]))

    def word(self, words):
        return Word(self.random.choice(words.split()))

    def text(self):
        return Text(self.random.choice(WORDS.split(" ")))

    def label(self, most=20):
        ends = LETTERS + "0123456789"
        length = self.random.choice([1, 3, most, self.random.randint(1, most)])
        if length == 1:
            return Text(self.random.choice(LETTERS))
        middle = "".join(self.random.choice(ends + "-") for _ in range(length - 2))
        return Text(self.random.choice(LETTERS) + middle + self.random.choice(ends))

    def size(self, least=1):
        units = ["", "Ki", "Mi", "Gi", "K", "M", "G", "ki", "mI", "g"]
        return Text(f"{self.random.randint(least, 64)}{self.random.choice(units)}")

    def duration(self):
        return Text(self.random.choice(["30s", "5m", "1h 30m", "250ms", "2 days", "1w"]))

    def path(self):
        return Text("/" + "/".join(self.random.choice(["srv", "opt", "a.b", "x y", "é", "..."]) for _ in range(self.random.randint(1, 4))))

    def target(self, name=""):
        """Of a mount: each once in a service. With a name, nothing else is mounted below it."""
        while True:
            target = self.random.choice(["/data", "/srv", "/mnt/x"]) + self.path() + name
            if target not in self.targets:
                self.targets.add(target)
                return Text(target)

    def existing(self, names):
        return Text(f"{self.data}/{self.random.choice(names)}")

    def some(self, make, least, most):
        return [make() for _ in range(self.random.randint(least, most))]

    def texts(self, least=1, most=4):
        return self.some(self.text, least, most)

    def keys(self, table, required=(), optional=(), probability=0.4, /, **values):
        """A mapping of that table: `values` are makers of values. Optional keys are there by chance, and so are those that
        the code's table has a form for."""
        fields = self.tables[table]
        forms = self.forms(table, fields, values)
        names = [key for key in forms if fields[key]["needed"] or self.chance(0.08 if table == "service_keys" else 0.4)]
        values = {**forms, **values}
        names += [n for n in values if n in required or (n in optional and self.chance(probability))]
        self.random.shuffle(names)
        return Keys(table, {name: values[name]() for name in names})

    def optional(self, table, probability=0.4, /, **values):
        return self.keys(table, (), tuple(values), probability, **values)

    # ---- values by their form ----

    def forms(self, table, fields, values):
        """Makers for the keys with a form that have no maker of their own."""
        return {
            key: lambda key=key, form=field["form"]: self.by_form(f"{table}.{key}", form)
            for key, field in fields.items()
            if field["form"] and key not in values
        }

    def by_form(self, path, form):
        kind = form["kind"]
        if kind == "choice":
            return Word(self.random.choice(form["words"]))
        if kind == "number":
            return self.number(form["least"], form["most"])
        if kind == "list":
            return [self.by_form(path, form["item"]) for _ in range(self.random.randint(max(1, form["least"]), 3))]
        if kind == "map":
            return Names({self.text(): self.by_form(path, form["item"]) for _ in range(self.random.randint(0, 3))})
        if kind == "keys":
            return self.form_keys(form["table"] or path, form["keys"])
        if kind == "variant":
            word = self.random.choice(form["words"])
            index = form["words"].index(word)
            chosen = {form["variant_key"]: lambda: Word(word)}
            return self.form_keys(form["tables"][index] or f"{path}:{word}", form["variants"][index], chosen)
        return {"text": self.text, "bool": self.bool, "duration": self.duration, "size": self.size, "any": self.text}[kind]()

    # Values of forms that have to fit others.
    def own_makers(self, path):
        if path.endswith(".depends"):
            return {"service": lambda: Text(self.name)}
        if path.endswith((".wasm", ".wasm_http")):
            return {"min_instances": lambda: self.number(0, 3), "max_instances": lambda: self.number(3, 9)}
        if path.endswith(".capabilities"):  # by default some are on, and no type may have all
            return {key: lambda: Raw("false") for key in "config keyvalue logging metrics secrets http_client cli filesystem sockets".split()}
        return {"endpoints": lambda: self.endpoints()}

    def form_keys(self, path, fields, chosen=None):
        own = {key: make for key, make in self.own_makers(path).items() if key in fields}
        makers = {**self.forms(path, fields, {}), **own, **(chosen or {})}
        needed = [key for key in fields if fields[key]["needed"] or key in (chosen or {}) or path.endswith(".capabilities")]
        names = [key for key in fields if key in needed or self.chance(0.5)]
        return Keys(path, {key: makers[key]() for key in names})

    # ---- the file ----

    def service_file_keys(self):
        def services():
            names = {self.label() for _ in range(self.random.choice([1, 1, 1, 2, 3]))}
            return Names({name: self.service_keys(name) for name in sorted(names)})

        return self.keys(
            "service_file_keys",
            ("version", "deployment", "services"),
            version=lambda: Text("v1"),
            deployment=lambda: Text("d" + self.label(60) + "x"),
            services=services,
        )

    def service_keys(self, name):
        self.targets = set()
        self.options[name] = self.service_options = []
        self.has = {kind: True for kind in ("network", "ipc")}  # namespaces of its own
        self.name = name
        self.roles = []
        if self.chance(0.1):
            return self.wasm_service()
        values = {
            "image": self.service_image_keys,
            "command": self.service_command_keys,
            "env": self.env,
            "resources": self.service_resources_keys,
            "devices": self.device_list,
            "storage": self.storage,
            "shm_size": self.size,
            "ulimits": self.ulimits,
            "privileged": self.bool,
            **self.network(),
            "pid_mode": lambda: self.namespace("pid", "host private"),
            "ipc_mode": lambda: self.namespace("ipc", "host private shareable"),
            "userns_mode": lambda: Word("host"),
            "dns": self.dns,
            "extra_hosts": self.extra_hosts,
            "sysctls": self.sysctls,
            "extra_groups": lambda: [Text(g) for g in self.random.sample(["0", "44", "1000", "2147483647"], 2)],
            **self.capabilities(),
            **self.security(),
            "read_only_root_fs": self.bool,
            "tty": self.bool,
            "stdin_open": self.bool,
            "init_container": self.bool,
            "stop_signal": lambda: Text(self.random.choice(["SIGTERM", "int", "9", "SIGRTMIN+3", "rtmax"])),
            "stop_grace_period": self.duration,
            "labels": lambda: Names({Text(name): self.text() for name in self.random.sample(["a", "com.example.é", "x/y"], 2)}),
            "hostname": self.hostname,
            "cgroup_parent": self.cgroup_parent,
            "user": self.user,
            "rtype": lambda: self.word("service job cron"),
            "affinity": self.affinity,
            "service_type": lambda: self.word("standard job"),
            "replica_groups": self.replica_groups,
            "scale": self.scale,
        }
        optional = tuple(values)
        values["wasm"] = values["wasm_http"] = None  # of what is no container
        service = self.keys("service_keys", ("image",), optional, 0.25, **values)
        if service.get("rtype") == "cron":
            service["schedule"] = Text("0 30 4 * * mon-fri")
        if self.chance(0.25):  # once its roles are known
            service["endpoints"] = self.endpoints()
        if self.roles:
            self.service_options += ["--role", self.random.choice(self.roles)]
        self.roles = []
        if not self.has["ipc"]:
            service.pop("shm_size", None)
        if "sysctls" in service:
            self.fill_sysctls(service)
        return service

    def wasm_service(self):
        """Checked, and never rendered."""
        key = self.random.choice(["wasm", "wasm_http"])
        makers = self.forms("service_keys", self.tables["service_keys"], {})
        kind = self.word(WASM_TYPES)
        return Keys("service_keys", {"image": self.service_image_keys(), "service_type": kind, key: makers[key]()})

    def affinity(self):
        if self.chance(0.3):
            return Names({"pin": Text("zone=eu-1")})
        return self.word("spread pack")

    def replica_groups(self):
        self.roles = self.random.sample(["head", "worker", "eval-2"], self.random.randint(1, 3))
        return [self.service_group_keys(role) for role in self.roles]

    def service_group_keys(self, role):
        values = {
            "role": lambda: Text(role),
            "count": lambda: self.number(1, 4),
            "image": self.service_image_keys,
            "command": self.service_command_keys,
            "env": self.env,
            "resources": self.service_resources_keys,
            "affinity": self.affinity,
        }
        return self.keys("service_group_keys", ("role", "count"), tuple(values), **values)

    def service_image_keys(self):
        return self.keys(
            "service_image_keys",
            ("name",),
            ("pull_policy", "source_policy"),
            name=lambda: Text(self.random.choice(["app", "registry.example/team/app:1.0", "a@sha256:" + "0" * 64])),
            pull_policy=lambda: self.word("always newer if_not_present never"),
            source_policy=lambda: self.word("local_first s3_first remote_only local_only"),
        )

    def service_command_keys(self):
        return self.optional(
            "service_command_keys",
            entrypoint=lambda: [Text("/bin/sleep")] + self.texts(0),
            args=self.texts,
            workdir=self.path,
        )

    def env(self):
        names = ["A", "PATH", "HOME", "TERM", "LANG", "with-dash", "with.dot", "é", "LONG_NAME_1"]
        return Names({Text(name): self.text() for name in self.random.sample(names, self.random.randint(0, 5))})

    def user(self):
        uid = self.random.choice([0, 1, 1000, 2147483647])
        return Text(f"{uid}:{self.random.choice([0, 7, 2147483647])}" if self.chance(0.5) else str(uid))

    def hostname(self):
        return Text(".".join(self.label(20) for _ in range(self.random.randint(1, 3))))

    def cgroup_parent(self):
        return Text(self.random.choice(["gpu.slice", "a-b.slice", ""] if self.systemd else ["/gpu", "/a/b/", ""]))

    def ulimits(self):
        names = self.random.sample(RLIMITS.split(), self.random.randint(0, 4))
        limits = {}
        for name in names:
            soft, hard = sorted(self.random.sample(range(0, 2**20), 2))
            values = {"soft": lambda s=soft: Raw(str(s)), "hard": lambda h=hard: Raw(self.random.choice([str(h), "-1"]))}
            given = self.random.choice([("soft",), ("hard",), ("soft", "hard")])
            limits[Text(name.upper() if self.chance(0.3) else name)] = self.keys("service_ulimit_keys", given, **values)
        return Names(limits, words=True)

    def add_option(self, name, value):
        """Of the command line, for what the service asks: once, however often it asks."""
        if value not in self.service_options:
            self.service_options += [name, value]

    # ---- rights ----

    def capabilities(self):
        """The exact set or what is added, and what is dropped: none of them twice, of all the kernel knows."""
        names = CAPABILITIES.split()
        self.random.shuffle(names)
        given, dropped = names[:3], names[3:6]
        if self.chance(0.2):
            given = ["ALL"]
        elif self.chance(0.2):
            dropped = ["ALL"]

        def spell(name):
            name = ("CAP_" if name != "ALL" and self.chance(0.5) else "") + name
            return Text(name.lower() if self.chance(0.3) else name)

        key = self.random.choice(["capabilities", "cap_add"])
        return {key: lambda: [spell(name) for name in given], "cap_drop": lambda: [spell(name) for name in dropped]}

    def security(self):
        """A profile for AppArmor is named in one place only."""
        options = ["seccomp=unconfined", f"seccomp={self.data}/{SECCOMP}"][self.random.randrange(2) :][:1]
        options.append(self.random.choice(["no-new-privileges", "no-new-privileges:true", "no-new-privileges=false"]))
        options.append(self.random.choice(["label=disable", "label=type:svirt_t", "label:level:s0:c1,c2"]))
        values = {}
        if self.chance(0.5):
            values["apparmor"] = lambda: Text("unconfined")
        else:
            options.append("apparmor=some-profile")
        values["security_opt"] = lambda: [Text(o) for o in self.random.sample(options, self.random.randint(0, len(options)))]
        return values

    # ---- namespaces and network ----

    def namespace(self, kind, words):
        """Joining another container's is said on the command line too."""
        word = self.random.choice(words.split() + ["container:ID"])
        if word in ("host", "container:ID"):
            self.has[kind] = False
        if word == "container:ID":
            self.add_option("--namespace", f"{kind}=/proc/{os.getpid()}/ns/{'net' if kind == 'network' else kind}")
            return Word("container:other_1", word)
        return Word(word)

    def network(self):
        """One of the two keys that say whose network it is; both may only say the same."""
        if self.chance(0.5):
            return {"host_network": lambda: self.bool()}
        return {"network_mode": self.network_mode}

    def network_mode(self):
        choice = self.random.randrange(4)
        if choice == 0:
            return Names({"bridge": self.optional("service_bridge_keys", name=lambda: Text("br0"))})
        if choice == 1:
            self.namespace("network", "")
            return Names({"container": self.keys("service_peer_keys", ("id",), id=lambda: Text("other.1"))})
        if choice == 2:
            return Word("bridge:br0", "bridge:NAME")
        return self.namespace("network", "default host none bridge")

    def dns(self):
        return [Text(a) for a in self.random.sample(["10.0.0.53", "::1", "fd00::35", "192.0.2.1"], self.random.randint(0, 3))]

    def extra_hosts(self):
        return self.some(lambda: Text(self.label() + self.random.choice([":10.0.0.7", ":::1", ":[fd00::7]"])), 0, 3)

    def sysctls(self):
        """Added once the service is whole: which are allowed depends on its namespaces."""
        return Names({})

    SYSCTLS = {
        "network": {"net.ipv4.ip_forward": "1", "net.ipv4.ping_group_range": "0 1000"},
        "ipc": {"kernel.shmmax": "1073741824", "kernel.sem": "32000 1024000000 500 32000", "fs.mqueue.msg_max": "20"},
        "uts": {"kernel.domainname": "example.org"},
    }

    def fill_sysctls(self, service):
        has = {**self.has, "uts": True}
        if str(service.get("host_network", "")).lower() == "true":
            has["network"] = False
        for kind, values in self.SYSCTLS.items():
            for name, value in values.items():
                if has[kind] and self.chance(0.5):
                    service["sysctls"][Text(name)] = Text(value)

    # ---- resources ----

    def service_resources_keys(self):
        values = {
            "cpu": lambda: Raw(self.random.choice(["0.01", "0.5", "1", "2.75", "64", "65536", "1e2"])),
            "oom_score_adj": lambda: Raw(self.random.choice(["-1000", "0", "500", "1000"])),
            "memory": lambda: Text("64Mi"),
            "memory_reservation": lambda: Text(self.random.choice(["8Mi", "64Mi", "1048576"])),
            "pids_limit": lambda: Raw(self.random.choice(["-1", "1", "100", "4194304"])),
            "cpuset": lambda: Text(self.random.choice(["0", "0-1", "0,1"])),
            "cpu_shares": lambda: self.number(2, 262144),
            "blkio_weight": lambda: self.number(10, 1000),
        }
        required = ()
        has_cgroup2 = self.host == "amd-dmem"  # which lacks two of these
        if not has_cgroup2:
            values["memory_swappiness"] = lambda: self.number(0, 100)
        if self.chance(0.5):
            required = ("memory",)
            values["memory_swap"] = lambda: Text(self.random.choice(["-1", "64Mi", "1Gi"]))
            if not has_cgroup2:
                values["oom_kill_disable"] = self.bool
        if self.vendor:
            values["gpu"] = self.service_gpu_keys
        return self.keys("service_resources_keys", required, tuple(values), 0.5, **values)

    def service_gpu_keys(self):
        vendor, there = self.vendor, self.devices
        count = self.random.randint(1, len(there))
        values = {
            "required": self.bool,
            "mode": lambda: Text("native"),
            "scheduling": lambda: self.word("best-effort gang spread"),
            "distributed": self.service_distributed_keys,
            "count": lambda: Raw(str(count)),
            "devices": lambda: [Text(self.random.choice(ids)) for ids in self.random.sample(there, count)],
        }
        required = []
        if self.host == "amd-dmem":
            values["memory_limit"] = lambda: Text(self.random.choice(["1Gi", "8G", "68702699520"]))
        if vendor != "nvidia" or self.chance(0.3):
            values["vendor"] = lambda: Text(vendor)
            required.append("vendor")
        if vendor == "amd":
            values["cu_mask"] = lambda: Text(self.random.choice(["0-3", "0,2,4-7", "5"]))
        if vendor == "nvidia":
            words = "compute utility graphics video display ngx compat32 all".split()
            values["driver_capabilities"] = lambda: [Word(word) for word in self.random.sample(words, self.random.randint(1, 4))]
            values["model"] = lambda: Text(self.random.choice(["H200", "NVIDIA", "200"]))
            required += self.sharing(values)
        return self.keys("service_gpu_keys", tuple(required), tuple(values), 0.3, **values)

    def sharing(self, values):
        """Adds the keys of one mode; says which must be there."""
        mode = self.random.choice(["exclusive", "mps", "time-slice"] if self.host == "nvidia-mps" else ["exclusive", "time-slice"])
        values["sharing"] = lambda: Word(mode)
        if mode == "exclusive":
            return []
        if mode == "mps":
            values["mps_pipe_dir"] = lambda: Text("/tmp/nvidia-mps")
            values["mps_log_dir"] = lambda: Text("/var/log/nvidia-mps")
            values["mps_active_thread_percentage"] = lambda: Raw(self.random.choice(["1", "12.5", "100"]))
            values["mps_pinned_memory_limit"] = lambda: Text(self.random.choice(["4G", "0=512MB"]))
            return ["sharing", self.random.choice([key for key in values if key.startswith("mps_")])]
        values["time_slice_index"] = lambda: Raw("0")
        values["time_slice_replicas"] = lambda: self.number(1, 2**32 - 1)
        if self.host == "nvidia-mps":
            values["time_slicing_config_path"] = lambda: Text("/etc/nvidia/time-slicing.yaml")
        return ["sharing", self.random.choice([key for key in values if key.startswith("time_")])]

    def service_distributed_keys(self):
        return self.optional(
            "service_distributed_keys",
            backend=lambda: self.word("nccl gloo mpi"),
            master_port=lambda: self.number(1, 65535),
        )

    # ---- devices and storage ----

    def device_list(self):
        def device(path):
            values = {"path": lambda: Text(path), "read": self.bool, "write": self.bool, "mknod": lambda: Raw("true")}
            must = ("path", "mknod") if self.chance(0.5) else ("path",)
            optional = ("read", "write") if "mknod" in must else ("read",)
            return self.keys("service_device_keys", must, optional, **values)

        return [device(path) for path in self.random.sample(DEVICES, self.random.randint(0, 3))]

    def storage(self):
        kinds = "bind tmpfs named anonymous s3".split()
        return self.some(lambda: getattr(self, f"service_{self.random.choice(kinds)}_keys")(), 0, 4)

    def service_named_keys(self):
        name = self.random.choice(VOLUMES)
        self.add_option("--volume", f"{name}={self.data}/volumes/{name}")
        return self.keys(
            "service_named_keys",
            ("type", "name", "target"),
            ("readonly", "tier", "size"),
            type=lambda: Word("named"),
            name=lambda: Text(name),
            target=self.target,
            readonly=self.bool,
            tier=lambda: self.word("local cached network"),
            size=self.size,
        )

    def service_anonymous_keys(self):
        target = self.target()
        self.add_option("--volume", f"{target}={self.data}/volumes/{VOLUMES[0]}")
        return self.keys(
            "service_anonymous_keys",
            ("type", "target"),
            ("tier",),
            type=lambda: Word("anonymous"),
            target=lambda: target,
            tier=lambda: self.word("local cached network"),
        )

    def service_s3_keys(self):
        bucket, prefix = self.random.choice(["models", "a.b_C"]), self.random.choice(["", "v1/", "p q"])
        self.add_option("--volume", f"s3://{bucket}{'/' if prefix else ''}{prefix}={self.data}/volumes/x")
        return self.keys(
            "service_s3_keys",
            ("type", "bucket", "target") + (("prefix",) if prefix else ()),
            ("readonly", "endpoint", "credentials"),
            type=lambda: Word("s3"),
            bucket=lambda: Text(bucket),
            prefix=lambda: Text(prefix),
            target=self.target,
            readonly=self.bool,
            endpoint=lambda: Text("https://s3.example.org"),
            credentials=lambda: Text("vault:models"),
        )

    def service_bind_keys(self):
        is_file = self.chance(0.3)
        return self.keys(
            "service_bind_keys",
            ("type", "source", "target"),
            ("readonly",),
            type=lambda: Word("bind"),
            source=lambda: self.existing(DATA_FILES if is_file else DATA_DIRECTORIES),
            target=lambda: self.target("/file" if is_file else ""),
            readonly=self.bool,
        )

    def service_tmpfs_keys(self):
        return self.keys(
            "service_tmpfs_keys",
            ("type", "target"),
            ("size", "mode"),
            type=lambda: Word("tmpfs"),
            target=self.target,
            size=self.size,
            mode=lambda: Raw(self.random.choice(["1777", '"0755"', "0o700", "01777", "7777"])),
        )

    # ---- an orchestrator's ----

    def scale(self):
        return self.random.choice([self.service_scale_fixed_keys, self.service_scale_adaptive_keys, self.manual])()

    def manual(self):
        return Keys("service_scale_fixed_keys", {"mode": Word("manual")})

    def service_scale_fixed_keys(self):
        return self.keys(
            "service_scale_fixed_keys", ("mode", "replicas"), mode=lambda: Word("fixed"), replicas=lambda: self.number(1, 9)
        )

    def service_scale_adaptive_keys(self):
        return self.keys(
            "service_scale_adaptive_keys",
            ("mode", "min", "max"),
            mode=lambda: Word("adaptive"),
            min=lambda: self.number(0, 3),
            max=lambda: self.number(3, 9),
        )

    def endpoints(self):
        names = set()

        def name():
            label = self.label()
            while label in names:
                label = self.label()
            names.add(label)
            return label

        return self.some(lambda: self.service_endpoint_keys(name), 0, 3)

    def service_endpoint_keys(self, name):
        endpoint = self.keys("service_endpoint_keys", ("name",), name=name, target_role=None)
        if self.roles and self.chance(0.5):  # only one that is there
            endpoint["target_role"] = Text(self.random.choice(self.roles))
        return endpoint
