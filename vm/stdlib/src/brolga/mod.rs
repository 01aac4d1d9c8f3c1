//! The module `brolga`, which only Brolga has: `brolga.jit` says what the JIT does. (`sys._jit` is CPython's.)

pub mod advice;
mod hooks;
pub mod magic;

use brolga_bytecode::constants::flags;
use brolga_runtime::interp::inspect::{Form, Inspect, UnitKind, UnitState, with_frame};
use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::function::PyFunction;
use brolga_runtime::types::method::PyMethod;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::{PyResult, Value, Vm, method};

pub static MODULE: ModuleDef = ModuleDef::new("brolga", &[], fill)
    .doc("What Brolga has beyond Python. brolga.jit tells what the just-in-time compiler does.");

static JIT: ModuleDef = ModuleDef::new(
    "brolga.jit",
    &[
        method!("is_compiled", "(f, /)", is_compiled)
            .doc("Return True if the function has native code now (its body, or that of its generators)."),
        method!("compile", "(f, /)", compile)
            .doc("Compile a function now, and wait for it. It should have run: what it has met is what it is compiled for.\n\nReturn True if it has code that it had not. RuntimeError says why it can't be compiled."),
        method!("explain", "(f, /)", explain)
            .doc("Return, in plain English, what of a function is compiled, why the rest is not, where its code was left, and what helps."),
        method!("disassemble", "(f, /, form='assembly')", disassemble)
            .doc("Return the code that a function and its hot loops get from what is known now, as text.\n\nform is 'assembly', 'clif' (the code generator's input) or 'ir' (the compiler's own form)."),
        method!("show", "(f=..., /)", show)
            .doc("Print what explain(f) says; without f, what stats() says. At the prompt, %jit f is short for it."),
        method!("_statement", "(line, /)", statement),
        method!("stats", 0, stats).doc("Return a dict of counts: units compiled, refused, given up; exits; bytes; seconds."),
        method!("on_compile", "(hook, /)", on_compile)
            .doc("Call hook(event) when code was compiled or refused, soon after; None turns it off. Return the hook before.\n\nevent has event ('compiled' or 'refused'), kind, function, file, line, and version and bytes, or why."),
        method!("on_exit", "(hook, /)", on_exit)
            .doc("Call hook(event) when compiled code was left because a guess failed, soon after; None turns it off. Return the hook before.\n\nevent has event ('exit'), function, file, line, reason, and count, how often so far."),
    ],
    nothing,
)
.doc("What the just-in-time compiler does.");

fn fill(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    // It is a package, so that `import brolga.jit` is as good as `from brolga import jit`.
    m.add(vm, "__path__", vm.new_list(&[])?.value())?;
    let jit = JIT.make(vm)?;
    m.add(vm, "jit", jit.value())?;
    vm.modules.set_item(vm, vm.intern("brolga.jit")?.value(), jit.value())
}

/// What a function, a method or a code object is about.
struct Target {
    code: Ref<PyCode>,
    function: Option<Ref<PyFunction>>,
}

fn target(vm: &Vm, f: Value) -> PyResult<Target> {
    let mut f = f;
    if let Some(method) = f.downcast::<PyMethod>() {
        f = method.function();
    }
    if let Some(function) = f.downcast::<PyFunction>() {
        return Ok(Target { code: function.code(), function: Some(function) });
    }
    match f.downcast::<PyCode>() {
        Some(code) => Ok(Target { code, function: None }),
        None => {
            Err(vm.type_error(format!("expected a Python function, method or code object, not {}", vm.type_name(f))))
        }
    }
}

fn function(vm: &Vm, f: Value) -> PyResult<Ref<PyFunction>> {
    target(vm, f)?.function.ok_or_else(|| vm.type_error("expected a Python function or method, not a code object"))
}

fn inspect(vm: &Vm) -> PyResult<&dyn Inspect> {
    if vm.compiler.is_set() { Ok(vm.compiler.inspect()) } else { Err(vm.runtime_error("the JIT is off")) }
}

fn has_code(vm: &Vm, code: Ref<PyCode>) -> bool {
    vm.compiler.is_set()
        && vm
            .compiler
            .inspect()
            .units()
            .iter()
            .any(|u| u.code == code && u.kind != UnitKind::Loop && u.state == UnitState::Compiled)
}

fn is_compiled(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    Ok(has_code(vm, target(vm, args.get(0))?.code))
}

