//! Python's nodes as a tree for the compiler crate. What is no proper tree is refused in CPython's words.

use std::collections::HashMap;
use std::sync::OnceLock;

use brolga_bytecode::{Const, Wtf8String};
use brolga_compiler::tree::{Node, Place, Tree};
use brolga_runtime::object::Ref;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::complex::PyComplex;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::types::{int, shape};
use brolga_runtime::{PyResult, Value, Vm};

use super::from_tree::classes;
use super::{GRAMMAR, fields};

/// A node class of the grammar.
struct Class {
    name: &'static str,
    /// (type, name) of each field.
    fields: Vec<(&'static str, &'static str)>,
}

/// A sum or product of the grammar.
struct Sum {
    /// The constructors; of a product itself.
    classes: Vec<Class>,
    product: bool,
    /// Empty: nodes have no place. "required": they must have its end, too.
    place: &'static str,
}

fn grammar() -> &'static HashMap<&'static str, Sum> {
    static SUMS: OnceLock<HashMap<&'static str, Sum>> = OnceLock::new();
    SUMS.get_or_init(|| {
        let mut all = HashMap::new();
        for line in GRAMMAR.lines() {
            let (line, place) = line.split_once(" @ ").unwrap_or((line, ""));
            if let Some((name, rest)) = line.split_once(" : ") {
                let classes = vec![Class { name, fields: fields(rest) }];
                all.insert(name, Sum { classes, product: true, place });
            } else if let Some((name, rest)) = line.split_once(" = ") {
                let class = |text: &'static str| match text.split_once('(') {
                    Some((name, rest)) => Class { name, fields: fields(rest) },
                    None => Class { name: text, fields: Vec::new() },
                };
                all.insert(name, Sum { classes: rest.split(" | ").map(class).collect(), product: false, place });
            }
        }
        all
    })
}

/// Reads nodes.
pub struct Reader<'vm> {
    vm: &'vm Vm,
    classes: Ref<PyDict>,
}

/// Is this a node?
pub fn is_node(vm: &Vm, v: Value) -> PyResult<bool> {
    if vm.exact_str(v).is_some() {
        return Ok(false);
    }
    Ok(vm.is_instance(v, vm.native_type(&super::AST)?))
}

