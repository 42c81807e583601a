#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `davit cdi generate` writes does to a container what the plugin itself does: for each device of each fixture
host under each of its names, for all of them, and for some of them together.

    generate_test.py [SEED]

The configs are equal but for the variables that number devices, as a file does not know which of its devices are chosen, and
for the mapping of ids, which only bind mounts of CDI have in a user namespace: what a plugin mounts, all may read.
"""
import json
import os
import pathlib
import random
import sys
import tempfile

from rig import PLUGINS, TESTS, Runner, Tap

ACME = os.environ.get("ACME_PLUGIN_DIR", "")
CONFIGS = [TESTS / "configs" / name for name in ("runc-spec.json", "crun-spec.json")]
NUMBERING = {"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"}
# Options that change what a plugin gives, as far as it has them.
OPTIONS = {"nvidia": ["nvidia:uvm=optional", "nvidia:driver-capabilities=compute,utility"], "drm": ["drm:card=on"]}
# What a plugin takes from a container's variables, and gives in full to a file, which is for any container.
IN_FULL = {"nvidia": "nvidia:driver-capabilities=compute,utility,graphics,video,display,ngx"}
SUBSETS = 4


def with_user_namespace(config):
    config["linux"]["namespaces"].append({"type": "user"})
    mapping = [{"containerID": 0, "hostID": 100000, "size": 65536}]
    config["linux"]["uidMappings"] = config["linux"]["gidMappings"] = mapping
    return config


def canonical(text):
    """The config without an order where order has no meaning, and its variables apart."""
    config = json.loads(text)
    env = dict(entry.split("=", 1) for entry in config["process"].pop("env", []))
    config["mounts"].sort(key=lambda mount: mount["destination"])
    for mount in config["mounts"]:
        if "options" in mount:
            mount["options"] = [option for option in mount["options"] if option not in ("idmap", "ridmap")]
    linux = config["linux"]
    linux.get("devices", []).sort(key=lambda device: device["path"])
    linux["resources"].get("devices", []).sort(key=lambda rule: json.dumps(rule, sort_keys=True))
    config["process"]["user"].get("additionalGids", []).sort()
    for hooks in config.get("hooks", {}).values():
        hooks.sort(key=json.dumps)
    return config, env


def differences(by_plugin, by_file):
    (plugin, plugin_env), (file, file_env) = canonical(by_plugin), canonical(by_file)
    if plugin != file:
        for key in sorted({*plugin, *file}):
            if plugin.get(key) != file.get(key):
                yield f"{key}:\n  plugin {json.dumps(plugin.get(key))}\n  file   {json.dumps(file.get(key))}"
    if "NVIDIA_VISIBLE_DEVICES" in plugin_env:
        plugin_env["NVIDIA_VISIBLE_DEVICES"] = "void"
    plugin_env = {name: value for name, value in plugin_env.items() if name not in NUMBERING}
    if plugin_env != file_env:
        yield f"env:\n  plugin {plugin_env}\n  file   {file_env}"


class Comparison:
    def __init__(self, runner, path, host, vendor, options, in_full):
        self.runner, self.path, self.vendor, self.in_full = runner, path, vendor, in_full
        self.base = ["--quiet", f"--plugin-dir={PLUGINS}", f"--host-root={host}"]
        self.base += [f"--plugin-dir={ACME}"] if ACME else []
        self.base += [f"--plugin-option={option}" for option in options]
        self.compared = 0

    def davit(self, *words):
        status, out, err, same = self.runner.run([*self.base, *map(str, words)])
        return status, out, err if same else err + "two runs differ"

    def generate(self, name):
        """(status, the spec)"""
        file = self.path / name
        status, _, err = self.davit("cdi", "generate", f"--vendor={self.vendor}", f"--output={file}")
        return status, json.loads(file.read_text()) if status == 0 else err

    def inject(self, config, names):
        """By the plugin."""
        wanted = ",".join([f"vendor={self.vendor}", *(f"device={name}" for name in names)])
        return self.davit(*self.in_full, "inject", "--cdi=off", f"--gpu={wanted}", config)

    def compare(self, config, kind, names):
        """What differs when these devices come from the plugin and from the file."""
        by_plugin = self.inject(config, names)
        devices = [f"--device={kind}={name}" for name in names]
        by_file = self.davit(f"--cdi-dir={self.path}", "inject", "--cdi=require", *devices, config)
        self.compared += 1
        for status, _, err in by_plugin, by_file:
            if status != 0 or err:
                yield f"{config.name} {kind} {names}: {err}"
                return
        for difference in differences(by_plugin[1], by_file[1]):
            yield f"{config.name} {kind} {names}: {difference}"


def subsets(spec, seed):
    """Some of the devices, each under one of its names, in any order."""
    chance = random.Random(seed)
    by_edits = {}
    for device in spec["devices"]:
        if device["name"] != "all":
            by_edits.setdefault(json.dumps(device["containerEdits"]), []).append(device["name"])
    devices = list(by_edits.values())
    for _ in range(SUBSETS if len(devices) > 1 else 0):
        chosen = chance.sample(devices, chance.randint(2, len(devices)))
        yield [chance.choice(names) for names in chosen]


def check_host(tap, runner, host, vendor, options, in_full, configs, seed):
    what = f"{host.name}: {' '.join([vendor, *options])}"
    with tempfile.TemporaryDirectory(prefix="davit-generate-") as path:
        comparison = Comparison(runner, pathlib.Path(path), host, vendor, options, in_full)
        status, spec = comparison.generate("davit.json")
        if status != 0:
            plugin, _, _ = comparison.inject(configs[0], ["all"])
            tap.check(f"{what}: no spec where the plugin gives nothing", [spec] if plugin == 0 else [])
            return 0
        problems = []
        choices = [[device["name"]] for device in spec["devices"]] + list(subsets(spec, seed))
        for i, names in enumerate(choices):
            # Every choice with one config, the first and all of them with each.
            for config in configs if i == 0 or names == ["all"] else [configs[i % len(configs)]]:
                problems += comparison.compare(config, spec["kind"], names)
        tap.check(f"{what}: {comparison.compared} containers are the same", problems)
        return len(spec["devices"])


def declared_options(runner):
    """ "PLUGIN:KEY" of each option."""
    _, out, _, _ = runner.run([f"--plugin-dir={PLUGINS}", "plugins", "--json"])
    return {f"{plugin['name']}:{option['key']}" for plugin in json.loads(out) for option in plugin.get("options", [])}


def make_acme(path):
    host = path / "acme"
    for name in "dev", "proc", "sys":
        (host / name).mkdir(parents=True)
    for i, text in enumerate(["c 240:0 0666", "c 240:1 0660 0:77", "c 240:2 0600"]):
        (host / "dev" / f"acme{i}").write_text(text + "\n")
    return host


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    tap = Tap()
    written = {}
    with tempfile.TemporaryDirectory(prefix="davit-generate-") as scratch, Runner() as runner:
        path = pathlib.Path(scratch)
        user_namespace = path / "user-namespace.json"
        user_namespace.write_text(json.dumps(with_user_namespace(json.loads(CONFIGS[0].read_text()))))
        configs = [*CONFIGS, user_namespace]
        hosts = [host for host in sorted((TESTS / "hosts").iterdir()) if host.is_dir()]
        declared = declared_options(runner)
        for host in [*hosts, make_acme(path)]:
            for vendor in "nvidia", "amd", "intel", "drm", "acme":
                for given in [[], OPTIONS[vendor]] if vendor in OPTIONS else [[]]:
                    options = [option for option in given if option.split("=")[0] in declared]
                    name = IN_FULL.get(vendor, "").split("=")[0]
                    is_said = any(option.startswith(f"{name}=") for option in options)
                    in_full = [f"--plugin-option={IN_FULL[vendor]}"] if name in declared and not is_said else []
                    devices = check_host(tap, runner, host, vendor, options, in_full, configs, seed)
                    written[vendor] = written.get(vendor, 0) + devices
    tap.check("every vendor has devices on some host", [vendor for vendor, count in written.items() if count == 0])
    tap.end()


if __name__ == "__main__":
    main()
