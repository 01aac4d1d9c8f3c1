//! The interactive mode: CPython's own `_pyrepl` where standard input is a terminal, and the plain prompt elsewhere.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::exception::{PyException, display};
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

use crate::brolga::magic;

/// Whether a prompt makes sense: a terminal, or `-i`.
pub fn is_interactive(vm: &Vm) -> bool {
    vm.config.interactive || is_terminal()
}

fn is_terminal() -> bool {
    // SAFETY: takes a number.
    unsafe { libc::isatty(0) == 1 }
}

/// A variable of the environment that is set and not empty, unless the environment is not to be looked at.
fn variable(vm: &Vm, name: &str) -> Option<String> {
    if vm.config.ignore_environment {
        return None;
    }
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// Whether the interactive mode is to follow a program: by `-i`, or a variable that the program itself may have set.
pub fn is_wanted_after(vm: &Vm) -> bool {
    (vm.config.inspect || variable(vm, "PYTHONINSPECT").is_some()) && is_interactive(vm)
}

/// What is shown first.
pub fn banner(vm: &Vm) {
    if vm.config.quiet {
        return;
    }
    let part = |name: &str| {
        let name = vm.intern(name).ok()?;
        vm.sys.get_str(vm, name).map(|v| vm.to_lossy(v))
    };
    let (version, platform) = (part("version").unwrap_or_default(), part("platform").unwrap_or_default());
    eprintln!("Python {version} on {platform}");
    if !vm.config.no_site {
        eprintln!("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.");
    }
}

/// Runs the file that `PYTHONSTARTUP` names. What goes wrong is shown.
fn run_startup(vm: &Vm, globals: Ref<PyDict>) -> PyResult<()> {
    let Some(path) = variable(vm, "PYTHONSTARTUP") else { return Ok(()) };
    vm.audit("cpython.run_startup", &[vm.new_str(&path)?.value()])?;
    let source = match std::fs::read(&path) {
        Ok(source) => source,
        Err(e) => {
            eprintln!("Could not open PYTHONSTARTUP");
            let raised = vm.io_error(&e, Some(vm.new_str(&path)?.value()));
            display::report_uncaught(vm, vm.take_raised(raised));
            return Ok(());
        }
    };
    let code = crate::builtins::code::compile_source(
        vm,
        brolga_compiler::Source::File(&source),
        &path,
        brolga_compiler::Mode::Exec,
        0,
        None,
    );
    globals.set_str(vm, vm.names.__file__, vm.new_str(&path)?.value())?;
    let result = code.and_then(|code| crate::builtins::code::run_code(vm, code, globals, globals.value(), None));
    globals.remove_str(vm, vm.names.__file__);
    if let Err(raised) = result {
        show(vm, raised)?;
    }
    Ok(())
}

/// `sys.__interactivehook__`, with which `site` sets up completion and history.
fn run_hook(vm: &Vm) -> PyResult<()> {
    let name = vm.intern("__interactivehook__")?;
    let Some(hook) = vm.sys.get_str(vm, name) else { return Ok(()) };
    vm.audit("cpython.run_interactivehook", &[hook])?;
    if let Err(raised) = vm.call(hook, &[]) {
        eprintln!("Failed calling sys.__interactivehook__");
        show(vm, raised)?;
    }
    Ok(())
}

/// Shows an exception; one that ends the process goes on its way.
fn show(vm: &Vm, raised: Raised) -> PyResult<()> {
    let exception: Ref<PyException> = vm.take_raised(raised);
    if vm.is_instance(exception.value(), vm.types.system_exit) {
        return Err(vm.reraise(exception));
    }
    display::report_uncaught(vm, exception);
    Ok(())
}

/// An interactive session on standard input, from the beginning. Ends with the input, or with what ends the process.
pub fn session(vm: &Vm, globals: Ref<PyDict>) -> PyResult<()> {
    run_startup(vm, globals)?;
    follow(vm, globals)
}

/// The part of a session that may also follow a program.
pub fn follow(vm: &Vm, globals: Ref<PyDict>) -> PyResult<()> {
    run_hook(vm)?;
    if !is_terminal() || variable(vm, "PYTHON_BASIC_REPL").is_some() {
        return plain(vm, globals);
    }
    let main = vm.import("_pyrepl.main")?;
    let main = match vm.get_attr_str(main, "interactive_console") {
        Ok(console) => console,
        Err(raised) => {
            // The import may have answered the package.
            vm.catch(raised, vm.types.attribute_error)?;
            let module = vm.get_attr_str(main, "main")?;
            vm.get_attr_str(module, "interactive_console")?
        }
    };
    if let Some(console) = vm.get_attr_opt(vm.import("_pyrepl.console")?, vm.intern("InteractiveColoredConsole")?)? {
        let jit = vm.get_attr_str(vm.import("brolga")?, "jit")?;
        magic::install(vm, console, vm.get_attr_str(jit, "_statement")?)?;
    }
    let module = vm.modules.get_item(vm, vm.names.__main__.value())?.unwrap_or(Value::NONE);
    vm.call(main, &[module])?;
    Ok(())
}

/// A line of standard input, with its end; empty at the end of the input.
fn read_line(vm: &Vm, buffer: &mut Vec<u8>) -> PyResult<Vec<u8>> {
    loop {
        if let Some(end) = buffer.iter().position(|b| *b == b'\n') {
            return Ok(buffer.drain(..=end).collect());
        }
        let mut block = [0u8; 4096];
        let read = vm.allow_threads(|| {
            // SAFETY: room for so many bytes.
            let n = unsafe { libc::read(0, block.as_mut_ptr().cast(), block.len()) };
            usize::try_from(n).map_err(|_| std::io::Error::last_os_error())
        });
        match read {
            Ok(0) => return Ok(std::mem::take(buffer)),
            Ok(n) => buffer.extend_from_slice(block.get(..n).unwrap_or(&[])),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => vm.poll()?,
            Err(e) => return Err(vm.io_error(&e, None)),
        }
    }
}

/// `sys.ps1` or `sys.ps2` as text.
fn prompt(vm: &Vm, name: &str) -> PyResult<String> {
    let Some(v) = vm.sys.get_str(vm, vm.intern(name)?) else { return Ok(String::new()) };
    match vm.str(v) {
        Ok(text) => Ok(text.to_lossy()),
        Err(raised) => {
            vm.take_raised(raised);
            Ok(String::new())
        }
    }
}

fn flush(vm: &Vm) {
    for name in [vm.names.stderr, vm.names.stdout] {
        if let Some(stream) = vm.sys.get_str(vm, name).filter(|s| !s.is_none())
            && let Err(raised) = vm.call_method_name(stream, vm.names.flush, &[])
        {
            vm.take_raised(raised);
        }
    }
}

/// One statement: its source and its code, which is `None` where there was nothing but blanks. An empty source is the end.
fn read_statement(vm: &Vm, compiler: Value, input: &mut Vec<u8>) -> PyResult<Option<(Ref<PyStr>, Value)>> {
    let mut source: Vec<u8> = Vec::new();
    loop {
        flush(vm);
        eprint!("{}", prompt(vm, if source.is_empty() { "ps1" } else { "ps2" })?);
        let mut line = read_line(vm, input)?;
        if source.is_empty()
            && let Some(statement) = magic::statement(&String::from_utf8_lossy(&line))
        {
            line = format!("{statement}\n").into_bytes();
        }
        let ended = line.is_empty();
        source.extend_from_slice(&line);
        if ended && source.is_empty() {
            return Ok(None);
        }
        let text = vm.new_str(&String::from_utf8_lossy(&source))?;
        // At the end of the input what is there must do.
        let mut given = String::from_utf8_lossy(&source).trim_end_matches('\n').to_owned();
        if ended || line == b"\n" && source.len() > 1 {
            given.push('\n');
        }
        let given = vm.new_str(&given)?;
        let name = vm.new_str("<stdin>")?;
        let code = match vm.call(compiler, &[given.value(), name.value(), vm.intern("single")?.value()]) {
            Ok(code) => code,
            Err(raised) => {
                let error = vm.catch(raised, vm.types.syntax_error)?;
                // Once more, with the line's end, for the place that CPython names.
                let whole = text.to_lossy();
                let source = brolga_compiler::Source::Text(&whole);
                let mode = brolga_compiler::Mode::Single;
                crate::builtins::code::compile_source(vm, source, "<stdin>", mode, 0, None)?;
                error.set_traceback(Value::NONE);
                return Err(vm.reraise(error));
            }
        };
        if !code.is_none() || ended {
            return Ok(Some((text, code)));
        }
        if source.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some((text, Value::NONE)));
        }
    }
}

