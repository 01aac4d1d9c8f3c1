//! Arithmetic: binary, in-place and unary operators, by the rules of reflected methods.

use crate::PyResult;
use crate::object::Ref;
use crate::protocol::exact;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::native_function::PyNativeFunction;
use crate::types::type_object::PyType;
use crate::value::Value;

/// The binary operators, numbered as the BINARY_OP argument is (`NB_*`); in-place ones follow at [`INPLACE`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BinaryOp {
    Add = 0,
    And = 1,
    FloorDiv = 2,
    LShift = 3,
    MatMul = 4,
    Mul = 5,
    Mod = 6,
    Or = 7,
    Pow = 8,
    RShift = 9,
    Sub = 10,
    TrueDiv = 11,
    Xor = 12,
}

/// The BINARY_OP argument of an in-place operator is its operator's plus this.
pub const INPLACE: u32 = 13;
/// The BINARY_OP argument of `a[b]`.
pub const SUBSCRIPT: u32 = 26;

struct Row {
    op: BinaryOp,
    symbol: &'static str,
    method: Special,
    reflected: Special,
    inplace: Special,
}

macro_rules! rows {
    ($($op:ident $symbol:literal $method:ident $reflected:ident $inplace:ident;)*) => {
        &[$(Row {
            op: BinaryOp::$op,
            symbol: $symbol,
            method: Special::$method,
            reflected: Special::$reflected,
            inplace: Special::$inplace,
        }),*]
    };
}

static ROWS: &[Row] = rows! {
    Add "+" Add RAdd IAdd;
    And "&" And RAnd IAnd;
    FloorDiv "//" FloorDiv RFloorDiv IFloorDiv;
    LShift "<<" LShift RLShift ILShift;
    MatMul "@" MatMul RMatMul IMatMul;
    Mul "*" Mul RMul IMul;
    Mod "%" Mod RMod IMod;
    Or "|" Or ROr IOr;
    Pow "** or pow()" Pow RPow IPow;
    RShift ">>" RShift RRShift IRShift;
    Sub "-" Sub RSub ISub;
    TrueDiv "/" TrueDiv RTrueDiv ITrueDiv;
    Xor "^" Xor RXor IXor;
};

impl BinaryOp {
    pub fn from_index(i: u32) -> Option<BinaryOp> {
        ROWS.get(i as usize).map(|r| r.op)
    }

    fn row(self) -> &'static Row {
        ROWS.get(self as usize).unwrap_or(&ROWS[0])
    }

    /// Its method and its in-place method.
    pub fn methods(self) -> (Special, Special) {
        (self.row().method, self.row().inplace)
    }

    pub fn symbol(self) -> &'static str {
        self.row().symbol
    }
}

impl Vm {
    /// `a OP b`. Fast paths for ints and floats stand in `interp::ops::arithmetic`; this is the whole protocol.
    pub fn binary_op(&self, a: Value, b: Value, op: BinaryOp) -> PyResult<Value> {
        match self.try_binary_op(a, b, op)? {
            Some(v) => Ok(v),
            None => Err(self.unsupported(a, b, op.symbol())),
        }
    }

    /// `a OP b`, `None` where neither operand supports it.
    pub fn try_binary_op(&self, a: Value, b: Value, op: BinaryOp) -> PyResult<Option<Value>> {
        if let Some(done) = exact::binary(self, a, b, op, false) {
            return done.map(Some);
        }
        let row = op.row();
        self.binary_special(a, b, row.method, row.reflected)
    }

