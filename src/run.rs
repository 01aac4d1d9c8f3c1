//! Runs what the command line names.

use std::ffi::OsString;
use std::mem::ManuallyDrop;

use brolga_compiler::{Mode, Source};
use brolga_runtime::object::Ref;
use brolga_runtime::state::start::Interpreter;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::exception::{PyException, display};
use brolga_runtime::{PyResult, Vm};
use brolga_stdlib::builtins::code::{compile_source, keep_command, run_code};
use brolga_stdlib::repl;
use brolga_tools::Tool;
use brolga_tools::explain::Explainer;
use brolga_tools::profile::Profiler;
use brolga_tools::report::Reporter;

use crate::args::{Command, Program, parse};
use crate::help;

/// The process's exit status.
pub fn main(argv: Vec<OsString>) -> i32 {
    let argv: Vec<String> = argv.into_iter().map(|a| a.to_string_lossy().into_owned()).collect();
    let (tool, argv) = match brolga_tools::split(&argv) {
        Ok(parts) => parts,
        Err(text) => {
            eprint!("brolga: {text}");
            return 2;
        }
    };
    let after = argv.get(1..).unwrap_or(&[]);
    let (mut explains, mut profiles, mut reports) = (None, None, None);
    match tool {
        None => {}
        Some(Tool::Explain(options)) => explains = Some(options),
        Some(Tool::Profile(options)) => profiles = Some(options),
        Some(Tool::Report(options)) => reports = Some(options),
        Some(Tool::Help) => {
            print!("{}", help::JIT);
            return 0;
        }
        // These run the program in processes of its own; here only its options are checked.
        Some(Tool::Count(options)) => return checked(&argv, || brolga_tools::count::main(&options, after)),
        Some(Tool::Diff(options)) => return checked(&argv, || brolga_tools::diff::main(&options, after)),
    }
    match parse(&argv) {
        Command::Say(text) => {
            print!("{text}");
            0
        }
        Command::Wrong(text) => {
            eprint!("{text}");
            2
        }
        Command::Fatal(text) => {
            eprint!("{text}");
            1
        }
        Command::Run(config, Program::Disassemble(file)) => disassemble(&file, config.optimize),
        Command::Run(config, program) => {
            let alloc_fail = config.alloc_fail;
            let interpreter = match Interpreter::new(*config, &brolga_stdlib::library()) {
                Ok(interpreter) => interpreter,
                Err(e) => {
                    eprintln!("brolga: cannot start: {e:?}");
                    return 1;
                }
            };
            // The process ends with it: the system takes its memory back in one go.
            let interpreter = ManuallyDrop::new(interpreter);
            let vm = interpreter.vm();
            brolga_jit::Jit::install(vm);
            if vm.config.fuel.is_some() {
                vm.meter.turn_on(Box::new(|_| None));
            }
            let started = brolga_stdlib::start(vm);
            if let Some(fuel) = vm.config.fuel {
                vm.meter.begin(fuel);
            }
            if started.is_ok()
                && let Err(text) = brolga_tools::diff::in_process::start(vm)
            {
                eprint!("brolga: {text}");
                return 2;
            }
            let explainer = explains.map(|options| Explainer::start(vm, options));
            let profiler = profiles.map(|options| Profiler::start(vm, options));
            let reporter = reports.map(|options| Reporter::start(vm, options));
            if let Some(number) = alloc_fail {
                vm.heap.fail_allocation(if number == 0 { u64::MAX } else { number });
            }
            let result = started.and_then(|()| run(vm, &program));
            if alloc_fail == Some(0) {
                eprintln!("brolga: {} allocations", vm.heap.allocations_of(u64::MAX));
            }
            let prompted = matches!(program, Program::Stdin) && repl::is_interactive(vm);
            let inspected = !prompted && repl::is_wanted_after(vm);
            let mut status = ended(vm, result, inspected);
            if inspected {
                status = ended(vm, inspect(vm), false);
            }
            if vm.compiler.is_set() {
                vm.compiler.ended(vm);
            }
            if vm.config.fuel.is_some() {
                eprintln!("brolga: {} bytecodes", vm.meter.used());
            }
            let explanation = explainer.and_then(|e| e.gather(vm));
            let profile = profiler.and_then(|p| p.gather(vm));
            let page = reporter.and_then(|r| r.gather(vm));
            let status = brolga_stdlib::shut_down(vm, status);
            // (There is one tool at most.)
            match (explanation, profile, page) {
                (Some(explanation), ..) => explanation.say(status, after),
                (_, Some(profile), _) => profile.write(status),
                (.., Some(page)) => page.write(status),
                (None, None, None) => status,
            }
        }
    }
}

/// Runs a tool if the options for the program are right, and there is a program.
fn checked(argv: &[String], tool: impl FnOnce() -> i32) -> i32 {
    match parse(argv) {
        Command::Run(_, Program::Script(_) | Program::Code(_) | Program::Module(_)) => tool(),
        Command::Run(..) => {
            eprintln!("brolga: the tool wants a program: a script, -c or -m (see --help-jit)");
            2
        }
        Command::Say(text) => {
            print!("{text}");
            0
        }
        Command::Wrong(text) => {
            eprint!("{text}");
            2
        }
        Command::Fatal(text) => {
            eprint!("{text}");
            1
        }
    }
}

/// The exit status of what has ended so. Where the interactive mode follows, SystemExit is an exception like others.
fn ended(vm: &Vm, result: PyResult<()>, inspected: bool) -> i32 {
    match result {
        Ok(()) => 0,
        Err(raised) => {
            let exception = vm.take_raised(raised);
            if vm.end_stop().is_some() {
                eprint!("{}", display::format_plain(vm, exception));
                eprintln!("brolga: stopped, the fuel of -X fuel ran out");
                return 1;
            }
            finish(vm, exception, inspected)
        }
    }
}

