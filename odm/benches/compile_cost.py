#!/usr/bin/env python3
"""What deriving costs at compile time: `python3 odm/benches/compile_cost.py [--release]`.

Writes small crates below the target folder and builds each a few times with its dependencies
already built. Prints the user time of the crate alone (rustc and cargo, best of the rounds):

- check: 30 models of 20 fields, odm's derives beside serde's derives, `cargo check`;
- check: 30 pipelines of 6 stages, `cargo check`;
- release (with --release): the same crates with one call of encode and decode for each model,
  odm's codec beside serde's derives with the driver's codec; and one model of 250 fields.
"""

import pathlib
import resource
import shutil
import subprocess
import sys
import os

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
TYPES = ["i64", "String", "f64", "bool", "Option<String>", "Vec<String>", "i32", "u32",
         "std::collections::BTreeMap<String, i64>", "Option<i64>"]


def fields(count):
    lines = ["#[model(id)] #[serde(rename = \"_id\")] id: i64,"]
    lines += [f"field_{n}: {TYPES[n % len(TYPES)]}," for n in range(count - 1)]
    return "\n    ".join(lines)


def model(name, count, ours):
    text = fields(count)
    if not ours:
        text = text.replace("#[model(id)] ", "")
    derive = "Model" if ours else "Serialize, Deserialize"
    collection = f'#[model(collection = "{name.lower()}")]\n' if ours else ""
    return f"#[derive({derive})]\n{collection}pub struct {name} {{\n    {text}\n}}\n"


def calls(name, ours):
    low = name.lower()
    encode, decode = (
        (f"odm::codec::encode_document(value).ok()", f"odm::codec::decode_document(bytes).ok()")
        if ours else
        (f"odm::bson::serialize_to_vec(value).ok()", f"odm::bson::deserialize_from_slice(bytes).ok()"))
    return (f"pub fn encode_{low}(value: &{name}) -> Option<Vec<u8>> {{ {encode} }}\n"
            f"pub fn decode_{low}(bytes: &[u8]) -> Option<{name}> {{ {decode} }}\n")


def crate(folder, name, models, ours, with_calls):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n'
        f'[dependencies]\nodm = {{ path = "{ROOT / "odm"}" }}\n'
        'serde = { version = "1", features = ["derive"] }\n')
    shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")
    use = "use odm::prelude::*;" if ours else "use serde::{Deserialize, Serialize};"
    text = "#![allow(dead_code)]\n" + use + "\n"
    for model_name, count in models:
        text += model(model_name, count, ours)
        text += calls(model_name, ours) if with_calls else ""
    (folder / "src/lib.rs").write_text(text)


PIPELINE = """
pub fn report_{n}(orders: Pipeline<Order, Order>) -> Pipeline<Order, (String, i64, f64)> {{
    orders
        .match_(|o| o.paid().eq(true) & o.total().gt({n}.0))
        .unwind(|o| o.lines())
        .group(|(o, line), g| object!(Sales {{
            key: object!(Key {{ city: o.city(), sku: line.sku() }}),
            units: g.sum(line.qty()),
            revenue: g.sum(line.price() * line.qty()),
        }}))
        .sort(|s| s.revenue().desc().then(s.units().asc()))
        .limit({n} + 1)
        .select(|s| (s.key().sku(), s.units() + {n}, s.revenue().round(2)))
}}
"""

ORDERS = """#![allow(dead_code)]
use odm::{object, prelude::*};

#[derive(Model)]
#[model(collection = "orders")]
pub struct Order { #[model(id)] id: i64, city: String, paid: bool, total: f64, lines: Vec<Line> }
#[derive(Embedded)]
pub struct Line { sku: String, qty: i32, price: f64 }
#[derive(Embedded)]
pub struct Key { city: String, sku: String }
#[derive(Embedded)]
pub struct Sales { #[model(id)] key: Key, units: i64, revenue: f64 }
"""


def pipelines():
    folder = TARGET / "compile-cost" / "cost_odm_pipelines"
    crate(folder, "cost_odm_pipelines", [], True, False)
    text = ORDERS + "".join(PIPELINE.format(n=n) for n in range(30))
    (folder / "src/lib.rs").write_text(text)
    print(f"{'check_30_pipelines':<28} odm {user_time(folder, ['check'], 3):6.2f} s", flush=True)


def user_time(folder, arguments, rounds):
    command = ["cargo", *arguments, "--quiet", "--offline"]
    environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET))
    best = None
    for turn in range(rounds + 1):
        source = folder / "src/lib.rs"
        source.write_text(source.read_text() + f"// {turn}\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run(command, cwd=folder, env=environment, check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        if turn > 0:  # the first turn may build dependencies
            best = used if best is None else min(best, used)
    return best


def compare(what, models, arguments, with_calls, rounds):
    times = {}
    for ours in (True, False):
        name = f"cost_{'odm' if ours else 'serde'}_{what}"
        folder = TARGET / "compile-cost" / name
        crate(folder, name, models, ours, with_calls)
        times[ours] = user_time(folder, arguments, rounds)
    print(f"{what:<28} odm {times[True]:6.2f} s   serde {times[False]:6.2f} s   "
          f"ratio {times[True] / times[False]:.2f}", flush=True)


def main():
    thirty = [(f"Model{n}", 20) for n in range(30)]
    compare("check_30_models", thirty, ["check"], False, 3)
    pipelines()
    if "--release" in sys.argv:
        compare("release_30_models", thirty, ["build", "--release"], True, 2)
        name = "cost_odm_wide"
        folder = TARGET / "compile-cost" / name
        crate(folder, name, [("Wide", 250)], True, True)
        print(f"release, one model of 250 fields: odm "
              f"{user_time(folder, ['build', '--release'], 2):.2f} s", flush=True)


if __name__ == "__main__":
    main()
