//! `compile`, `eval`, `exec`.

use brolga_bytecode::constants::{compile_flags, flags};
use brolga_compiler::tree::TreeError;
use brolga_compiler::{Compiled, DecodeFailure, ErrorKind, Mode, Options, Phase, Source, SyntaxError};
use brolga_runtime::frame::{Frame, OnReturn};
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::cell::PyCell;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::exception::{PyException, SYNTAX_METADATA};
use brolga_runtime::types::function::PyFunction;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::{PyResult, Raised, Slot, Value, Vm};

/// Compiles source text or bytes.
pub fn compile_source(
    vm: &Vm,
    source: Source<'_>,
    filename: &str,
    mode: Mode,
    flags: u32,
    optimize: Option<u8>,
) -> PyResult<Ref<PyCode>> {
    audit_compile(vm, source, filename)?;
    let decoder = |name: &str, bytes: &[u8]| decode_declared(vm, name, bytes);
    let options = Options { decoder: Some(&decoder), ..options(vm, flags, optimize) };
    match brolga_compiler::compile(source, filename, mode, &options) {
        Ok(compiled) => compiled_code(vm, &compiled, filename),
        Err(e) => {
            let text = source_text(source, filename, &options).filter(|_| e.last_statement.is_some());
            Err(raise_syntax_error(vm, &e, filename, text.as_deref())?)
        }
    }
}

/// The text of a source; none of a file's, which can be read again.
fn source_text<'a>(source: Source<'a>, filename: &str, options: &Options<'_>) -> Option<std::borrow::Cow<'a, str>> {
    match source {
        Source::File(_) => None,
        other => brolga_compiler::decode_source(other, filename, options.decoder).ok(),
    }
}

/// A source in an encoding that it declares and the compiler does not know: by the codecs' registry.
fn decode_declared(vm: &Vm, name: &str, bytes: &[u8]) -> Result<String, DecodeFailure> {
    let decoded = || -> PyResult<String> {
        let object = PyBytes::new(vm, bytes)?;
        let name = vm.new_str(name)?;
        let text = brolga_runtime::codecs::decode(vm, object.value(), bytes, Some(name), None)?;
        match text.to_utf8() {
            Ok(text) => Ok(text),
            Err(_) => Err(vm.value_error("surrogates not allowed")),
        }
    };
    decoded().map_err(|raised| {
        let exception = vm.take_raised(raised);
        if vm.is_instance(exception.value(), vm.types.lookup_error) {
            return DecodeFailure::UnknownEncoding;
        }
        DecodeFailure::Invalid(vm.str(exception.value()).map_or_else(
            |raised| {
                vm.take_raised(raised);
                String::new()
            },
            |text| text.to_lossy(),
        ))
    })
}

fn audit_compile(vm: &Vm, source: Source<'_>, filename: &str) -> PyResult<()> {
    if !vm.is_audited() {
        return Ok(());
    }
    let bytes = match source {
        Source::Text(text) => text.as_bytes(),
        Source::Bytes(bytes) | Source::File(bytes) => bytes,
    };
    vm.audit("compile", &[PyBytes::new(vm, bytes)?.value(), vm.new_str(filename)?.value()])
}

/// Issues the compiler's warnings, and makes the code object.
fn compiled_code(vm: &Vm, compiled: &Compiled, filename: &str) -> PyResult<Ref<PyCode>> {
    for warning in &compiled.warnings {
        warn(vm, &warning.message, filename, warning.line, warning.place())?;
    }
    PyCode::from_plain(vm, &compiled.code)
}

pub fn options(vm: &Vm, flags: u32, optimize: Option<u8>) -> Options<'static> {
    Options {
        optimize: optimize.unwrap_or(vm.config.optimize),
        future_flags: flags & flags::FUTURE_MASK,
        allow_top_level_await: flags & compile_flags::ALLOW_TOP_LEVEL_AWAIT != 0,
        allow_incomplete_input: flags & compile_flags::ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent: flags & compile_flags::DONT_IMPLY_DEDENT != 0,
        debug_ranges: !vm.config.no_debug_ranges,
        int_max_str_digits: vm.int_max_str_digits.get(),
        ..Options::default()
    }
}

