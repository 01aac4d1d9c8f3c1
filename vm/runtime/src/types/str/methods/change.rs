//! Changed copies: case, padding, `replace`, `expandtabs`.

use brolga_text::search::{case, replace as replacing};

use super::receiver;
use crate::object::{Args, MethodDef, Ref};
use crate::state::Vm;
use crate::types::str::{PyStr, StrBuilder, ops};
use crate::value::Value;
use crate::{PyResult, method};

macro_rules! cases {
    ($($name:ident),*) => {$(
        fn $name(vm: &Vm, this: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
            PyStr::from_data(vm, case::$name(this.view()))
        }
    )*};
}

cases!(lower, upper, casefold, swapcase, capitalize, title);

fn replace(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    let old = vm.expect_str(args.get(1), "replace() argument 1")?;
    let new = vm.expect_str(args.get(2), "replace() argument 2")?;
    let most = super::split::most(vm, args.opt(3))?;
    if old.equals(&new) {
        return ops::exact(vm, this);
    }
    let result = replacing::replace(this.view(), old.view(), new.view(), most);
    match vm.memory(result)? {
        Some(data) => PyStr::from_text(vm, data.as_text()),
        None => ops::exact(vm, this),
    }
}

fn expandtabs(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    let size = match args.opt(1) {
        Some(v) => usize::try_from(vm.to_i32(v)?).unwrap_or(0),
        None => 8,
    };
    match vm.memory(replacing::expand_tabs(this.view(), size))? {
        Some(data) => PyStr::from_text(vm, data.as_text()),
        None => ops::exact(vm, this),
    }
}

/// The fill character of `center` and its like.
fn fill(vm: &Vm, v: Option<Value>) -> PyResult<u32> {
    let Some(v) = v else { return Ok(0x20) };
    match v.downcast::<PyStr>() {
        Some(s) if s.len() == 1 => Ok(s.char_at(0)),
        Some(_) => Err(vm.type_error("The fill character must be exactly one character long")),
        None => {
            let got = vm.type_name(v);
            Err(vm.type_error(format!("The fill character must be a unicode character, not {got}")))
        }
    }
}

fn pad(vm: &Vm, this: Ref<PyStr>, left: usize, right: usize, fill: u32) -> PyResult<Ref<PyStr>> {
    if left == 0 && right == 0 {
        return ops::exact(vm, this);
    }
    let mut out = StrBuilder::new();
    out.push_repeated(fill, left);
    out.push_str(&this);
    out.push_repeated(fill, right);
    out.finish(vm)
}

/// How much is missing to `width`, and the fill character.
fn pad_arguments(vm: &Vm, args: &Args<'_>, this: Ref<PyStr>) -> PyResult<(usize, u32, usize)> {
    let width = usize::try_from(vm.to_isize(args.get(1))?).unwrap_or(0);
    Ok((width.saturating_sub(this.len()), fill(vm, args.opt(2))?, width))
}

fn ljust(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    let (missing, fill, _) = pad_arguments(vm, args, this)?;
    pad(vm, this, 0, missing, fill)
}

fn rjust(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    let (missing, fill, _) = pad_arguments(vm, args, this)?;
    pad(vm, this, missing, 0, fill)
}

fn center(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyStr>> {
    let this = receiver(vm, args)?;
    let (missing, fill, width) = pad_arguments(vm, args, this)?;
    let left = missing / 2 + (missing & width & 1);
    pad(vm, this, left, missing - left, fill)
}

fn zfill(vm: &Vm, this: Ref<PyStr>, width: isize) -> PyResult<Ref<PyStr>> {
    let missing = usize::try_from(width).unwrap_or(0).saturating_sub(this.len());
    if missing == 0 {
        return ops::exact(vm, this);
    }
    let mut out = StrBuilder::new();
    let signed = !this.is_empty() && matches!(this.char_at(0), 0x2b | 0x2d);
    if signed {
        out.push(this.char_at(0));
    }
    out.push_repeated(0x30, missing);
    out.push_slice(&this, usize::from(signed), this.len());
    out.finish(vm)
}

pub(super) const METHODS: &[MethodDef] = &[
    method!("lower", 1, lower),
    method!("upper", 1, upper),
    method!("casefold", 1, casefold),
    method!("swapcase", 1, swapcase),
    method!("capitalize", 1, capitalize),
    method!("title", 1, title),
    method!("replace", "($self, old, new, /, count=-1)", replace),
    method!("expandtabs", "($self, /, tabsize=8)", expandtabs),
    method!("center", "($self, width, fillchar=' ', /)", center),
    method!("ljust", "($self, width, fillchar=' ', /)", ljust),
    method!("rjust", "($self, width, fillchar=' ', /)", rjust),
    method!("zfill", 2, zfill),
];
