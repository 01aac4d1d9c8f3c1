//! The library as a Rust program uses it: values, errors, limits, several VMs; and the examples.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use brolga::{Bytes, Error, Fuel, Host, JitMode, Vm};

#[path = "../examples/rules.rs"]
mod rules;
#[path = "../examples/sandbox.rs"]
mod sandbox;
#[path = "../examples/workers.rs"]
mod workers;

const MODES: [JitMode; 4] = [JitMode::Off, JitMode::On, JitMode::Eager, JitMode::NoFast];

#[test]
fn values_go_both_ways() {
    let vm = Vm::new().unwrap();
    vm.set("small", -7).unwrap();
    vm.set("large", u64::MAX).unwrap();
    vm.set("texts", vec!["a", "ä", "\u{1f600}"]).unwrap();
    vm.set("pair", (1.5, true)).unwrap();
    vm.set("nothing", None::<i32>).unwrap();
    vm.set("raw", Bytes(vec![0, 255])).unwrap();
    vm.set("by_name", BTreeMap::from([("x", 1), ("y", 2)])).unwrap();
    assert_eq!(vm.eval("small + 1").unwrap().extract::<i8>().unwrap(), -6);
    assert_eq!(vm.eval("large").unwrap().extract::<u64>().unwrap(), u64::MAX);
    assert_eq!(vm.eval("''.join(texts)").unwrap().extract::<String>().unwrap(), "aä\u{1f600}");
    assert_eq!(vm.eval("texts").unwrap().extract::<Vec<String>>().unwrap().len(), 3);
    assert_eq!(vm.eval("pair").unwrap().extract::<(f64, bool)>().unwrap(), (1.5, true));
    assert_eq!(vm.eval("nothing").unwrap().extract::<Option<i32>>().unwrap(), None);
    assert_eq!(vm.eval("raw[::-1]").unwrap().extract::<Bytes>().unwrap(), Bytes(vec![255, 0]));
    let all: HashMap<String, i64> = vm.eval("by_name").unwrap().extract().unwrap();
    assert_eq!((all.len(), all["y"]), (2, 2));
    let squares = vm.eval("(n * n for n in range(4))").unwrap();
    let squares: Result<Vec<i64>, Error> = squares.iter().unwrap().map(|n| n?.extract()).collect();
    assert_eq!(squares.unwrap(), [0, 1, 4, 9]);
    let sorted = vm.get("sorted").unwrap();
    let sorted = sorted.call_with((vec![3, 1, 2],), &[("reverse", &true)]).unwrap();
    assert_eq!(format!("{sorted:?}"), "[3, 2, 1]");
    assert_eq!(vm.import("math").unwrap().get_attr("tau").unwrap().extract::<f64>().unwrap(), std::f64::consts::TAU);
    assert_eq!(vm.eval("'x'").unwrap().call_method("upper", ()).unwrap().to_string(), "X");
    assert_eq!(vm.import("xml.dom").unwrap().str().unwrap().split('\'').nth(1), Some("xml.dom"));
}

#[test]
fn what_does_not_fit_is_said() {
    let vm = Vm::new().unwrap();
    let wrong = |expression: &str| vm.eval(expression).unwrap();
    assert_eq!(wrong("300").extract::<u8>().unwrap_err().to_string(), "expected an int of 0 to 255, got a Python int");
    assert_eq!(wrong("'1'").extract::<i64>().unwrap_err().to_string(), "expected an int of 64 bits, got a Python str");
    assert_eq!(
        wrong("True").extract::<i64>().unwrap_err().to_string(),
        "expected an int of 64 bits, got a Python bool"
    );
    assert_eq!(
        wrong("(1,)").extract::<(i64, i64)>().unwrap_err().to_string(),
        "expected a tuple of 2, got a Python tuple"
    );
    assert!(matches!(wrong("'\\ud800'").extract::<String>(), Err(Error::Conversion { .. })));
    let other = Vm::new().unwrap();
    assert!(matches!(vm.set("x", other.eval("[]").unwrap()), Err(Error::Conversion { .. })));
}

#[test]
fn exceptions_are_errors() {
    let vm = Vm::new().unwrap();
    vm.exec_as("def f(d):\n    return d['k']\n", "lookup.py").unwrap();
    let error = vm.call("f", (BTreeMap::<String, i64>::new(),)).unwrap_err();
    let e = error.exception().unwrap();
    assert_eq!((e.type_name.as_str(), e.message.as_str()), ("KeyError", "'k'"));
    assert!(error.is_instance("LookupError") && !error.is_instance("ValueError"));
    assert!(e.traceback.contains("File \"lookup.py\", line 2, in f"), "{}", e.traceback);
    assert_eq!(vm.exec("import nothing.of.it").unwrap_err().exception().unwrap().type_name, "ModuleNotFoundError");
    assert_eq!(vm.eval("1 +").unwrap_err().exception().unwrap().type_name, "SyntaxError");
    assert_eq!(vm.get("unknown").unwrap_err().to_string(), "NameError: name 'unknown' is not defined");
    vm.exec("class Own(Exception): pass").unwrap();
    assert_eq!(vm.exec("raise Own(1, 2)").unwrap_err().to_string(), "Own: (1, 2)");
    assert!(vm.exec("raise SystemExit(3)").unwrap_err().is_instance("SystemExit"));
    // The VM is as good as before.
    assert_eq!(vm.eval("2 ** 70").unwrap().to_string(), "1180591620717411303424");
}