    /// The operator protocol: the right operand goes first if its class is a subclass that overrides the method.
    pub fn binary_special(&self, a: Value, b: Value, method: Special, reflected: Special) -> PyResult<Option<Value>> {
        let (ta, tb) = (self.type_of(a), self.type_of(b));
        if ta == tb {
            if let Some(v) = self.call_special_or_not_implemented(a, method, b)? {
                return Ok(Some(v));
            }
            // Sequences' `+` and `*` have no reflected method; numbers of one type have said no already. But classes
            // made by a class statement are asked both ways only if the types differ.
            return Ok(None);
        }
        let mut tried = false;
        if tb.is_subtype(ta) {
            let (theirs, ours) = (tb.special(reflected), ta.special(reflected));
            let overrides = match (theirs, ours) {
                (Some(x), Some(y)) => !x.same_bits(y),
                (Some(_), None) => true,
                _ => false,
            };
            if overrides {
                tried = true;
                if let Some(v) = self.call_special_or_not_implemented(b, reflected, a)? {
                    return Ok(Some(v));
                }
            }
        }
        if let Some(v) = self.call_special_or_not_implemented(a, method, b)? {
            return Ok(Some(v));
        }
        if !tried {
            return self.call_special_or_not_implemented(b, reflected, a);
        }
        Ok(None)
    }

    /// What is left of BINARY_OP with this argument where the method of `a` has returned NotImplemented, the class of `b` not
    /// being a subclass of that of `a`, which has no in-place method.
    pub fn binary_op_rest(&self, a: Value, b: Value, arg: u32) -> PyResult<Value> {
        let (index, inplace) = if arg >= INPLACE { (arg - INPLACE, true) } else { (arg, false) };
        let Some(op) = BinaryOp::from_index(index) else {
            return Err(self.system_error("unknown binary operator"));
        };
        if self.type_of(a) != self.type_of(b)
            && let Some(v) = self.call_special_or_not_implemented(b, op.row().reflected, a)?
        {
            return Ok(v);
        }
        let symbol = match (op, inplace) {
            (_, false) => op.symbol().to_owned(),
            (BinaryOp::Pow, true) => "**=".to_owned(),
            (_, true) => format!("{}=", op.symbol()),
        };
        Err(self.unsupported(a, b, &symbol))
    }

    /// `a OP= b`.
    pub fn inplace_op(&self, a: Value, b: Value, op: BinaryOp) -> PyResult<Value> {
        if let Some(done) = exact::binary(self, a, b, op, true) {
            return done;
        }
        let row = op.row();
        // Sequences' `+=` and `*=` come after the other operand's reflected method, which is one of numbers.
        if matches!(op, BinaryOp::Add | BinaryOp::Mul)
            && self.type_of(b).is_heap_type()
            && !self.type_of(a).is_heap_type()
            && self.sequence_concat_name(a).is_some()
            && self.sequence_concat_name(b).is_none()
            && let Some(v) = self.call_special_or_not_implemented(b, row.reflected, a)?
        {
            return Ok(v);
        }
        if let Some(v) = self.call_special_or_not_implemented(a, row.inplace, b)? {
            return Ok(v);
        }
        // What is no number is not multiplied in place by what a sequence says, the other operand.
        if op == BinaryOp::Mul
            && self.sequence_concat_name(a).is_none()
            && self.sequence_concat_name(b).is_some()
            && self.is_like_sequence(a)
        {
            let own = [(a, row.method, b), (b, row.reflected, a)];
            for (receiver, special, other) in own {
                if self.type_of(receiver).special(special).is_some_and(|m| m.downcast::<PyNativeFunction>().is_none())
                    && let Some(v) = self.call_special_or_not_implemented(receiver, special, other)?
                {
                    return Ok(v);
                }
            }
            let (ta, tb) = (self.tp_name(a), self.tp_name(b));
            return Err(self.type_error(format!("unsupported operand type(s) for *=: '{ta}' and '{tb}'")));
        }
        match self.try_binary_op(a, b, op)? {
            Some(v) => Ok(v),
            None => {
                let symbol = if op == BinaryOp::Pow { "**=".to_owned() } else { format!("{}=", row.symbol) };
                Err(self.unsupported(a, b, &symbol))
            }
        }
    }

