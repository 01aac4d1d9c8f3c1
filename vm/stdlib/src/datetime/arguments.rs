//! Arguments of constructors and functions whose errors CPython words in its own way.

use brolga_runtime::PyResult;
use brolga_runtime::object::Args;
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};

/// The parameters of a function that takes `*args, **kwargs` here.
pub struct Signature {
    /// Empty: messages name no function.
    pub function: &'static str,
    pub names: &'static [&'static str],
    pub required: usize,
    /// How many may be given without a name.
    pub positional: usize,
}

impl Signature {
    /// Binds the arguments behind the first (`self` or the class), and gives each with its number to `take`, in order.
    pub fn bind(&self, vm: &Vm, args: &Args<'_>, mut take: impl FnMut(usize, Value) -> PyResult<()>) -> PyResult<()> {
        let who = if self.function.is_empty() { "function".to_owned() } else { format!("{}()", self.function) };
        let (positional, named) = (args.rest.len(), args.kw.iter().count());
        let limit = self.names.len();
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        if positional + named > limit {
            let (kind, given) = (if positional == 0 { "keyword " } else { "" }, positional + named);
            let plural = plural(limit);
            return Err(vm.type_error(format!("{who} takes at most {limit} {kind}argument{plural} ({given} given)")));
        }
        if positional > self.positional {
            let (limit, plural) = (self.positional, plural(self.positional));
            return Err(
                vm.type_error(format!("{who} takes at most {limit} positional argument{plural} ({positional} given)"))
            );
        }
        let by_name = |wanted: &str| args.kw.iter().find(|(name, _)| vm.to_lossy(*name) == wanted).map(|(_, v)| v);
        for (i, name) in self.names.iter().enumerate() {
            let given: Slot = match args.rest.get(i) {
                Some(value) => Some(*value),
                None => by_name(name),
            };
            match given {
                Some(value) => take(i, value)?,
                None if i < self.required => {
                    return Err(vm.type_error(format!("{who} missing required argument '{name}' (pos {})", i + 1)));
                }
                None => {}
            }
        }
        for (name, _) in args.kw.iter() {
            let name = vm.to_lossy(name);
            match self.names.iter().position(|n| *n == name) {
                Some(at) if at < positional => {
                    let at = at + 1;
                    return Err(
                        vm.type_error(format!("argument for {who} given by name ('{name}') and position ({at})"))
                    );
                }
                Some(_) => {}
                None => {
                    let who = if self.function.is_empty() { "this function" } else { &who };
                    return Err(vm.type_error(format!("{who} got an unexpected keyword argument '{name}'")));
                }
            }
        }
        Ok(())
    }
}

/// What messages about arguments call a value's type.
pub fn got(vm: &Vm, v: Value) -> String {
    if v.is_none() { "None".to_owned() } else { vm.tp_name(v) }
}

/// Exactly `n` arguments without names, behind the first.
pub fn exactly<'a>(vm: &Vm, args: &'a Args<'_>, function: &str, n: usize) -> PyResult<&'a [Value]> {
    if args.rest.len() == n && args.kw.is_empty() {
        return Ok(args.rest);
    }
    if !args.kw.is_empty() {
        return Err(vm.type_error(format!("{function}() takes no keyword arguments")));
    }
    let (plural, given) = (if n == 1 { "" } else { "s" }, args.rest.len());
    Err(vm.type_error(format!("{function}() takes exactly {n} argument{plural} ({given} given)")))
}