#[test]
fn objects_are_kept_alive() {
    let vm = Vm::new().unwrap();
    vm.exec("import weakref\nclass C: pass\ndied = []\ndef made():\n    c = C()\n    weakref.finalize(c, died.append, 1)\n    return c")
        .unwrap();
    let object = vm.call("made", ()).unwrap();
    for _ in 0..3 {
        vm.exec("x = [[] for _ in range(100000)]; del x").unwrap();
        vm.collect_garbage();
    }
    assert_eq!(vm.eval("len(died)").unwrap().extract::<i64>().unwrap(), 0);
    assert_eq!(object.type_name(), "C");
    let many: Vec<_> = (0..1000).map(|n| vm.object(vec![n]).unwrap()).collect();
    vm.collect_garbage();
    assert!(many.iter().enumerate().all(|(i, o)| o.extract::<Vec<i64>>().unwrap() == [i as i64]));
}

/// Bytecodes that a program takes.
fn used(program: &str, mode: JitMode) -> u64 {
    let vm = Vm::builder().jit(mode).hash_seed(0).fuel(Fuel::unlimited()).build().unwrap();
    vm.exec(program).unwrap();
    vm.fuel_used()
}

const WORK: &str = "\
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

def numbers(n):
    for i in range(n):
        yield i if i % 3 else float(i)

def fails(i):
    try:
        if i % 7 == 0:
            raise ValueError(i)
        return [i][i % 2]
    except IndexError:
        return -1
    except ValueError as e:
        return e.args[0]
    finally:
        i += 1

def work():
    total = Point(0, 0)
    for i, x in enumerate(numbers(3000)):
        total = total + Point(x, i)
    total.y += sum(fails(i) for i in range(3000))
    words = sorted((str(i * 7919 % 1000) for i in range(2000)), key=lambda w: (len(w), w))
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    i = 0
    while i < 4000:
        i += 1
        if i & 1:
            continue
        total.x += i << 3
    return total.x, total.y, len(counts)

for _ in range(3):
    result = work()
";

#[test]
fn fuel_is_the_same_in_all_engines() {
    let all = MODES.map(|mode| used(WORK, mode));
    assert!(all.iter().all(|n| *n == all[0]), "{all:?}");
    assert!(all[0] > 500_000, "{all:?}");
}

/// Where a program is when its fuel runs out, asked again and again.
fn places(mode: JitMode, first: u64, step: u64) -> Vec<(u64, u32)> {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&seen);
    let fuel = Fuel::refill(first, move |out| {
        log.borrow_mut().push((out.used, out.line));
        Some(step)
    });
    let vm = Vm::builder().jit(mode).hash_seed(0).fuel(fuel).build().unwrap();
    vm.exec(WORK).unwrap();
    drop(vm);
    seen.take()
}

#[test]
fn fuel_runs_out_at_the_same_bytecode() {
    for (first, step) in [(1, 9973), (100_000, 31_337)] {
        let all = MODES.map(|mode| places(mode, first, step));
        assert!(all[0].len() > 10);
        for (i, (used, _)) in all[0].iter().enumerate() {
            assert_eq!(*used, first + step * i as u64);
        }
        assert!(all.iter().all(|places| *places == all[0]), "{first} {step}");
    }
}

#[test]
fn a_program_without_fuel_is_stopped_for_good() {
    let program = "\
log = []
class Context:
    def __enter__(self): return self
    def __exit__(self, *e):
        log.append('exit')
        return True
def spin():
    while True:
        try:
            with Context():
                for i in range(10 ** 9):
                    pass
        except BaseException:
            log.append('except')
        finally:
            log.append('finally')
def through_native():
    return sorted([3, 1, 2], key=lambda x: spin())
";
    for mode in MODES {
        let vm = Vm::builder().jit(mode).fuel(Fuel::limit(100_000)).build().unwrap();
        vm.exec(program).unwrap();
        for call in ["spin()", "through_native()", "[*map(lambda x: spin(), [1])]"] {
            match vm.exec(call) {
                Err(Error::OutOfFuel { traceback }) => assert!(traceback.contains("in spin"), "{traceback}"),
                other => panic!("{mode:?} {call}: {other:?}"),
            }
            assert_eq!(vm.fuel_left(), 0);
            vm.add_fuel(50_000);
            assert_eq!(vm.eval("log").unwrap().repr().unwrap(), "[]");
        }
        assert_eq!(vm.eval("1 + 1").unwrap().extract::<i64>().unwrap(), 2);
        // The text of an error takes none of it.
        let left = vm.fuel_left();
        assert!(vm.exec("1 / 0").unwrap_err().is_instance("ZeroDivisionError"));
        assert!(left - vm.fuel_left() < 10, "{left} {}", vm.fuel_left());
    }
}

