//! The standard streams and `open`, at start-up.

use brolga_runtime::PyResult;
use brolga_runtime::state::Vm;

use super::{open_function, os, standard_stream};

/// Makes `sys.stdin`, `sys.stdout`, `sys.stderr` (each with its `__x__`) and `builtins.open`.
pub fn start(vm: &Vm) -> PyResult<()> {
    super::make_types(vm)?;
    vm.builtins.set_name(vm, "open", open_function(vm)?)?;

    let environment = if vm.config.ignore_environment { None } else { std::env::var("PYTHONIOENCODING").ok() };
    let (given_encoding, given_errors) = match environment.as_deref().and_then(|e| e.split_once(':')) {
        Some((encoding, errors)) => (encoding, errors),
        None => (environment.as_deref().unwrap_or(""), ""),
    };
    let locale = super::codeset();
    let encoding = match (given_encoding, vm.config.utf8_mode) {
        ("", true) => "utf-8",
        ("", false) if locale.eq_ignore_ascii_case("utf-8") => "utf-8",
        ("", false) => locale,
        (given, _) => given,
    };
    // In the C locale nothing says how what is not ASCII was coded: it has to come through.
    let lenient = vm.config.utf8_mode || super::c_locale();
    let errors = match given_errors {
        "" if lenient && given_encoding.is_empty() => "surrogateescape",
        "" => "strict",
        given => given,
    };
    for (fd, name, mode) in [(0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")] {
        let errors = if fd == 2 { "backslashreplace" } else { errors };
        let unbuffered = vm.config.unbuffered && fd > 0;
        let interactive = vm.config.interactive || os::isatty(fd);
        let line_buffering = fd == 2 || !unbuffered && interactive;
        let shown = format!("<{name}>");
        let stream = standard_stream(vm, fd, mode, &shown, encoding, errors, line_buffering, unbuffered)?;
        vm.sys.set_name(vm, name, stream)?;
        vm.sys.set_name(vm, &format!("__{name}__"), stream)?;
    }
    Ok(())
}
