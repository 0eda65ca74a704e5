"""Puts the lines on standard input to components under wasmtime-py, and writes each answer on a line of its own.

tests/src/wire.rs says what the lines are.
"""

import functools
import json
import sys

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, ResourceAny, Variant

ENGINE = Engine()


def native(value):
    """What a caller passes to wasmtime-py."""
    if isinstance(value, list):
        return [native(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$u64" in value:
        return int(value["$u64"])
    if "$bytes" in value:
        return bytes.fromhex(value["$bytes"])
    if "$tuple" in value:
        return tuple(native(value["$tuple"]))
    if "$case" in value:
        return Variant(value["$case"], native(value["$value"]))
    record = Record()
    for name, own in value.items():
        setattr(record, name, native(own))
    return record


def wire(value):
    """What a caller gets back."""
    if isinstance(value, Record):
        return {name: wire(own) for name, own in vars(value).items()}
    if isinstance(value, Variant):
        return {"$case": value.tag, "$value": wire(value.payload)}
    if isinstance(value, set):
        return {"$flags": sorted(value)}
    if isinstance(value, list):
        return [wire(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


@functools.cache
def component(file):
    return Component.from_file(ENGINE, file)


class Policy:
    """An instance of a component."""

    # Where each function is, and its name there.
    PLACES = {
        "configure": (None, "configure"),
        "open": ("capture", "[static]session.open"),
        "classify": ("capture", "[method]session.classify"),
        "decide": ("capture", "[method]session.decide"),
        "terms-of": ("capture", "terms-of"),
        "review": ("capture", "review"),
        "authorise": ("custody", "authorise"),
        "keep-until": ("custody", "keep-until"),
    }

    def __init__(self, file):
        self.store = Store(ENGINE)
        self.instance = Linker(ENGINE).instantiate(self.store, component(file))
        self.session = None

    def ask(self, name, parameters):
        if name in ("classify", "decide"):
            parameters = [self.session, *parameters]
        told = self.function(*self.PLACES[name])(self.store, *parameters)
        if name == "open":
            self.session = told if isinstance(told, ResourceAny) else None
            told = told if isinstance(told, Record) else None
        # A result has no form of its own: what is refused is a record, and a text where rules are given.
        if name in ("configure", "open", "authorise"):
            return {"$case": "err" if isinstance(told, (Record, str)) else "ok", "$value": wire(told)}
        return wire(told)

    def function(self, interface, name):
        within = interface and self.instance.get_export_index(self.store, f"gardefou:policy/{interface}@1.0.0")
        return self.instance.get_func(self.store, self.instance.get_export_index(self.store, name, within))


policy = None
for line in map(json.loads, sys.stdin):
    if "begin" in line:
        policy = Policy(line["begin"])
        continue
    try:
        answer = policy.ask(line["ask"], native(line["with"]))
    except Exception as raised:
        answer = {"$exception": f"{type(raised).__name__}: {raised}"}
    print(json.dumps(answer))
