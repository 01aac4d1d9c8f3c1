//! `_opcode`: what the instructions are, for `opcode` and `dis`.

use brolga_bytecode::constants::{INTRINSICS_1, INTRINSICS_2, NB_OPS, SPECIAL_METHODS};
use brolga_bytecode::opcode::{Jump, Opcode, Operand};
use brolga_bytecode::stack_effect::StackEffect;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

/// The compiler's pseudo-instructions, from number 256 on: (flags, effect with a jump, without).
const PSEUDO: [(u8, i64, i64); 11] = [
    (0, 0, 0),
    (ARG | JUMP, 0, 0),
    (ARG | JUMP, 0, 0),
    (ARG | JUMP, 0, 0),
    (ARG | JUMP, 0, 0),
    (ARG | LOCAL, 1, 1),
    (0, 0, 0),
    (ARG | EXC, 2, 0),
    (ARG | EXC, 1, 0),
    (ARG | EXC, 1, 0),
    (ARG | LOCAL, -1, -1),
];

const ARG: u8 = 1;
const CONST: u8 = 2;
const NAME: u8 = 4;
const JUMP: u8 = 8;
const FREE: u8 = 16;
const LOCAL: u8 = 32;
const EXC: u8 = 64;
const VALID: u8 = 128;

fn pseudo(number: i32) -> Option<(u8, i64, i64)> {
    PSEUDO.get(usize::try_from(number).ok()?.checked_sub(256)?).copied()
}

fn flags(number: i32) -> u8 {
    if let Some((flags, ..)) = pseudo(number) {
        return flags | VALID;
    }
    let Some(op) = u8::try_from(number).ok().and_then(Opcode::from_u8) else { return 0 };
    let info = op.info();
    let mut flags = VALID;
    if op.has_arg() {
        flags |= ARG;
    }
    flags |= match info.operand {
        Operand::Const => CONST,
        Operand::Name | Operand::NameShifted1 | Operand::NameShifted2 => NAME,
        Operand::Local | Operand::LocalPair => LOCAL,
        // `COPY_FREE_VARS` counts them and is among them in CPython's table; `MAKE_CELL` takes any local.
        Operand::Deref => FREE,
        _ if op == Opcode::COPY_FREE_VARS => 0,
        _ => 0,
    };
    if info.jump != Jump::None {
        flags |= JUMP;
    }
    flags
}

macro_rules! tests {
    ($($name:ident: $flag:ident;)*) => {
        $(fn $name(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
            Ok(flags(vm.to_i32(args.get(0))?) & $flag != 0)
        })*
    };
}

tests! {
    is_valid: VALID;
    has_arg: ARG;
    has_const: CONST;
    has_name: NAME;
    has_jump: JUMP;
    has_free: FREE;
    has_local: LOCAL;
    has_exc: EXC;
}

fn stack_effect(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let number = vm.to_i32(args.get(0))?;
    let arg = match args.opt_not_none(1) {
        Some(arg) => vm.to_i32(arg)?,
        None => 0,
    };
    let jump = match args.opt_not_none(2) {
        None => None,
        Some(v) => match v.as_bool() {
            Some(jump) => Some(jump),
            None => return Err(vm.value_error("stack_effect: jump must be False, True or None")),
        },
    };
    let invalid = || vm.value_error("invalid opcode or oparg");
    let (taken, not_taken) = match pseudo(number) {
        Some((_, taken, not_taken)) => (taken, not_taken),
        None => {
            let op = u8::try_from(number).ok().and_then(Opcode::from_u8).ok_or_else(invalid)?;
            let effect = StackEffect::of(op, u32::try_from(arg).map_err(|_| invalid())?);
            let pops = i64::from(effect.pops);
            (i64::from(effect.pushes_on_jump) - pops, i64::from(effect.pushes) - pops)
        }
    };
    Ok(match jump {
        Some(true) => taken,
        Some(false) => not_taken,
        None => taken.max(not_taken),
    })
}

