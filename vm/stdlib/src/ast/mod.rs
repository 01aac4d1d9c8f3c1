//! `_ast`: the node classes of syntax trees, made from the grammar's own abstract description; trees from sources, and
//! trees to be compiled.

mod from_tree;
mod replace;
mod to_tree;

pub use from_tree::Maker;
pub use replace::fold_debug;
pub use to_tree::{Reader, is_node, root_of};

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::def::{TypeDef, type_flags};
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::list::repr::TextParts;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::types::{generic_alias, object, union};
use brolga_runtime::{PyResult, Value, Vm, getset, method};

/// Python 3.14's abstract grammar, one sum a line: `name = Constructor(type field, ...) | ... @ attributes`. A `*` is a
/// list, a `?` may be missing. A line `name : (...)` is a product.
const GRAMMAR: &str = "\
mod = Module(stmt* body, type_ignore* type_ignores) | Interactive(stmt* body) | Expression(expr body) | FunctionType(expr* argtypes, expr returns)
stmt = FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params) | AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params) | ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params) | Return(expr? value) | Delete(expr* targets) | Assign(expr* targets, expr value, string? type_comment) | TypeAlias(expr name, type_param* type_params, expr value) | AugAssign(expr target, operator op, expr value) | AnnAssign(expr target, expr annotation, expr? value, int simple) | For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment) | AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment) | While(expr test, stmt* body, stmt* orelse) | If(expr test, stmt* body, stmt* orelse) | With(withitem* items, stmt* body, string? type_comment) | AsyncWith(withitem* items, stmt* body, string? type_comment) | Match(expr subject, match_case* cases) | Raise(expr? exc, expr? cause) | Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody) | TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody) | Assert(expr test, expr? msg) | Import(alias* names) | ImportFrom(identifier? module, alias* names, int? level) | Global(identifier* names) | Nonlocal(identifier* names) | Expr(expr value) | Pass | Break | Continue @ place
expr = BoolOp(boolop op, expr* values) | NamedExpr(expr target, expr value) | BinOp(expr left, operator op, expr right) | UnaryOp(unaryop op, expr operand) | Lambda(arguments args, expr body) | IfExp(expr test, expr body, expr orelse) | Dict(expr?* keys, expr* values) | Set(expr* elts) | ListComp(expr elt, comprehension* generators) | SetComp(expr elt, comprehension* generators) | DictComp(expr key, expr value, comprehension* generators) | GeneratorExp(expr elt, comprehension* generators) | Await(expr value) | Yield(expr? value) | YieldFrom(expr value) | Compare(expr left, cmpop* ops, expr* comparators) | Call(expr func, expr* args, keyword* keywords) | FormattedValue(expr value, int conversion, expr? format_spec) | Interpolation(expr value, constant str, int conversion, expr? format_spec) | JoinedStr(expr* values) | TemplateStr(expr* values) | Constant(constant value, string? kind) | Attribute(expr value, identifier attr, expr_context ctx) | Subscript(expr value, expr slice, expr_context ctx) | Starred(expr value, expr_context ctx) | Name(identifier id, expr_context ctx) | List(expr* elts, expr_context ctx) | Tuple(expr* elts, expr_context ctx) | Slice(expr? lower, expr? upper, expr? step) @ place
expr_context = Load | Store | Del
boolop = And | Or
operator = Add | Sub | Mult | MatMult | Div | Mod | Pow | LShift | RShift | BitOr | BitXor | BitAnd | FloorDiv
unaryop = Invert | Not | UAdd | USub
cmpop = Eq | NotEq | Lt | LtE | Gt | GtE | Is | IsNot | In | NotIn
comprehension : (expr target, expr iter, expr* ifs, int is_async)
excepthandler = ExceptHandler(expr? type, identifier? name, stmt* body) @ place
arguments : (arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)
arg : (identifier arg, expr? annotation, string? type_comment) @ place
keyword : (identifier? arg, expr value) @ place
alias : (identifier name, identifier? asname) @ place
withitem : (expr context_expr, expr? optional_vars)
match_case : (pattern pattern, expr? guard, stmt* body)
pattern = MatchValue(expr value) | MatchSingleton(constant value) | MatchSequence(pattern* patterns) | MatchMapping(expr* keys, pattern* patterns, identifier? rest) | MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns) | MatchStar(identifier? name) | MatchAs(pattern? pattern, identifier? name) | MatchOr(pattern* patterns) @ required
type_ignore = TypeIgnore(int lineno, string tag)
type_param = TypeVar(identifier name, expr? bound, expr? default_value) | ParamSpec(identifier name, expr? default_value) | TypeVarTuple(identifier name, expr? default_value) @ required";