/// The syntax tree of a source.
/// The tree of a source; `debug`: what `__debug__` is in an optimized one.
fn parse_source(
    vm: &Vm,
    source: Source<'_>,
    filename: &str,
    mode: Mode,
    flags: u32,
    debug: Option<bool>,
) -> PyResult<Value> {
    let decoder = |name: &str, bytes: &[u8]| decode_declared(vm, name, bytes);
    let options = Options { decoder: Some(&decoder), ..options(vm, flags, None) };
    match brolga_compiler::tree::parse(source, filename, mode, &options) {
        Ok((mut tree, warnings)) => {
            if let Some(debug) = debug {
                crate::ast::fold_debug(&mut tree, debug);
            }
            for warning in &warnings {
                warn(vm, &warning.message, filename, warning.line, warning.place())?;
            }
            crate::ast::Maker::new(vm)?.make(&tree)
        }
        Err(e) => Err(raise_syntax_error(vm, &e, filename, None)?),
    }
}

/// A SyntaxWarning; where a filter makes it an error, a SyntaxError.
fn warn(vm: &Vm, message: &str, filename: &str, line: u32, place: (i32, u32, i32)) -> PyResult<()> {
    let Some(module) = vm.modules.get_item(vm, vm.intern("_warnings")?.value())? else { return Ok(()) };
    let message = vm.new_str(message)?;
    let filename = vm.new_str(filename)?;
    let category = vm.types.syntax_warning.value();
    let args = [message.value(), category, filename.value(), Value::from_int_truncated(line.into())];
    let Err(raised) = vm.call_method(module, "warn_explicit", &args) else { return Ok(()) };
    vm.catch(raised, vm.types.syntax_warning)?;
    let name = filename.to_lossy();
    let error = SyntaxError {
        kind: ErrorKind::SyntaxError,
        message: message.to_lossy(),
        filename: Some(name.clone()),
        line,
        column: place.0,
        end_line: place.1,
        end_column: place.2,
        text: None,
        phase: Phase::Compile,
        last_statement: None,
    };
    Err(raise_syntax_error(vm, &error, &name, None)?)
}

/// The SyntaxError (or its subclass) of the compiler's error.
pub fn raise_syntax_error(vm: &Vm, e: &SyntaxError, filename: &str, source: Option<&str>) -> PyResult<Raised> {
    let class = match e.kind {
        ErrorKind::IndentationError => vm.types.indentation_error,
        ErrorKind::TabError => vm.types.tab_error,
        ErrorKind::IncompleteInput => vm.types.incomplete_input_error,
        ErrorKind::RecursionError => return Ok(vm.recursion_error(&e.message)),
        ErrorKind::SystemError => return Ok(vm.system_error(&e.message)),
        _ => vm.types.syntax_error,
    };
    let message = vm.new_str(&e.message)?.value();
    let Some(file) = &e.filename else { return Ok(vm.raise_args(class, &[message])) };
    // What the code generator refuses shows the line as it stands in the file.
    let text = match (&e.text, e.phase) {
        (_, Phase::Compile) if !vm.host_is_closed.get() => std::fs::read(filename).ok().and_then(|bytes| {
            let decoder = |name: &str, bytes: &[u8]| decode_declared(vm, name, bytes);
            let text = brolga_compiler::decode_source(Source::Bytes(&bytes), filename, Some(&decoder)).ok()?;
            text.lines().nth((e.line as usize).saturating_sub(1)).map(|l| format!("{l}\n"))
        }),
        (text, _) => text.clone(),
    };
    let text = match text {
        Some(text) => vm.new_str(&text)?.value(),
        None => Value::NONE,
    };
    let place = vm.new_tuple(&[
        vm.new_str(file)?.value(),
        Value::from_int_truncated(e.line.into()),
        Value::from_i32(e.column),
        text,
        Value::from_int_truncated(e.end_line.into()),
        Value::from_i32(e.end_column),
    ])?;
    let made = vm.call(class.value(), &[message, place.value()])?;
    match made.downcast::<PyException>() {
        Some(exception) => {
            if let Some((line, column)) = e.last_statement {
                let source = match source {
                    // (CPython's tokenizer puts an end to the last line.)
                    Some(source) if !source.ends_with('\n') => vm.new_str(&format!("{source}\n"))?.value(),
                    Some(source) => vm.new_str(source)?.value(),
                    None => Value::NONE,
                };
                let at = [Value::from_int_truncated(line.into()), Value::from_int_truncated(column.into()), source];
                exception.set_extra(SYNTAX_METADATA, vm.new_tuple(&at)?.value());
            }
            Ok(vm.raise(exception))
        }
        None => Ok(vm.system_error("SyntaxError is no exception")),
    }
}

