//! What a run of a comparison does in its own process: `-X outside`, `-X globals-digest=FILE` and `-X trail`.

use brolga_compiler::{Mode, Source};
use brolga_runtime::state::outside::Outside;
use brolga_runtime::{PyResult, Vm};
use brolga_stdlib::builtins::code::{compile_source, run_code};

/// Before the program: `Err` is text for stderr.
pub fn start(vm: &Vm) -> Result<(), String> {
    for (name, value) in &vm.config.x_options {
        let value = value.as_deref().unwrap_or("");
        match name.as_str() {
            "trail" => super::trail::start(vm, value)?,
            "outside" => vm.outside.set(Outside::open(value)?),
            "globals-digest" => {
                if let Err(raised) = digest(vm, value) {
                    let exception = vm.take_raised(raised);
                    let text = vm.repr_lossy(exception.value()).unwrap_or_default();
                    return Err(format!("-X globals-digest: {text}\n"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Has the digest written when the program has ended: as the first function of `atexit`, it is called last.
fn digest(vm: &Vm, path: &str) -> PyResult<()> {
    let names = vm.new_dict()?;
    let code = compile_source(vm, Source::Text(include_str!("digest.py")), "<digest>", Mode::Exec, 0, None)?;
    let builtins = vm.builtins.value();
    names.set_str(vm, vm.names.__builtins__, builtins)?;
    run_code(vm, code, names, names.value(), None)?;
    let Some(make) = names.get_str(vm, vm.intern("_make")?) else { return Ok(()) };
    let write = vm.call(make, &[])?;
    let process = vm.new_int(i64::from(std::process::id()))?;
    let atexit = vm.import("atexit")?;
    vm.call_method(atexit, "register", &[write, vm.new_str(path)?.value(), process])?;
    Ok(())
}