#[test]
fn memory_is_bounded() {
    let vm = Vm::builder().memory_limit(48 << 20).build().unwrap();
    let error = vm.exec("x = []\nwhile True:\n    x.append(bytes(100000))").unwrap_err();
    assert!(error.is_instance("MemoryError"), "{error}");
    assert!(vm.exec("y = 'x' * (1 << 40)").unwrap_err().is_instance("MemoryError"));
    vm.exec("del x\nz = [0] * 1000000").unwrap();
    assert!(vm.memory_used() < 48 << 20);
}

#[test]
fn other_threads_interrupt_and_stop() {
    for mode in MODES {
        let vm = Vm::builder().jit(mode).build().unwrap();
        let handle = vm.interrupt_handle();
        let later = |f: fn(&brolga::InterruptHandle)| {
            let handle = handle.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(50));
                f(&handle);
            })
        };
        let thread = later(|h| h.interrupt());
        vm.exec("try:\n    while True: pass\nexcept KeyboardInterrupt:\n    caught = True").unwrap();
        thread.join().unwrap();
        assert!(vm.eval("caught").unwrap().extract::<bool>().unwrap());
        let thread = later(|h| h.stop());
        let program = "\
seen = []
def f(n):
    try:
        return n + f(n - 1) if n else 0
    except BaseException:
        seen.append(n)
        raise
while True:
    try:
        f(20)
    except BaseException:
        seen.append('caught')
";
        assert!(matches!(vm.exec(program), Err(Error::Stopped { .. })), "{mode:?}");
        thread.join().unwrap();
        assert_eq!(vm.eval("seen").unwrap().repr().unwrap(), "[]", "{mode:?}");
    }
}

#[test]
fn a_closed_host_is_closed() {
    let vm = Vm::builder().host(Host::None).build().unwrap();
    for reach in [
        "open('/etc/hostname')",
        "import io; io.FileIO(1)",
        "import os; os.listdir('/')",
        "import os; os.open('/', 0)",
        "import os; os.fork()",
        "import os; os.system('true')",
        "import os; os.kill(os.getpid(), 9)",
        "import pathlib; pathlib.Path('/').stat()",
        "import signal; signal.raise_signal(2)",
        "import locale; locale.setlocale(locale.LC_ALL, '')",
    ] {
        let error = vm.exec(reach).unwrap_err();
        assert!(error.is_instance("PermissionError"), "{reach}: {error}");
    }
    for module in ["socket", "subprocess", "mmap", "fcntl", "select", "ctypes"] {
        let error = vm.exec(&format!("import {module}")).unwrap_err();
        assert!(error.is_instance("ImportError"), "{module}: {error}");
    }
    assert_eq!(vm.eval("__import__('os').environ").unwrap().len().unwrap(), 0);
    vm.exec("import json, re, datetime, random, decimal, collections, dataclasses, threading, time, tempfile").unwrap();
}

#[test]
fn many_live_side_by_side() {
    let workers: Vec<_> = (0..6u64)
        .map(|seed| {
            thread::spawn(move || {
                for round in 0..4 {
                    let mode = MODES[(seed + round) as usize % MODES.len()];
                    let vm = Vm::builder().jit(mode).hash_seed(seed as u32).build().unwrap();
                    vm.set("seed", seed).unwrap();
                    vm.exec(WORK).unwrap();
                    vm.exec("import threading\nt = threading.Thread(target=work)\nt.start()\nt.join()").unwrap();
                    assert_eq!(vm.eval("seed").unwrap().extract::<u64>().unwrap(), seed);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    // Two on one thread.
    let (a, b) = (Vm::new().unwrap(), Vm::new().unwrap());
    a.set("x", 1).unwrap();
    assert!(b.get("x").unwrap_err().is_instance("NameError"));
    assert_eq!(a.get("x").unwrap().extract::<i64>().unwrap(), 1);
}

#[test]
fn rules_example() {
    let text = rules::run().unwrap();
    assert!(text.starts_with("Ada pays 6.75\nBob pays 7.5\nshipping: KeyError: 'weight'\nTraceback"), "{text}");
    assert!(text.contains("File \"rules.py\", line 8, in shipping"), "{text}");
}

#[test]
fn sandbox_example() {
    let text = sandbox::run().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("a sum ends after ") && lines[0].ends_with("0 refills"), "{text}");
    assert!(lines[1].starts_with("a longer one ends after ") && lines[1].ends_with("1 refills"), "{text}");
    assert_eq!(lines[2], "a loop without end is stopped after 3000000 bytecodes");
    assert_eq!(lines[3], "a list without end raises MemoryError");
    assert_eq!(lines[4], "a look around raises PermissionError: [Errno 1] Operation not permitted");
    assert!(lines[5].starts_with("a call home raises ModuleNotFoundError"), "{text}");
}

#[test]
fn workers_example() {
    let expected = "168 primes below 1000\n1229 primes below 10000\n9592 primes below 100000\n78498 primes below 1000000\nthe endless one was stopped\n";
    assert_eq!(workers::run().unwrap(), expected);
}
