//! `print` and `input`.

use brolga_runtime::object::{Args, Ref};
use brolga_runtime::types::str::PyStr;
use brolga_runtime::{PyResult, Value, Vm};

pub fn print(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let file = match args.opt_not_none(2) {
        Some(file) => file,
        None => match vm.sys.get_str(vm, vm.names.stdout) {
            Some(file) if file.is_none() => return Ok(()),
            Some(file) => file,
            None => return Err(vm.runtime_error("lost sys.stdout")),
        },
    };
    let text = |i: usize, what: &str| -> PyResult<Option<Ref<PyStr>>> {
        match args.opt_not_none(i) {
            None => Ok(None),
            Some(v) => match v.downcast::<PyStr>() {
                Some(s) => Ok(Some(s)),
                None => Err(vm.type_error(format!("{what} must be None or a string, not {}", vm.type_name(v)))),
            },
        }
    };
    let sep = text(0, "sep")?;
    let end = text(1, "end")?;
    let write = vm.get_attr(file, vm.names.write)?;
    for (i, v) in args.rest.iter().enumerate() {
        if i > 0 {
            match sep {
                Some(sep) => vm.call(write, &[sep.value()])?,
                None => vm.call(write, &[vm.latin1_char(b' ').value()])?,
            };
        }
        let s = vm.str(*v)?;
        vm.call(write, &[s.value()])?;
    }
    match end {
        Some(end) => vm.call(write, &[end.value()])?,
        None => vm.call(write, &[vm.latin1_char(b'\n').value()])?,
    };
    if let Some(flush) = args.opt(3)
        && vm.is_true(flush)?
    {
        vm.call_method_name(file, vm.names.flush, &[])?;
    }
    Ok(())
}

pub fn input(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let stream = |name: Ref<PyStr>, text: &str| match vm.sys.get_str(vm, name) {
        Some(f) if !f.is_none() => Ok(f),
        _ => Err(vm.runtime_error(format!("lost sys.{text}"))),
    };
    let stdin = stream(vm.names.stdin, "stdin")?;
    let stdout = stream(vm.names.stdout, "stdout")?;
    vm.audit("builtins.input", &[args.opt(0).unwrap_or(Value::NONE)])?;
    if let Ok(stderr) = stream(vm.names.stderr, "stderr") {
        let _ = vm.call_method_name(stderr, vm.names.flush, &[]).map_err(|raised| vm.take_raised(raised));
    }
    if let Some(prompt) = args.opt(0) {
        let prompt = vm.str(prompt)?;
        vm.call_method_name(stdout, vm.names.write, &[prompt.value()])?;
    }
    let _ = vm.call_method_name(stdout, vm.names.flush, &[]).map_err(|raised| vm.take_raised(raised));
    let line = vm.call_method_name(stdin, vm.names.readline, &[])?;
    let Some(line) = line.downcast::<PyStr>() else {
        return Err(vm.type_error("object.readline() returned non-string"));
    };
    if line.is_empty() {
        return Err(vm.eof_error("EOF when reading a line"));
    }
    if line.char_at(line.len() - 1) == u32::from(b'\n') {
        return vm.call_method(line.value(), "removesuffix", &[vm.latin1_char(b'\n').value()]);
    }
    Ok(line.value())
}
