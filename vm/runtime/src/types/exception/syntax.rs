//! `SyntaxError` and its subclasses.

use super::base::{concat, field, init_args, no_keywords, receiver, set_field};
use super::{
    PyException, SYNTAX_END_LINENO, SYNTAX_END_OFFSET, SYNTAX_FILENAME, SYNTAX_LINENO, SYNTAX_METADATA, SYNTAX_MSG,
    SYNTAX_OFFSET, SYNTAX_PRINT_FILE_AND_LINE, SYNTAX_TEXT,
};
use crate::object::def::{GetSetDef, MethodDef};
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::types::int;
use crate::types::str::PyStr;
use crate::value::Value;
use crate::{PyResult, getset, method};

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    no_keywords(vm, vm.type_of(receiver(vm, args)?.value()), args)?;
    let this = init_args(vm, args)?;
    if let Some(message) = args.rest.first() {
        this.set_extra(SYNTAX_MSG, *message);
    }
    if let [_, info] = args.rest {
        let info = vm.tuple_from(*info)?;
        let items = info.as_slice();
        if items.len() < 4 || items.len() > 7 {
            let (bound, n) = if items.len() < 4 { ("least", 4) } else { ("most", 7) };
            return Err(vm.type_error(format!("function takes at {bound} {n} arguments ({} given)", items.len())));
        }
        let fields = [
            SYNTAX_FILENAME,
            SYNTAX_LINENO,
            SYNTAX_OFFSET,
            SYNTAX_TEXT,
            SYNTAX_END_LINENO,
            SYNTAX_END_OFFSET,
            SYNTAX_METADATA,
        ];
        for index in fields {
            this.set_extra(index, None);
        }
        for (index, item) in fields.into_iter().zip(items) {
            this.set_extra(index, *item);
        }
        if items.len() == 5 {
            return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
        }
    }
    Ok(())
}

fn str(vm: &Vm, this: Ref<PyException>) -> PyResult<Ref<PyStr>> {
    let message = vm.str(this.extra(SYNTAX_MSG).unwrap_or(Value::NONE))?;
    let filename = match this.extra(SYNTAX_FILENAME).and_then(Value::downcast::<PyStr>) {
        Some(filename) => Some(basename(vm, filename)?),
        None => None,
    };
    let line = this.extra(SYNTAX_LINENO).filter(|v| vm.type_of(*v) == vm.types.int);
    // A line number beyond a C long shows as -1.
    let line = line.map(|v| format!("line {}", int::to_i64(v).unwrap_or(-1)));
    match (filename, line) {
        (None, None) => Ok(message),
        (Some(filename), Some(line)) => concat(vm, &["", " (", &format!(", {line})")], &[message, filename]),
        (Some(filename), None) => concat(vm, &["", " (", ")"], &[message, filename]),
        (None, Some(line)) => concat(vm, &["", &format!(" ({line})")], &[message]),
    }
}

fn basename(vm: &Vm, path: Ref<PyStr>) -> PyResult<Ref<PyStr>> {
    let points: Vec<u32> = path.chars().collect();
    let start = points.iter().rposition(|c| *c == u32::from('/')).map_or(0, |i| i + 1);
    PyStr::from_ucs4(vm, points.get(start..).unwrap_or(&[]))
}

pub(super) const METHODS: &[MethodDef] =
    &[method!("__init__", "($self, /, *args, **kwargs)", init), method!("__str__", 1, str)];
pub(super) const INIT_ONLY: &[MethodDef] = &[method!("__init__", "($self, /, *args, **kwargs)", init)];
pub(super) const GETSET: &[GetSetDef] = &[
    getset!("msg", field::<SYNTAX_MSG>, set_field::<SYNTAX_MSG>).member(),
    getset!("filename", field::<SYNTAX_FILENAME>, set_field::<SYNTAX_FILENAME>).member(),
    getset!("lineno", field::<SYNTAX_LINENO>, set_field::<SYNTAX_LINENO>).member(),
    getset!("offset", field::<SYNTAX_OFFSET>, set_field::<SYNTAX_OFFSET>).member(),
    getset!("text", field::<SYNTAX_TEXT>, set_field::<SYNTAX_TEXT>).member(),
    getset!("end_lineno", field::<SYNTAX_END_LINENO>, set_field::<SYNTAX_END_LINENO>).member(),
    getset!("end_offset", field::<SYNTAX_END_OFFSET>, set_field::<SYNTAX_END_OFFSET>).member(),
    getset!("print_file_and_line", field::<SYNTAX_PRINT_FILE_AND_LINE>, set_field::<SYNTAX_PRINT_FILE_AND_LINE>)
        .member(),
    getset!("_metadata", field::<SYNTAX_METADATA>, set_field::<SYNTAX_METADATA>).member(),
];