const PLACE: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// Flags of `compile()`.
const ONLY_AST: i64 = 0x400;
const TYPE_COMMENTS: i64 = 0x1000;
const ALLOW_TOP_LEVEL_AWAIT: i64 = 0x2000;
const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;

fn names(vm: &Vm, items: &[&str]) -> PyResult<Value> {
    let all = ValueVec::new();
    for item in items {
        all.push(vm, vm.intern(item)?.value())?;
    }
    Ok(vm.new_tuple(all.as_slice())?.value())
}

/// `(type, field)` pairs of a constructor's parentheses.
fn fields(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
    inner.split(',').filter_map(|f| f.trim().split_once(' ')).collect()
}

/// A node class. Its fields' types are set once all classes are there.
fn class(
    vm: &Vm,
    m: Ref<PyModule>,
    name: &str,
    base: Value,
    fields: &[(&str, &str)],
    place: &str,
    sum: Option<&str>,
) -> PyResult<Value> {
    let namespace = PyDict::new(vm)?;
    namespace.set_str(vm, vm.names.__module__, vm.new_str("ast")?.value())?;
    let doc = match sum {
        // A sum's constructors stand below each other, but where they have no fields.
        Some(rest) if rest.contains('(') => {
            let between = format!("\n{}| ", " ".repeat(name.len() + 1));
            format!("{name} = {}", rest.split(" | ").collect::<Vec<_>>().join(&between))
        }
        Some(rest) => format!("{name} = {rest}"),
        None if fields.is_empty() => name.to_owned(),
        None => {
            let fields: Vec<String> = fields.iter().map(|(kind, field)| format!("{kind} {field}")).collect();
            format!("{name}({})", fields.join(", "))
        }
    };
    namespace.set_str(vm, vm.names.__doc__, vm.new_str(&doc)?.value())?;
    let field_names: Vec<&str> = fields.iter().map(|(_, name)| *name).collect();
    let tuple = names(vm, &field_names)?;
    namespace.set_name(vm, "_fields", tuple)?;
    namespace.set_str(vm, vm.names.__match_args__, tuple)?;
    if !place.is_empty() {
        namespace.set_name(vm, "_attributes", names(vm, &PLACE)?)?;
        if place == "place" {
            namespace.set_name(vm, "end_lineno", Value::NONE)?;
            namespace.set_name(vm, "end_col_offset", Value::NONE)?;
        }
    }
    for (kind, field) in fields {
        if kind.ends_with('?') {
            namespace.set_name(vm, field, Value::NONE)?;
        }
    }
    let bases = vm.new_tuple(&[base])?;
    let made = vm.call(vm.types.type_.value(), &[vm.intern(name)?.value(), bases.value(), namespace.value()])?;
    m.add(vm, name, made)?;
    Ok(made)
}

