//! Programs of strangers: bounded in bytecodes and memory, without files or network.
//!
//! `cargo run --release --example sandbox`

use std::cell::Cell;
use std::fmt::Write;
use std::rc::Rc;

use brolga::{Error, Fuel, Host, Vm};

/// What becomes of a program that has 2 million bytecodes and 32 MiB; it gets another million if it asks for no more.
fn outcome(program: &str) -> Result<String, Error> {
    let refills = Rc::new(Cell::new(0));
    let counted = Rc::clone(&refills);
    let fuel = Fuel::refill(2_000_000, move |_| {
        counted.set(counted.get() + 1);
        (counted.get() <= 1).then_some(1_000_000)
    });
    let vm = Vm::builder().fuel(fuel).memory_limit(32 << 20).host(Host::None).hash_seed(0).build()?;
    Ok(match vm.exec(program) {
        Ok(()) => format!("ends after {} bytecodes, {} refills", vm.fuel_used(), refills.get()),
        Err(Error::OutOfFuel { .. }) => format!("is stopped after {} bytecodes", vm.fuel_used()),
        Err(error) => format!("raises {error}"),
    })
}

pub fn run() -> Result<String, Error> {
    let programs = [
        ("a sum", "total = 0\nfor i in range(100000):\n    total += i\n"),
        ("a longer one", "total = 0\nfor i in range(300000):\n    total += i * i\n"),
        ("a loop without end", "try:\n    while True:\n        pass\nfinally:\n    print('never')\n"),
        ("a list without end", "items = []\nwhile True:\n    items.append('x' * 100000)\n"),
        ("a look around", "open('/etc/passwd')\n"),
        ("a call home", "import socket\n"),
    ];
    let mut out = String::new();
    for (name, program) in programs {
        let _ = writeln!(out, "{name} {}", outcome(program)?);
    }
    Ok(out)
}

#[allow(dead_code, reason = "the tests include this file, and call `run`")]
fn main() -> Result<(), Error> {
    print!("{}", run()?);
    Ok(())
}