impl Reader<'_> {
    pub fn new(vm: &Vm) -> PyResult<Reader<'_>> {
        Ok(Reader { vm, classes: classes(vm)? })
    }

    /// A whole tree; `root` is the class that the mode wants.
    pub fn read(&self, v: Value, root: &str) -> PyResult<Tree> {
        if !self.is_a(v, root)? {
            return Err(self.vm.type_error(format!("expected {root} node, got {}", self.vm.type_name(v))));
        }
        self.node("mod", v)
    }

    fn is_a(&self, v: Value, class: &str) -> PyResult<bool> {
        let class = self.classes.get_str(self.vm, self.vm.intern(class)?).and_then(Value::downcast::<PyType>);
        Ok(class.is_some_and(|class| self.vm.is_instance(v, class)))
    }

    fn attribute(&self, v: Value, name: &str) -> PyResult<Option<Value>> {
        self.vm.get_attr_opt(v, self.vm.intern(name)?)
    }

    fn missing(&self, field: &str, owner: &str) -> brolga_runtime::Raised {
        self.vm.type_error(format!("required field \"{field}\" missing from {owner}"))
    }

    fn int(&self, v: Value) -> PyResult<i64> {
        if !self.vm.is_instance(v, self.vm.types.int) {
            return Err(self.vm.value_error(format!("invalid integer value: {}", self.vm.repr_lossy(v)?)));
        }
        Ok(i64::from(crate::arguments::c_int(self.vm, v)?))
    }

    fn place(&self, v: Value, owner: &str, required: bool) -> PyResult<Place> {
        let mut numbers = [0i64; 4];
        for (i, name) in super::PLACE.iter().enumerate() {
            let given = self.attribute(v, name)?;
            let found = match given {
                Some(value) if i < 2 || !value.is_none() => Some(self.int(value)?),
                None if i < 2 || required => return Err(self.missing(name, owner)),
                _ => None,
            };
            numbers[i] = found.unwrap_or(numbers[i % 2]);
        }
        let [line, column, end_line, end_column] = numbers;
        let vm = self.vm;
        if line > end_line {
            return Err(vm.value_error(format!("AST node line range ({line}, {end_line}) is not valid")));
        }
        if (line < 0 && end_line != line) || (column < 0 && column != end_column) {
            return Err(vm.value_error(format!(
                "AST node column range ({column}, {end_column}) for line range ({line}, {end_line}) is not valid"
            )));
        }
        if line == end_line && column > end_column {
            return Err(vm.value_error(format!("line {line}, column {column}-{end_column} is not a valid range")));
        }
        let number = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
        Ok(Place {
            line: number(line),
            column: number(column),
            end_line: number(end_line),
            end_column: number(end_column),
        })
    }

    /// A node of a sum or product.
    fn node(&self, owner: &'static str, v: Value) -> PyResult<Tree> {
        let vm = self.vm;
        if v.is_none() {
            return Ok(Tree::None);
        }
        let Some(sum) = grammar().get(owner) else { return Err(vm.system_error(format!("no grammar of {owner}"))) };
        vm.check_native_stack(match owner {
            "stmt" => " during  traversing 'stmt' node",
            "expr" => " during  traversing 'expr' node",
            _ => " during compilation",
        })?;
        let place = |reader: &Self| -> PyResult<Option<Place>> {
            if sum.place.is_empty() {
                return Ok(None);
            }
            reader.place(v, owner, sum.place == "required").map(Some)
        };
        let (class, place) = if sum.product {
            let Some(class) = sum.classes.first() else { return Ok(Tree::None) };
            (class, None)
        } else {
            let place = place(self)?;
            (self.constructor(owner, sum, v)?, place)
        };
        let mut all = Vec::with_capacity(class.fields.len());
        for (kind, name) in &class.fields {
            all.push(self.field(class.name, kind, name, v)?);
        }
        let place = match place {
            Some(place) => Some(place),
            None if sum.product && !sum.place.is_empty() => Some(self.place(v, owner, false)?),
            None => None,
        };
        Ok(Tree::Node(Box::new(Node { class: class.name, fields: all, place })))
    }

    fn constructor<'s>(&self, owner: &str, sum: &'s Sum, v: Value) -> PyResult<&'s Class> {
        let vm = self.vm;
        let name = vm.type_of(v).name();
        // Most are of the very class.
        if let Some(class) = sum.classes.iter().find(|c| c.name == name)
            && self.is_a(v, class.name)?
        {
            return Ok(class);
        }
        for class in &sum.classes {
            if self.is_a(v, class.name)? {
                return Ok(class);
            }
        }
        Err(vm.type_error(format!("expected some sort of {owner}, but got {}", vm.repr_lossy(v)?)))
    }

    fn field(&self, class: &str, kind: &'static str, name: &str, v: Value) -> PyResult<Tree> {
        let vm = self.vm;
        let base = kind.trim_end_matches(['?', '*']);
        let given = self.attribute(v, name)?;
        if kind.ends_with('*') {
            let Some(value) = given else { return Ok(Tree::List(Vec::new())) };
            let Some(list) = value.downcast::<PyList>() else {
                return Err(
                    vm.type_error(format!("{class} field \"{name}\" must be a list, not a {}", vm.tp_name(value)))
                );
            };
            let len = list.len();
            let mut all = Vec::new();
            for i in 0..len {
                let item = list.get(i).unwrap_or(Value::NONE);
                all.push(self.value(base, item)?);
                if list.len() != len {
                    return Err(vm.runtime_error(format!("{class} field \"{name}\" changed size during iteration")));
                }
            }
            return Ok(Tree::List(all));
        }
        if kind.ends_with('?') {
            return match given.filter(|value| !value.is_none()) {
                Some(value) => self.value(base, value),
                None => Ok(Tree::None),
            };
        }
        let Some(value) = given else { return Err(self.missing(name, class)) };
        if value.is_none() && base != "constant" && base != "int" {
            return Err(vm.value_error(format!("field '{name}' is required for {class}")));
        }
        self.value(base, value)
    }

    fn value(&self, base: &'static str, v: Value) -> PyResult<Tree> {
        let vm = self.vm;
        match base {
            "identifier" => match vm.exact_str(v) {
                Some(s) if super::replace::is_constant_word(s) => {
                    let word = s.to_lossy();
                    Err(vm.value_error(format!("identifier field can't represent '{word}' constant")))
                }
                Some(s) => Ok(Tree::Str(s.to_lossy())),
                None if v.is_none() => Ok(Tree::None),
                None => Err(vm.type_error("AST identifier must be of type str")),
            },
            "string" => match (vm.exact_str(v), vm.exact::<PyBytes>(v, shape::bytes)) {
                (Some(s), _) => Ok(Tree::Str(s.to_lossy())),
                (None, Some(b)) => Ok(Tree::Str(String::from_utf8_lossy(b.as_slice()).into_owned())),
                _ => Err(vm.type_error("AST string must be of type str")),
            },
            "int" => self.int(v).map(Tree::Int),
            "constant" => self.constant(v).map(Tree::Constant),
            owner => self.node(owner, v),
        }
    }

    fn constants(&self, items: &[Value]) -> PyResult<Vec<Const>> {
        // Runs no Python: only exact builtins are looked into.
        items.iter().map(|v| self.constant(*v)).collect()
    }

    fn constant(&self, v: Value) -> PyResult<Const> {
        let vm = self.vm;
        vm.check_native_stack(" during compilation")?;
        if v.is_none() {
            return Ok(Const::None);
        }
        if let Some(b) = v.as_bool() {
            return Ok(if b { Const::True } else { Const::False });
        }
        if v.same_bits(Value::ELLIPSIS) {
            return Ok(Const::Ellipsis);
        }
        if let Some(f) = v.as_f64() {
            return Ok(Const::Float(f));
        }
        let class = vm.type_of(v);
        let t = &vm.types;
        if class == t.int {
            return Ok(match int::to_i64(v) {
                Some(i) => Const::Int(i),
                None => {
                    let (negative, digits) = int::to_digits15(v);
                    Const::from_digits15(negative, &digits)
                }
            });
        }
        if let Some(s) = vm.exact_str(v) {
            return Ok(Const::Str(Wtf8String::from_code_points(s.chars())));
        }
        if let Some(b) = vm.exact::<PyBytes>(v, shape::bytes) {
            return Ok(Const::Bytes(b.as_slice().into()));
        }
        if class == t.complex
            && let Some(c) = v.downcast::<PyComplex>()
        {
            let (re, im) = c.get();
            return Ok(Const::Complex { re, im });
        }
        if let Some(tuple) = vm.exact::<PyTuple>(v, shape::tuple) {
            return Ok(Const::Tuple(self.constants(tuple.as_slice())?));
        }
        if let Some(set) = vm.exact::<PySet>(v, shape::frozenset) {
            let items = vm.tuple_from(set.value())?;
            return Ok(Const::FrozenSet(self.constants(items.as_slice())?));
        }
        Err(vm.type_error(format!("got an invalid type in Constant: {}", vm.tp_name(v))))
    }
}

/// For callers that have a name to show.
pub fn root_of(mode: brolga_compiler::Mode) -> &'static str {
    match mode {
        brolga_compiler::Mode::Exec => "Module",
        brolga_compiler::Mode::Eval => "Expression",
        brolga_compiler::Mode::Single => "Interactive",
    }
}