/// The interactive mode behind a program, in the program's own namespace.
fn inspect(vm: &Vm) -> PyResult<()> {
    match brolga_stdlib::main_module(vm)?.dict() {
        Some(globals) => repl::follow(vm, globals),
        None => Ok(()),
    }
}

/// Reports what nobody caught; SystemExit is the exit status.
fn finish(vm: &Vm, exception: Ref<PyException>, inspected: bool) -> i32 {
    if vm.is_instance(exception.value(), vm.types.system_exit) && !inspected {
        return display::system_exit_status(vm, exception);
    }
    let interrupted = vm.is_instance(exception.value(), vm.types.keyboard_interrupt);
    display::report_uncaught(vm, exception);
    if interrupted { 130 } else { 1 }
}

fn run(vm: &Vm, program: &Program) -> PyResult<()> {
    let main = brolga_stdlib::main_module(vm)?;
    let Some(globals) = main.dict() else { return Ok(()) };
    match program {
        Program::Code(code) => {
            brolga_stdlib::prepend_path(vm, "")?;
            let text = format!("{code}\n");
            let code = compile_source(vm, Source::Text(&text), "<string>", Mode::Exec, 0, None)?;
            keep_command(vm, code, &text)?;
            run_code(vm, code, globals, globals.value(), None)?;
            Ok(())
        }
        Program::Script(path) => run_script(vm, path, globals),
        Program::Module(name) => {
            brolga_stdlib::prepend_path(vm, &current_dir())?;
            let runpy = vm.import("runpy")?;
            let name = vm.new_str(name)?;
            vm.call_method(runpy, "_run_module_as_main", &[name.value()])?;
            Ok(())
        }
        Program::Stdin | Program::Disassemble(_) => {
            brolga_stdlib::prepend_path(vm, "")?;
            if repl::is_interactive(vm) {
                repl::banner(vm);
                return repl::session(vm, globals);
            }
            let mut source = Vec::new();
            if let Err(e) = std::io::Read::read_to_end(&mut std::io::stdin(), &mut source) {
                return Err(vm.io_error(&e, None));
            }
            run_text(vm, Source::Bytes(&source), "<stdin>", globals)
        }
    }
}

fn current_dir() -> String {
    std::env::current_dir().map_or_else(|_| String::new(), |d| d.display().to_string())
}

/// A source file, a .pyc, or a directory or zip file with a `__main__`.
fn run_script(vm: &Vm, path: &str, globals: Ref<PyDict>) -> PyResult<()> {
    let file = std::path::Path::new(path);
    if file.is_dir() || brolga_stdlib::is_zip(file) {
        brolga_stdlib::prepend_path(vm, path)?;
        let runpy = vm.import("runpy")?;
        let name = vm.new_str("__main__")?;
        vm.call_method(runpy, "_run_module_as_main", &[name.value(), brolga_runtime::Value::FALSE])?;
        return Ok(());
    }
    let source = match std::fs::read(file) {
        Ok(source) => source,
        Err(e) => {
            let number = e.raw_os_error().unwrap_or(0);
            let text = brolga_runtime::types::exception::strerror(number);
            let executable = vm.config.orig_argv.first().cloned().unwrap_or_default();
            let shown = std::path::absolute(file).map_or_else(|_| path.to_owned(), |p| p.display().to_string());
            eprintln!("{executable}: can't open file '{shown}': [Errno {number}] {text}");
            return Err(vm.raise_args(vm.types.system_exit, &[brolga_runtime::Value::from_i32(2)]));
        }
    };
    let folder =
        std::fs::canonicalize(file).ok().and_then(|p| p.parent().map(|d| d.display().to_string())).unwrap_or_default();
    if !vm.config.safe_path {
        brolga_stdlib::prepend_path(vm, &folder)?;
    }
    // `__file__` and the code's file name are absolute; `sys.argv[0]` stays as it was given.
    let absolute = std::path::absolute(file).map_or_else(|_| path.to_owned(), |p| p.display().to_string());
    let path = absolute.as_str();
    globals.set_str(vm, vm.names.__file__, vm.new_str(path)?.value())?;
    globals.set_str(vm, vm.names.__cached__, brolga_runtime::Value::NONE)?;
    if vm.config.skip_first_line {
        // The line stays, empty, so that the numbers of the others are right.
        let end = source.iter().position(|b| *b == b'\n').unwrap_or(source.len());
        return run_text(vm, Source::File(&source[end..]), path, globals);
    }
    if let Some(code) = brolga_stdlib::read_pyc(vm, &source)? {
        run_code(vm, code, globals, globals.value(), None)?;
        return Ok(());
    }
    run_text(vm, Source::File(&source), path, globals)
}

fn run_text(vm: &Vm, source: Source<'_>, filename: &str, globals: Ref<PyDict>) -> PyResult<()> {
    let code = compile_source(vm, source, filename, Mode::Exec, 0, None)?;
    run_code(vm, code, globals, globals.value(), None)?;
    Ok(())
}

/// `--dis file`.
fn disassemble(path: &str, optimize: u8) -> i32 {
    let source = match std::fs::read(path) {
        Ok(source) => source,
        Err(e) => {
            eprintln!("brolga: {path}: {e}");
            return 2;
        }
    };
    let options = brolga_compiler::Options { optimize, ..Default::default() };
    match brolga_compiler::compile(Source::Bytes(&source), path, Mode::Exec, &options) {
        Ok(compiled) => {
            print!("{}", brolga_bytecode::dis::disassemble_tree(&compiled.code));
            0
        }
        Err(e) => {
            eprintln!("  File \"{path}\", line {}\n{:?}: {}", e.line, e.kind, e.message);
            1
        }
    }
}
