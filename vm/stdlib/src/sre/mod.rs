//! `_sre`: regular expressions, on the engine of `brolga-regex`.

mod matches;
pub mod pattern;
mod scanner;
mod subject;
mod template;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};
use brolga_text::unicode;

fn getcodesize(_: &Vm) -> u32 {
    brolga_regex::CODESIZE
}

fn letter(c: i32) -> Option<u8> {
    u8::try_from(c).ok().filter(u8::is_ascii_alphabetic)
}

fn ascii_iscased(vm: &Vm, c: Value) -> PyResult<bool> {
    Ok(letter(vm.to_i32(c)?).is_some())
}

fn ascii_tolower(vm: &Vm, c: Value) -> PyResult<i32> {
    let c = vm.to_i32(c)?;
    Ok(letter(c).map_or(c, |b| i32::from(b.to_ascii_lowercase())))
}

fn first(mapping: unicode::Mapping, c: u32) -> u32 {
    mapping.as_slice().first().copied().unwrap_or(c)
}

fn unicode_iscased(vm: &Vm, c: Value) -> PyResult<bool> {
    let c = vm.to_i32(c)? as u32;
    Ok(first(unicode::to_lower(c), c) != c || first(unicode::to_upper(c), c) != c)
}

fn unicode_tolower(vm: &Vm, c: Value) -> PyResult<i32> {
    let c = vm.to_i32(c)? as u32;
    Ok(first(unicode::to_lower(c), c) as i32)
}

static FUNCTIONS: &[MethodDef] = &[
    method!("compile", "($module, /, pattern, flags, code, groups, groupindex, indexgroup)", pattern::compile),
    method!("template", 2, template::template),
    method!("getcodesize", 0, getcodesize),
    method!("ascii_iscased", 1, ascii_iscased),
    method!("ascii_tolower", 1, ascii_tolower),
    method!("unicode_iscased", 1, unicode_iscased),
    method!("unicode_tolower", 1, unicode_tolower),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_int(vm, "MAGIC", i64::from(brolga_regex::MAGIC))?;
    module.add_int(vm, "CODESIZE", i64::from(brolga_regex::CODESIZE))?;
    module.add_int(vm, "MAXREPEAT", i64::from(brolga_regex::MAXREPEAT))?;
    module.add_int(vm, "MAXGROUPS", brolga_regex::MAXGROUPS as i64)?;
    module.add_str(vm, "copyright", " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ")
}

pub static MODULE: ModuleDef = ModuleDef::new("_sre", FUNCTIONS, init);