/// `_field_types` of a class: `T`, `T | None` or `list[T]` for each field.
fn set_field_types(vm: &Vm, m: Ref<PyModule>, name: &str, fields: &[(&str, &str)]) -> PyResult<()> {
    let types = PyDict::new(vm)?;
    for (kind, field) in fields {
        let plain = kind.trim_end_matches(['?', '*']);
        let base = match plain {
            "identifier" | "string" => vm.types.str.value(),
            "int" => vm.types.int.value(),
            "constant" => vm.types.object.value(),
            other => vm.get_attr_str(m.value(), other)?,
        };
        let t = if kind.ends_with('*') {
            generic_alias::new(vm, vm.types.list.value(), base)?
        } else if kind.ends_with('?') {
            union::new(vm, base, Value::NONE)?
        } else {
            base
        };
        types.set_name(vm, field, t)?;
    }
    let owner = vm.get_attr_str(m.value(), name)?;
    vm.set_attr_str(owner, "__annotations__", types.value())?;
    vm.set_attr_str(owner, "_field_types", types.value())
}

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let ast = vm.native_type(&AST)?;
    m.add(vm, "AST", ast)?;
    if let Some(dict) = ast.dict() {
        let empty = vm.new_tuple(&[])?.value();
        for name in ["_fields", "_attributes", "__match_args__"] {
            dict.set_name(vm, name, empty)?;
        }
        dict.set_name(vm, "_field_types", vm.new_dict()?.value())?;
        ast.modified(vm, None);
    }
    let mut all: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for line in GRAMMAR.lines() {
        let (line, place) = line.split_once(" @ ").unwrap_or((line, ""));
        if let Some((name, rest)) = line.split_once(" : ") {
            let f = fields(rest);
            class(vm, m, name, ast.value(), &f, place, None)?;
            all.push((name, f));
        } else if let Some((name, rest)) = line.split_once(" = ") {
            let sum = class(vm, m, name, ast.value(), &[], place, Some(rest))?;
            for constructor in rest.split(" | ") {
                let (name, f) = match constructor.split_once('(') {
                    Some((name, rest)) => (name, fields(rest)),
                    None => (constructor, Vec::new()),
                };
                class(vm, m, name, sum, &f, "", None)?;
                all.push((name, f));
            }
        }
    }
    for (name, f) in &all {
        set_field_types(vm, m, name, f)?;
    }
    m.add_int(vm, "PyCF_ONLY_AST", ONLY_AST)?;
    m.add_int(vm, "PyCF_TYPE_COMMENTS", TYPE_COMMENTS)?;
    m.add_int(vm, "PyCF_ALLOW_TOP_LEVEL_AWAIT", ALLOW_TOP_LEVEL_AWAIT)?;
    m.add_int(vm, "PyCF_OPTIMIZED_AST", OPTIMIZED_AST)
}

/// `Node(*fields, **attributes)`: what is missing is None, an empty list or `Load()` by its type.
fn ast_init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = args.get(0);
    let class = vm.type_of(this);
    let fields = vm.tuple_from(vm.get_attr_str(class.value(), "_fields")?)?;
    if args.rest.len() > fields.len() {
        let plural = if fields.len() == 1 { "" } else { "s" };
        return Err(vm.type_error(format!(
            "{} constructor takes at most {} positional argument{plural}",
            class.name(),
            fields.len()
        )));
    }
    for (name, value) in fields.as_slice().iter().zip(args.rest) {
        vm.set_attr(this, object::attribute_name(vm, *name)?, *value)?;
    }
    for (name, value) in args.kw.iter() {
        let given = fields.as_slice().iter().take(args.rest.len());
        let name_text = object::attribute_name(vm, name)?;
        if given.clone().any(|f| f.downcast::<PyStr>().is_some_and(|f| f.equals(&name_text))) {
            return Err(vm.type_error(format!(
                "{} got multiple values for argument '{}'",
                class.name(),
                name_text.to_lossy()
            )));
        }
        let known = |of: &str| -> PyResult<bool> {
            let names = vm.tuple_from(vm.get_attr_str(class.value(), of)?)?;
            Ok(names.as_slice().iter().any(|f| f.downcast::<PyStr>().is_some_and(|f| f.equals(&name_text))))
        };
        if !known("_fields")? && !known("_attributes")? {
            vm.warn(
                vm.types.deprecation_warning,
                &format!(
                    "{}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword arguments is \
                     deprecated and will be removed in Python 3.15.",
                    class.name(),
                    vm.repr_lossy(name)?
                ),
                1,
            )?;
        }
        vm.set_attr(this, name_text, value)?;
    }
    let types = vm.get_attr_str(class.value(), "_field_types")?.downcast::<PyDict>();
    for name in fields.as_slice().iter().skip(args.rest.len()) {
        let name_text = object::attribute_name(vm, *name)?;
        if args.kw.iter().any(|(k, _)| k.downcast::<PyStr>().is_some_and(|k| k.equals(&name_text))) {
            continue;
        }
        let Some(t) = types.and_then(|t| t.get_str(vm, name_text)) else {
            vm.warn(
                vm.types.deprecation_warning,
                &format!(
                    "Field {} is missing from {}._field_types. This will become an error in Python 3.15.",
                    vm.repr_lossy(*name)?,
                    class.name()
                ),
                1,
            )?;
            continue;
        };
        if vm.is_instance(t, vm.types.union) {
            // The class's own None is found.
            continue;
        }
        if vm.is_instance(t, vm.types.generic_alias) {
            vm.set_attr(this, name_text, vm.new_list(&[])?.value())?;
        } else if t.downcast::<PyType>().is_some_and(|t| t.name() == "expr_context") {
            let load = vm.import_attr("_ast", "Load")?;
            vm.set_attr(this, name_text, vm.call(load, &[])?)?;
        } else {
            vm.warn(
                vm.types.deprecation_warning,
                &format!(
                    "{}.__init__ missing 1 required positional argument: '{}'. This will become an error in Python 3.15.",
                    class.name(),
                    name_text.to_lossy()
                ),
                1,
            )?;
        }
    }
    Ok(())
}

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    let dict = vm.get_attr(this, vm.names.__dict__)?;
    let empty: Ref<PyTuple> = vm.new_tuple(&[])?;
    Ok(vm.new_tuple(&[vm.type_of(this).value(), empty.value(), dict])?.value())
}