fn compile(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let function = function(vm, args.get(0))?;
    let inspect = inspect(vm)?;
    let code = function.code();
    if has_code(vm, code) {
        return Ok(false);
    }
    let compiled = with_frame(vm, code, function.globals(), function.builtins(), 0, |frame| inspect.compile(vm, frame));
    match compiled {
        Some(Ok(())) => Ok(true),
        Some(Err(why)) => Err(vm.runtime_error(format!("{}: {}", advice::name_of(code), advice::of_refusal(why).why))),
        None => Err(vm.memory_error()),
    }
}

fn explain(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    Ok(advice::explain(vm, target(vm, args.get(0))?.code))
}

fn show(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let text = match args.opt(0) {
        Some(f) => advice::explain(vm, target(vm, f)?.code),
        None if !vm.compiler.is_set() => "the JIT is off\n".to_owned(),
        None => {
            let s = vm.compiler.inspect().stats();
            format!(
                "{} loops and functions are compiled ({} compilations, {:.2} s, {} KB of code), {} are left to the interpreter, {} versions were given up\n",
                s.compiled,
                s.compilations,
                s.seconds,
                s.bytes.div_ceil(1024),
                s.refused,
                s.discarded
            )
        }
    };
    let stdout = vm.sys.get_str(vm, vm.names.stdout).filter(|s| !s.is_none());
    if let Some(stdout) = stdout {
        vm.call_method(stdout, "write", &[vm.new_str(&text)?.value()])?;
    }
    Ok(())
}

/// What CPython's console asks of each statement.
fn statement(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let line = args.get(0);
    match vm.exact_str(line).and_then(|l| magic::statement(&l.to_lossy())) {
        Some(statement) => Ok(vm.new_str(&statement)?.value()),
        None => Ok(line),
    }
}

fn disassemble(vm: &Vm, args: &Args<'_>) -> PyResult<String> {
    let function = function(vm, args.get(0))?;
    let form = match args.opt(1) {
        None => "assembly".to_owned(),
        Some(form) => match vm.exact_str(form) {
            Some(form) => form.to_lossy(),
            None => return Err(vm.type_error(format!("form must be str, not {}", vm.type_name(form)))),
        },
    };
    let form = match form.as_str() {
        "assembly" => Form::Assembly,
        "clif" => Form::Clif,
        "ir" => Form::Ir,
        other => {
            return Err(vm.value_error(format!("form must be 'assembly', 'clif' or 'ir', not '{other}'")));
        }
    };
    let inspect = inspect(vm)?;
    let code = function.code();
    let is_generator = code.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR);
    let mut units = vec![(if is_generator { UnitKind::Generator } else { UnitKind::Function }, 0)];
    units.extend(inspect.units().iter().filter(|u| u.code == code && u.kind == UnitKind::Loop).map(|u| (u.kind, u.at)));
    let mut text = String::new();
    for (kind, at) in units {
        let what = match kind {
            UnitKind::Loop => format!("; loop at line {} of {}\n", advice::line_of(code, at), advice::name_of(code)),
            _ => format!("; {} {}\n", kind.name(), advice::name_of(code)),
        };
        text += &what;
        let listed = with_frame(vm, code, function.globals(), function.builtins(), at, |frame| {
            inspect.listing(vm, frame, kind, at, form)
        });
        match listed {
            Some(Ok(listing)) => text += listing.trim_end(),
            Some(Err(why)) => text += &format!("; not compiled: {}", advice::of_refusal(why).why),
            None => return Err(vm.memory_error()),
        }
        text += "\n";
    }
    Ok(text)
}

fn stats(vm: &Vm) -> PyResult<Ref<PyDict>> {
    let stats = if vm.compiler.is_set() { vm.compiler.inspect().stats() } else { Default::default() };
    let dict = vm.new_dict()?;
    let count = |n: usize| vm.new_int(i64::try_from(n).unwrap_or(i64::MAX));
    for (name, value) in [
        ("enabled", Value::from_bool(vm.compiler.is_set())),
        ("compiled", count(stats.compiled)?),
        ("refused", count(stats.refused)?),
        ("compilations", count(stats.compilations)?),
        ("discarded", count(stats.discarded)?),
        ("exits", vm.new_int_u64(stats.exits)?),
        ("bytes", count(stats.bytes)?),
        ("memory_used", count(stats.memory_used)?),
        ("memory_size", count(stats.memory_size)?),
        ("seconds", Value::from_f64(stats.seconds)),
    ] {
        dict.set_str(vm, vm.intern(name)?, value)?;
    }
    Ok(dict)
}

fn on_compile(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    hooks::on_compile(vm, args.get(0))
}

fn on_exit(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    hooks::on_exit(vm, args.get(0))
}