    #[cold]
    pub(crate) fn unsupported(&self, a: Value, b: Value, symbol: &str) -> crate::Raised {
        let (ta, tb) = (self.tp_name(a), self.tp_name(b));
        if symbol == ">>" && ta == "builtin_function_or_method" && self.repr_lossy(a).is_ok_and(|r| r.contains("print"))
        {
            return self.type_error(format!(
                "unsupported operand type(s) for {symbol}: '{ta}' and '{tb}'. Did you mean \"print(<message>, file=<output_stream>)\"?"
            ));
        }
        // Sequences say it in their own words.
        if matches!(symbol, "+" | "+=")
            && let Some(class) = self.sequence_concat_name(a)
        {
            return match class {
                "str" | "list" | "tuple" | "deque" => {
                    self.type_error(format!("can only concatenate {class} (not \"{tb}\") to {class}"))
                }
                "array" => self.type_error(format!("can only append array (not \"{tb}\") to array")),
                _ => self.type_error(format!("can't concat {tb} to {class}")),
            };
        }
        if matches!(symbol, "*" | "*=") {
            if self.sequence_concat_name(a).is_some() {
                return self.type_error(format!("can't multiply sequence by non-int of type '{tb}'"));
            }
            if self.sequence_concat_name(b).is_some() {
                return self.type_error(format!("can't multiply sequence by non-int of type '{ta}'"));
            }
        }
        self.type_error(format!("unsupported operand type(s) for {symbol}: '{ta}' and '{tb}'"))
    }

    fn sequence_concat_name(&self, v: Value) -> Option<&'static str> {
        let t = &self.types;
        [
            (t.str, "str"),
            (t.list, "list"),
            (t.tuple, "tuple"),
            (t.bytes, "bytes"),
            (t.bytearray, "bytearray"),
            (t.typed_array, "array"),
        ]
        .into_iter()
        .find(|(class, _)| self.is_instance(v, *class))
        .map(|(_, name)| name)
        .or_else(|| self.is_deque_class(self.type_of(v)).then_some("deque"))
    }

    /// Has its type what CPython calls the methods of a sequence, whether it is one or not?
    pub(crate) fn is_like_sequence(&self, v: Value) -> bool {
        let class = self.type_of(v);
        let one_of_them = [Special::Len, Special::GetItem, Special::Contains];
        class.is_heap_type() || one_of_them.into_iter().any(|special| class.special(special).is_some())
    }

    /// Is the class `collections.deque`, which is the library's, or one of its own?
    pub(crate) fn is_deque_class(&self, class: Ref<PyType>) -> bool {
        let mut next = Some(class);
        while let Some(class) = next {
            if !class.is_heap_type() {
                return class.tp_name() == "collections.deque";
            }
            next = class.base();
        }
        false
    }

    /// `-v`, `+v`, `~v`, `abs(v)`.
    pub fn unary_op(&self, v: Value, special: Special) -> PyResult<Value> {
        match self.call_special(v, special, &[])? {
            Some(result) => Ok(result),
            None => {
                let what = match special {
                    Special::Neg => "unary -",
                    Special::Pos => "unary +",
                    Special::Invert => "unary ~",
                    _ => "abs()",
                };
                Err(self.type_error(format!("bad operand type for {what}: '{}'", self.tp_name(v))))
            }
        }
    }

    /// `pow(a, b, modulus)`.
    pub fn pow_mod(&self, a: Value, b: Value, modulus: Value) -> PyResult<Value> {
        if modulus.is_none() {
            return self.binary_op(a, b, BinaryOp::Pow);
        }
        // As with two operands, a subclass's method goes first.
        let (ta, tb) = (self.type_of(a), self.type_of(b));
        let mut order = [(a, Special::Pow, b), (b, Special::RPow, a)];
        let overrides = |x: crate::Slot, y: crate::Slot| x.is_some_and(|x| y.is_none_or(|y| !x.same_bits(y)));
        if ta != tb && tb.is_subtype(ta) && overrides(tb.special(Special::RPow), ta.special(Special::RPow)) {
            order.swap(0, 1);
        }
        for (receiver, special, other) in order {
            if let Some(v) = self.call_special(receiver, special, &[other, modulus])?
                && !v.same_bits(Value::NOT_IMPLEMENTED)
            {
                return Ok(v);
            }
        }
        Err(self.type_error(format!(
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            self.tp_name(a),
            self.tp_name(b),
            self.tp_name(modulus)
        )))
    }
}