/// The plain prompt (`sys._baserepl`): reads, runs and shows statements until the input ends.
pub fn plain(vm: &Vm, globals: Ref<PyDict>) -> PyResult<()> {
    for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
        let name = vm.intern(name)?;
        if vm.sys.get_str(vm, name).is_none() {
            vm.sys.set_str(vm, name, vm.new_str(text)?.value())?;
        }
    }
    let register = vm.get_attr_str(vm.import("linecache")?, "_register_code")?;
    let compiler = vm.call_method(vm.import("codeop")?, "CommandCompiler", &[])?;
    let mut input = Vec::new();
    loop {
        let result = match read_statement(vm, compiler, &mut input) {
            Ok(None) => break,
            Ok(Some((_, code))) if code.is_none() => continue,
            Ok(Some((source, code))) => {
                let name = vm.new_str("<stdin>")?;
                vm.call(register, &[code, source.value(), name.value()])?;
                match code.downcast() {
                    Some(code) => crate::builtins::code::run_code(vm, code, globals, globals.value(), None),
                    None => Ok(Value::NONE),
                }
            }
            Err(raised) => Err(raised),
        };
        if let Err(raised) = result {
            let exception = vm.take_raised(raised);
            if vm.is_instance(exception.value(), vm.types.keyboard_interrupt) && exception.traceback().is_none() {
                eprintln!();
            }
            let raised = vm.reraise(exception);
            show(vm, raised)?;
        }
        flush(vm);
    }
    flush(vm);
    eprintln!();
    Ok(())
}

/// `sys._baserepl()`.
pub fn base_repl(vm: &Vm) -> PyResult<()> {
    let main = crate::start::main_module(vm)?;
    match main.dict() {
        Some(globals) => plain(vm, globals),
        None => Ok(()),
    }
}
