//! Several Pythons in one process, each on a thread of its own, and one that is stopped from outside.
//!
//! `cargo run --release --example workers`

use std::fmt::Write;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use brolga::{Error, InterruptHandle, Vm};

const PROGRAM: &str = "\
def primes(below):
    sieve = bytearray([1]) * below
    for n in range(2, int(below ** 0.5) + 1):
        if sieve[n]:
            for multiple in range(n * n, below, n):
                sieve[multiple] = 0
    return sum(sieve[2:])
";

/// How many primes are below `below`, by a Python of its own.
fn count(below: u64) -> Result<u64, Error> {
    let vm = Vm::new()?;
    vm.exec(PROGRAM)?;
    vm.call("primes", (below,))?.extract()
}

/// Runs for ever, unless it is stopped.
fn spin(started: &mpsc::Sender<InterruptHandle>) -> Result<(), Error> {
    let vm = Vm::new()?;
    let _ = started.send(vm.interrupt_handle());
    vm.exec("while True:\n    pass\n")
}

pub fn run() -> Result<String, Error> {
    let workers: Vec<_> = [1_000, 10_000, 100_000, 1_000_000].map(|n| (n, thread::spawn(move || count(n)))).into();
    let (started, handles) = mpsc::channel();
    let spinner = thread::spawn(move || spin(&started));
    let mut out = String::new();
    for (below, worker) in workers {
        match worker.join() {
            Ok(found) => _ = writeln!(out, "{} primes below {below}", found?),
            Err(_) => _ = writeln!(out, "a worker has panicked"),
        }
    }
    if let Ok(handle) = handles.recv() {
        thread::sleep(Duration::from_millis(20));
        handle.stop();
    }
    match spinner.join() {
        Ok(Err(Error::Stopped { .. })) => _ = writeln!(out, "the endless one was stopped"),
        Ok(Err(error)) => return Err(error),
        _ => _ = writeln!(out, "the endless one has ended"),
    }
    Ok(out)
}

#[allow(dead_code, reason = "the tests include this file, and call `run`")]
fn main() -> Result<(), Error> {
    print!("{}", run()?);
    Ok(())
}