/// How many levels of nodes a repr shows.
const REPR_DEPTH: i32 = 3;

fn repr(vm: &Vm, this: Value) -> PyResult<Ref<PyStr>> {
    let mut out = TextParts::new();
    push_node(vm, &mut out, this, REPR_DEPTH)?;
    out.finish(vm)
}

/// `Class(field=value, ...)`; from a depth on only `Class(...)`.
fn push_node(vm: &Vm, out: &mut TextParts, node: Value, depth: i32) -> PyResult<()> {
    out.push_str(vm, &vm.type_name(node))?;
    if depth <= 0 || !vm.enter_repr(node) {
        return out.push_str(vm, "(...)");
    }
    let result = push_fields(vm, out, node, depth);
    vm.leave_repr(node);
    result
}

fn push_fields(vm: &Vm, out: &mut TextParts, node: Value, depth: i32) -> PyResult<()> {
    let fields = vm.tuple_from(vm.get_attr_str(vm.type_of(node).value(), "_fields")?)?;
    out.push_str(vm, "(")?;
    for i in 0..fields.len() {
        let name = object::attribute_name(vm, fields.get(i).unwrap_or(Value::NONE))?;
        if i > 0 {
            out.push_str(vm, ", ")?;
        }
        out.push(vm, name)?;
        out.push_str(vm, "=")?;
        let value = vm.get_attr(node, name)?;
        let sequence = match (value.downcast::<PyList>(), value.downcast::<PyTuple>()) {
            (Some(list), _) => {
                Some((list.len(), list.get(0), list.len().checked_sub(1).and_then(|n| list.get(n)), "[]"))
            }
            (None, Some(t)) => Some((t.len(), t.get(0), t.len().checked_sub(1).and_then(|n| t.get(n)), "()")),
            _ => None,
        };
        let Some((len, first, last, brackets)) = sequence else {
            push_value(vm, out, value, depth)?;
            continue;
        };
        // The first and the last item stand for all.
        let (open, close) = brackets.split_at(1);
        out.push_str(vm, open)?;
        if let Some(first) = first {
            push_value(vm, out, first, depth)?;
        }
        if len > 2 {
            out.push_str(vm, ", ...")?;
        }
        if let Some(last) = last.filter(|_| len > 1) {
            out.push_str(vm, ", ")?;
            push_value(vm, out, last, depth)?;
        }
        out.push_str(vm, close)?;
    }
    out.push_str(vm, ")")
}

fn push_value(vm: &Vm, out: &mut TextParts, value: Value, depth: i32) -> PyResult<()> {
    if is_node(vm, value)? { push_node(vm, out, value, depth - 1) } else { out.push_repr(vm, value) }
}

static AST: TypeDef = TypeDef {
    module: "ast",
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE,
    methods: &[&[
        method!("__init__", "($self, /, *args, **kwargs)", ast_init),
        method!("__reduce__", 1, reduce),
        method!("__replace__", "($self, /, *args, **fields)", replace::replace)
            .doc("Return a copy of the AST node with new values for the specified fields."),
        method!("__repr__", 1, repr),
    ]],
    getset: &[getset!("__dict__", object::get_dict, object::set_dict)],
    ..TypeDef::new("AST")
};

pub static MODULE: ModuleDef = ModuleDef::new("_ast", &[], init);
