//! What `isocalendar` gives: a tuple of year, week and weekday.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use crate::object::class_argument;

fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type_with_bases(&DEF, &[vm.types.tuple])
}

fn make(vm: &Vm, class: Ref<PyType>, parts: [i32; 3]) -> PyResult<Value> {
    Ok(PyTuple::new_with_shape(vm, class.root_shape(), &parts.map(Value::from_i32), 1)?.value())
}

pub fn new_week(vm: &Vm, year: i32, week: i32, weekday: i32) -> PyResult<Value> {
    make(vm, class(vm)?, [year, week, weekday])
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let class = class_argument(vm, args)?;
    let mut parts = [0; 3];
    for (i, part) in parts.iter_mut().enumerate() {
        *part = vm.to_i32(args.get(i + 1))?;
    }
    make(vm, class, parts)
}

fn part(this: Ref<PyTuple>, i: usize) -> Slot {
    this.get(i)
}

fn year(_: &Vm, this: Ref<PyTuple>) -> Slot {
    part(this, 0)
}

fn week(_: &Vm, this: Ref<PyTuple>) -> Slot {
    part(this, 1)
}

fn weekday(_: &Vm, this: Ref<PyTuple>) -> Slot {
    part(this, 2)
}

fn repr(vm: &Vm, this: Ref<PyTuple>) -> PyResult<String> {
    let mut shown = Vec::new();
    for i in 0..3 {
        let part = part(this, i).unwrap_or(Value::NONE);
        shown.push(vm.str(part)?.to_lossy());
    }
    let class = vm.tp_name(this.value());
    Ok(format!("{class}(year={}, week={}, weekday={})", shown[0], shown[1], shown[2]))
}

fn reduce(vm: &Vm, this: Ref<PyTuple>) -> PyResult<Value> {
    let plain = vm.new_tuple(this.as_slice())?;
    let args = vm.new_tuple(&[plain.value()])?;
    Ok(vm.new_tuple(&[vm.types.tuple.value(), args.value()])?.value())
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, year, week, weekday)", new).static_().called("IsoCalendarDate"),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce).doc("__reduce__() -> (cls, state)"),
];

static GETSET: &[GetSetDef] = &[getset!("year", year), getset!("week", week), getset!("weekday", weekday)];

static DEF: TypeDef = TypeDef {
    module: "datetime",
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  \
         ((year, week, weekday)\nor via the object attributes as named in the above tuple.",
    ),
    ..TypeDef::new("IsoCalendarDate")
};
