//! A native operation that panics is an exception to the program, in the interpreter and in compiled code alike: none may, but
//! one that does ends neither the process nor what stands above it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use brolga_compiler::Mode;
use brolga_compiler::source::Source;
use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::config::{Config, JitMode};
use brolga_runtime::state::start::Interpreter;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::{PyResult, Value, Vm, method};
use brolga_stdlib::builtins::code::{compile_source, run_code};

fn panics(_vm: &Vm, value: Value) -> PyResult<Value> {
    assert!(value.as_small_int() != Some(25), "this is the panic that the test wants");
    Ok(value)
}

static MODULE: ModuleDef = ModuleDef::new("panicking", FUNCTIONS, nothing);
const FUNCTIONS: &[MethodDef] = &[method!("panics", 1, panics)];

const PROGRAM: &str = r#"
import sys
found = []

def lines(error):
    entry, numbers = error.__traceback__, []
    while entry:
        numbers.append((entry.tb_frame.f_code.co_name, entry.tb_lineno))
        entry = entry.tb_next
    return type(error).__name__, str(error), numbers

def plain(n):
    total = 0
    for i in range(n):
        total += panics(i)
    return total

def caught(n):
    total = 0
    for i in range(n):
        try:
            total += panics(i)
        except SystemError as error:
            found.append(lines(error))
            total += 1000
    return total

def generator(n):
    for i in range(n):
        try:
            yield panics(i)
        finally:
            if i == 25:
                found.append("finally")

def by_native(n):
    return sorted(range(n), key=panics)

def by_callback(n):
    return list(map(lambda i: panics(i) + 1, range(n)))

for f in (plain, caught, lambda n: sum(generator(n)), by_native, by_callback):
    for n in (20, 20, 30, 30):
        try:
            found.append(f(n))
        except SystemError as error:
            found.append(lines(error))
        found.append(sys._getframe().f_back is None)
found = repr(found)
"#;

/// What the program has found.
fn found(jit: JitMode) -> String {
    let config = Config { jit, ..Config::default() };
    let interpreter = Interpreter::new(config, &brolga_stdlib::library()).unwrap();
    let vm = interpreter.vm();
    brolga_jit::Jit::install(vm);
    brolga_stdlib::start(vm).ok().unwrap();
    let main = brolga_stdlib::main_module(vm).ok().unwrap();
    let item = |dict: Ref<PyDict>, name: &str| dict.get_str(vm, vm.new_str(name).ok().unwrap()).unwrap();
    let function = item(MODULE.make(vm).ok().unwrap().dict().unwrap(), "panics");
    let globals = main.dict().unwrap();
    main.add(vm, "panics", function).ok().unwrap();
    let code = compile_source(vm, Source::Text(PROGRAM), "<panics>", Mode::Exec, 0, None).ok().unwrap();
    if let Err(raised) = run_code(vm, code, globals, globals.value(), None) {
        brolga_runtime::types::exception::display::report_uncaught(vm, vm.take_raised(raised));
        panic!("the program has not come to its end");
    }
    vm.to_lossy(item(globals, "found"))
}

#[test]
fn a_panic_is_a_system_error() {
    let interpreted = found(JitMode::Off);
    assert!(
        interpreted.contains("('SystemError', 'a native operation panicked', [('<module>', 45), ('plain', 15)])"),
        "{interpreted}"
    );
    assert!(interpreted.contains("[('caught', 22)]"), "{interpreted}");
    assert_eq!(interpreted.matches("'finally'").count(), 2, "{interpreted}");
    assert!(!interpreted.contains("False"), "no frame is left over: {interpreted}");
    assert_eq!(found(JitMode::Eager), interpreted);
    assert_eq!(found(JitMode::NoFast), interpreted);
}