/// The future flags of the code that calls.
fn inherited_flags(vm: &Vm) -> u32 {
    // SAFETY: the current frame is alive.
    unsafe { vm.frame.get().as_ref() }.map_or(0, |f| f.code.get().flags.get() & flags::FUTURE_MASK)
}

/// A source argument: str, or anything with a buffer.
pub fn with_source<R>(vm: &Vm, v: Value, function: &str, f: impl FnOnce(Source<'_>) -> PyResult<R>) -> PyResult<R> {
    if let Some(s) = v.downcast::<PyStr>() {
        let text = match s.to_utf8() {
            Ok(text) => text,
            Err(_) => {
                // As CPython: the encoder's own error.
                vm.call_method(v, "encode", &[])?;
                return Err(vm.value_error("source code string cannot be encoded"));
            }
        };
        if text.contains('\0') {
            return Err(vm.syntax_error("source code string cannot contain null bytes"));
        }
        return f(Source::Text(&text));
    }
    if !vm.has_buffer(v) {
        return Err(vm.type_error(format!("{function}() arg 1 must be a string, bytes or code object")));
    }
    let bytes = vm.buffer(v, false)?.as_slice().to_vec();
    if bytes.contains(&0) {
        return Err(vm.syntax_error("source code string cannot contain null bytes"));
    }
    f(Source::Bytes(&bytes))
}

pub fn compile(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let filename = path_text(vm, args.get(1))?;
    let mode_name = vm.expect_str(args.get(2), "compile() argument 'mode'")?.to_lossy();
    let mut compile_flags = match args.opt(3) {
        Some(v) => vm.to_i64(v)? as u32,
        None => 0,
    };
    let allowed = flags::FUTURE_MASK
        | compile_flags::ONLY_AST
        | compile_flags::OPTIMIZED_AST
        | compile_flags::TYPE_COMMENTS
        | compile_flags::ALLOW_TOP_LEVEL_AWAIT
        | compile_flags::ALLOW_INCOMPLETE_INPUT
        | compile_flags::DONT_IMPLY_DEDENT
        | compile_flags::SOURCE_IS_UTF8
        | compile_flags::IGNORE_COOKIE;
    if compile_flags & !allowed != 0 {
        return Err(vm.value_error("compile(): unrecognised flags"));
    }
    let dont_inherit = match args.opt(4) {
        Some(v) => vm.is_true(v)?,
        None => false,
    };
    if !dont_inherit {
        compile_flags |= inherited_flags(vm);
    }
    let optimize = match args.opt(5) {
        Some(v) => match vm.to_i64(v)? {
            -1 => None,
            n @ 0..=2 => Some(n as u8),
            _ => return Err(vm.value_error("compile(): invalid optimize value")),
        },
        None => None,
    };
    let mode = match mode_name.as_str() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" if compile_flags & compile_flags::ONLY_AST != 0 => {
            return Err(vm.not_implemented_error("compile(): mode 'func_type' is not supported"));
        }
        "func_type" => {
            return Err(vm.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        _ => return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    if args.get(0).downcast::<PyCode>().is_some() {
        return Ok(args.get(0));
    }
    let only_tree = compile_flags & compile_flags::ONLY_AST == compile_flags::ONLY_AST;
    let optimized = compile_flags & compile_flags::OPTIMIZED_AST == compile_flags::OPTIMIZED_AST;
    if crate::ast::is_node(vm, args.get(0))? {
        let reader = crate::ast::Reader::new(vm)?;
        let tree = reader.read(args.get(0), crate::ast::root_of(mode))?;
        if only_tree {
            if !optimized {
                return Ok(args.get(0));
            }
            let mut tree = tree;
            crate::ast::fold_debug(&mut tree, optimize.unwrap_or(vm.config.optimize) == 0);
            return crate::ast::Maker::new(vm)?.make(&tree);
        }
        return match brolga_compiler::tree::compile(&tree, &filename, mode, &options(vm, compile_flags, optimize)) {
            Ok(compiled) => compiled_code(vm, &compiled, &filename).map(Ref::value),
            Err(TreeError::Type(message)) => Err(vm.type_error(message)),
            Err(TreeError::Value(message)) => Err(vm.value_error(message)),
            Err(TreeError::Syntax(e)) => Err(raise_syntax_error(vm, &e, &filename, None)?),
        };
    }
    if only_tree {
        return with_source(vm, args.get(0), "compile", |source| {
            let debug = optimized.then(|| optimize.unwrap_or(vm.config.optimize) == 0);
            parse_source(vm, source, &filename, mode, compile_flags, debug)
        });
    }
    with_source(vm, args.get(0), "compile", |source| {
        Ok(compile_source(vm, source, &filename, mode, compile_flags, optimize)?.value())
    })
}

/// A file name: str, bytes or path-like.
pub fn path_text(vm: &Vm, v: Value) -> PyResult<String> {
    if let Some(s) = v.downcast::<PyStr>() {
        return Ok(s.to_lossy());
    }
    if let Some(bytes) = v.downcast::<PyBytes>() {
        return Ok(String::from_utf8_lossy(bytes.as_slice()).into_owned());
    }
    match vm.call_special(v, brolga_runtime::state::names::Special::Fspath, &[])? {
        Some(path) => Ok(vm.to_lossy(path)),
        None => Err(vm.type_error(format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(v)))),
    }
}

/// Globals and locals of `eval` and `exec`.
fn namespaces(vm: &Vm, args: &Args<'_>, function: &str) -> PyResult<(Ref<PyDict>, Value)> {
    let globals = args.opt_not_none(1);
    let locals = args.opt_not_none(2);
    // SAFETY: the current frame is alive.
    let frame: Option<&Frame> = unsafe { vm.frame.get().as_ref() };
    let (globals, locals) = match (globals, locals) {
        (Some(g), locals) => (g, locals.unwrap_or(g)),
        (None, locals) => {
            let Some(frame) = frame else { return Err(vm.system_error("globals and locals cannot be NULL")) };
            let locals = match locals {
                Some(l) => l,
                None => brolga_runtime::types::frame::snapshot(vm, frame)?,
            };
            (frame.globals.get(), locals)
        }
    };
    let Some(dict) = globals.downcast::<PyDict>() else {
        return Err(vm.type_error(if super::functions::is_mapping(vm, globals) && function == "eval" {
            "globals must be a real dict; try eval(code, {}, mapping)".to_owned()
        } else if function == "eval" {
            "globals must be a dict".to_owned()
        } else {
            format!("exec() globals must be a dict, not {}", vm.type_name(globals))
        }));
    };
    if !super::functions::is_mapping(vm, locals) {
        return Err(vm.type_error(if function == "eval" {
            "locals must be a mapping".to_owned()
        } else {
            format!("locals must be a mapping or None, not {}", vm.type_name(locals))
        }));
    }
    if dict.get_str(vm, vm.names.__builtins__).is_none() {
        let builtins = match frame {
            Some(frame) => frame.builtins.get(),
            None => vm.builtins.value(),
        };
        dict.set_str(vm, vm.names.__builtins__, builtins)?;
    }
    Ok((dict, locals))
}

/// Runs module-level code in these namespaces.
pub fn run_code(vm: &Vm, code: Ref<PyCode>, globals: Ref<PyDict>, locals: Value, closure: Slot) -> PyResult<Value> {
    let builtins = vm.builtins_of(globals.value())?;
    let function = PyFunction::with_builtins(vm, code, globals.value(), builtins)?;
    if let Some(closure) = closure {
        function.set_closure(closure);
    }
    vm.check_native_stack("")?;
    let frame = vm.push_frame(code, globals.value(), builtins, Some(function.value()), Some(locals))?;
    // SAFETY: just pushed, and set to return to its native caller before it is entered.
    unsafe {
        (*frame).on_return.set(OnReturn::Exit);
        brolga_runtime::interp::run(vm, frame)
    }
}

fn free_count(code: Ref<PyCode>) -> usize {
    code.data().localspluskinds.iter().filter(|k| *k & brolga_bytecode::constants::local_kind::FREE != 0).count()
}

pub fn eval(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (globals, locals) = namespaces(vm, args, "eval")?;
    let source = args.get(0);
    let code = match source.downcast::<PyCode>() {
        Some(code) => {
            if free_count(code) > 0 {
                return Err(vm.type_error("code object passed to eval() may not contain free variables"));
            }
            code
        }
        None => {
            let flags = inherited_flags(vm) | compile_flags::SOURCE_IS_UTF8;
            with_source(vm, source, "eval", |source| {
                let source = match source {
                    Source::Text(t) => Source::Text(t.trim_start_matches([' ', '\t'])),
                    other => other,
                };
                compile_source(vm, source, "<string>", Mode::Eval, flags, None)
            })?
        }
    };
    vm.audit("exec", &[code.value()])?;
    run_code(vm, code, globals, locals, None)
}

pub fn exec(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (globals, locals) = namespaces(vm, args, "exec")?;
    let source = args.get(0);
    let closure = args.opt_not_none(3);
    let code = match source.downcast::<PyCode>() {
        Some(code) => {
            let free = free_count(code);
            match closure.map(|c| c.downcast::<PyTuple>()) {
                None if free > 0 => {
                    return Err(vm.type_error(format!("code object requires a closure of exactly length {free}")));
                }
                Some(Some(c))
                    if free > 0
                        && c.len() == free
                        && c.as_slice().iter().all(|cell| cell.downcast::<PyCell>().is_some()) => {}
                Some(_) if free == 0 => {
                    return Err(vm.type_error("cannot use a closure with this code object"));
                }
                Some(_) => {
                    return Err(vm.type_error(format!("code object requires a closure of exactly length {free}")));
                }
                None => {}
            }
            code
        }
        None => {
            if closure.is_some() {
                return Err(vm.type_error("closure can only be used when source is a code object"));
            }
            let flags = inherited_flags(vm) | compile_flags::SOURCE_IS_UTF8;
            with_source(vm, source, "exec", |source| compile_source(vm, source, "<string>", Mode::Exec, flags, None))?
        }
    };
    vm.audit("exec", &[code.value()])?;
    run_code(vm, code, globals, locals, closure)?;
    if vm.kept(&COMMAND).is_some() {
        register_command(vm, globals)?;
    }
    Ok(())
}

/// Where the code and the source of `-c` wait for `linecache`, which shows its lines in tracebacks: most programs never
/// import it.
static COMMAND: u16 = 0;

/// Keeps the code of `-c` and its source.
pub fn keep_command(vm: &Vm, code: Ref<PyCode>, source: &str) -> PyResult<()> {
    let command = vm.new_tuple(&[code.value(), vm.new_str(source)?.value(), vm.new_str("<string>")?.value()])?;
    vm.keep(&COMMAND, command.value());
    Ok(())
}

/// Tells `linecache`, when it has just been run, of the source of `-c`.
fn register_command(vm: &Vm, globals: Ref<PyDict>) -> PyResult<()> {
    let name = globals.get_str(vm, vm.names.__name__).and_then(Value::downcast::<PyStr>);
    if name.is_some_and(|name| name.equals_str("linecache"))
        && let Some(register) = globals.get_str(vm, vm.intern("_register_code")?)
        && let Some(command) = vm.kept(&COMMAND).and_then(Value::downcast::<PyTuple>)
    {
        vm.call(register, command.as_slice())?;
    }
    Ok(())
}