fn names(vm: &Vm, names: &[&str]) -> PyResult<Ref<PyList>> {
    let list = vm.new_list(&[])?;
    for name in names {
        list.push(vm, vm.new_str(name)?.value())?;
    }
    Ok(list)
}

fn get_nb_ops(vm: &Vm) -> PyResult<Ref<PyList>> {
    let list = vm.new_list(&[])?;
    for (name, symbol) in NB_OPS {
        let (name, symbol) = (vm.new_str(name)?, vm.new_str(symbol)?);
        list.push(vm, vm.new_tuple(&[name.value(), symbol.value()])?.value())?;
    }
    Ok(list)
}

fn get_intrinsic1_descs(vm: &Vm) -> PyResult<Ref<PyList>> {
    names(vm, &INTRINSICS_1)
}

fn get_intrinsic2_descs(vm: &Vm) -> PyResult<Ref<PyList>> {
    names(vm, &INTRINSICS_2)
}

fn get_special_method_names(vm: &Vm) -> PyResult<Ref<PyList>> {
    names(vm, &SPECIAL_METHODS)
}

/// CPython counts only when it was built to.
fn get_specialization_stats(_: &Vm) {}

fn get_executor(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(vm.runtime_error("Executors are not available in this build"))
}

static FUNCTIONS: &[MethodDef] = &[
    method!("stack_effect", "($module, opcode, oparg=None, /, *, jump=None)", stack_effect)
        .doc("Compute the stack effect of the opcode."),
    method!("is_valid", "($module, /, opcode)", is_valid).doc("Return True if opcode is valid, False otherwise."),
    method!("has_arg", "($module, /, opcode)", has_arg).doc("Return True if the opcode uses its oparg, False otherwise."),
    method!("has_const", "($module, /, opcode)", has_const)
        .doc("Return True if the opcode accesses a constant, False otherwise."),
    method!("has_name", "($module, /, opcode)", has_name)
        .doc("Return True if the opcode accesses an attribute by name, False otherwise."),
    method!("has_jump", "($module, /, opcode)", has_jump)
        .doc("Return True if the opcode has a jump target, False otherwise."),
    method!("has_free", "($module, /, opcode)", has_free).doc(
        "Return True if the opcode accesses a free variable, False otherwise.\n\nNote that 'free' in this context refers to names in the current scope\nthat are referenced by inner scopes or names that are referenced\nfrom this scope but defined in an outer scope. It does *not* include\nreferences to global or builtin scopes.",
    ),
    method!("has_local", "($module, /, opcode)", has_local)
        .doc("Return True if the opcode accesses a local variable, False otherwise."),
    method!("has_exc", "($module, /, opcode)", has_exc)
        .doc("Return True if the opcode sets an exception handler, False otherwise."),
    method!("get_specialization_stats", 0, get_specialization_stats).doc("Return the specialization stats"),
    method!("get_nb_ops", 0, get_nb_ops).doc("Return array of symbols of binary ops.\n\nIndexed by the BINARY_OP oparg value."),
    method!("get_intrinsic1_descs", 0, get_intrinsic1_descs).doc("Return a list of names of the unary intrinsics."),
    method!("get_intrinsic2_descs", 0, get_intrinsic2_descs).doc("Return a list of names of the binary intrinsics."),
    method!("get_special_method_names", 0, get_special_method_names).doc("Return a list of special method names."),
    method!("get_executor", "($module, /, code, offset)", get_executor)
        .doc("Return the executor object at offset in code if exists, None otherwise."),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_int(vm, "ENABLE_SPECIALIZATION", 1)?;
    module.add_int(vm, "ENABLE_SPECIALIZATION_FT", 1)
}

pub static MODULE: ModuleDef = ModuleDef::new("_opcode", FUNCTIONS, init).doc("Opcode support module.");
