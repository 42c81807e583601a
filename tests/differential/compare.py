# SPDX-License-Identifier: Apache-2.0
"""Asks davit and the Go implementation about a case, and says where they differ."""
import json
import os
import pathlib
import shutil
import subprocess

import cases

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
if "ASAN_OPTIONS" in os.environ:
    ENVIRONMENT["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]


class Bench:
    """A scratch directory that holds one case at a time, and the cdi plugin alone."""

    def __init__(self, top, davit, plugin):
        self.top = pathlib.Path(top) / "case"
        self.top.mkdir()
        plugins = pathlib.Path(top) / "plugins"
        plugins.mkdir()
        shutil.copy(plugin, plugins)
        self.davit_words = [str(davit), f"--plugin-dir={plugins}", "--log-format=json"]
        self.peer = None

    def close(self):
        if self.peer:
            self.peer.stdin.close()
            self.peer.wait()

    def start_peer(self, path):
        self.peer = subprocess.Popen([str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)

    def write(self, case):
        for old in self.top.iterdir():
            shutil.rmtree(old)
        for i, files in enumerate(case["dirs"]):
            directory = self.top / str(i)
            directory.mkdir()
            for name, spec in files.items():
                (directory / name).write_text(cases.text_of(name, spec), encoding="utf-8")

    def directories(self, case):
        return [str(self.top / str(i)) for i in range(len(case["dirs"]))]

    def short(self, path):
        """DIRECTORY/FILE, wherever the scratch directory lies."""
        return str(pathlib.Path(path).relative_to(self.top)) if str(path).startswith(str(self.top)) else str(path)

    def blank(self, reason):
        """The end of a message of Go's: what is wrong, without where."""
        return reason.replace(str(self.top) + "/", "")[-100:]

    # ---- the Go implementation

    def ask_go(self, case):
        question = {"dirs": self.directories(case), "config": case["config"], "devices": case["devices"]}
        self.peer.stdin.write(json.dumps(question).encode() + b"\n")
        self.peer.stdin.flush()
        answer = json.loads(self.peer.stdout.readline())
        if "panic" in answer:
            return {"panic": True}
        return {
            "broken": {self.short(path): self.blank(reason) for path, reason in sorted(answer["broken"].items())},
            "devices": answer["devices"] or [],
            "config": answer.get("config"),
            "error": self.blank(answer.get("error", "")),
        }

    # ---- davit

    def run_davit(self, case, command, text=None):
        words = self.davit_words + [f"--cdi-dir={path}" for path in self.directories(case)] + command
        done = subprocess.run(words, input=text, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        messages = [json.loads(line) for line in done.stderr.splitlines()]
        if done.returncode not in (0, 1, 2):
            raise RuntimeError(f"davit ended with {done.returncode}: {' '.join(words)}\n{done.stderr.decode()}")
        return done.returncode == 0, done.stdout, messages

    def ask_davit(self, case):
        ok, out, messages = self.run_davit(case, ["devices", "--json"])
        listed = json.loads(out) if ok else []
        broken = {}
        for message in messages:
            if message.get("code") == "cdi.file-broken" and message.get("file"):
                broken.setdefault(self.short(message["file"]), []).append(message["text"])
        options = [f"--device={name}" for name in case["devices"]]
        ok, out, messages = self.run_davit(case, ["inject", "--rootless=no", *options], json.dumps(case["config"]).encode())
        return {
            "broken": broken,
            "devices": sorted(f"{d['kind']}={d['id']}" for d in listed if d["usable"]),
            "config": json.loads(out) if ok else None,
            "errors": [f"{m['code']}: {m['text']}" for m in messages if m["level"] == "error"],
        }


# ---- differences


def without_empty(value):
    """Go does not tell empty from absent, and leaves out what it does not know; such keys begin with "x-" in cases."""
    if isinstance(value, list):
        return [without_empty(child) for child in value]
    if not isinstance(value, dict):
        return value
    members = {key: without_empty(child) for key, child in value.items() if not key.startswith("x-")}
    return {key: child for key, child in members.items() if child not in (None, "", [], {}) and child is not False}


def common(config):
    """What both can say: where davit makes a process it has no user and no directory, Go's has empty ones."""
    config = without_empty(config)
    process = config.get("process", {})
    user = process.get("user", {})
    for key in "uid", "gid":
        if user.get(key) == 0:
            del user[key]
    if not user:
        process.pop("user", None)
    if not process:
        config.pop("process", None)
    return config


def sections(config):
    """"linux.devices" -> its value: small enough to say what differs."""
    found = {}
    for key, value in config.items():
        if key in ("process", "linux", "hooks") and isinstance(value, dict):
            for name, member in value.items():
                found.update({f"{key}.{name}.{k}": v for k, v in member.items()} if name in ("user", "resources") else {f"{key}.{name}": member})
        else:
            found[key] = value
    return found


def unknown(value, path=""):
    """Every key that Go does not know, with its value."""
    if isinstance(value, list):
        for i, child in enumerate(value):
            yield from unknown(child, f"{path}[{i}]")
    elif isinstance(value, dict):
        for key, child in value.items():
            if key.startswith("x-"):
                yield f"{path}.{key}", child
            else:
                yield from unknown(child, f"{path}.{key}")


def differences(case, go, davit):
    """A list of {what, go, davit}: "panic", "broken FILE", "device NAME", "answer", "lost KEY" or "config SECTION"."""
    found = []

    def add(what, of_go, of_davit):
        if of_go != of_davit:
            found.append({"what": what, "go": of_go, "davit": of_davit})

    if davit["config"]:
        kept = dict(unknown(davit["config"]))
        for path, value in unknown(case["config"]):
            add(f"lost {path}", value, kept.get(path))
    if "panic" in go:
        add("panic", True, False)
        return found
    for name in sorted({*go["broken"], *davit["broken"]}):
        add(f"broken {name}", name in go["broken"], name in davit["broken"])
    for name in sorted({*go["devices"], *davit["devices"]}):
        add(f"device {name}", name in go["devices"], name in davit["devices"])
    add("answer", go["config"] is not None, davit["config"] is not None)
    if go["config"] and davit["config"]:
        ours, theirs = sections(common(davit["config"])), sections(common(go["config"]))
        for section in sorted({*ours, *theirs}):
            add(f"config {section}", theirs.get(section), ours.get(section))
    return found
