//! Large displays of constants: `{0: 1000, 1: 1001, ...}`. The code generator searches its table of constants from the
//! start for each one, which takes time by the square of their number. It does not search for a NaN, which is equal to
//! nothing: so the constants of large displays stand in the tree as NaNs that carry a number, no two alike, and are put
//! back in the code object's table, where equal ones become one.
//!
//! The same serves a loop over a display of constants that is put together in steps: `for x in ["a", "b", ...]`. CPython makes
//! one constant of it, the code generator of short ones only. So it gets a short one, `("a", NaN)`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use ast::visitor::transformer::{self, Transformer};
use brolga_bytecode::instructions::Instructions;
use brolga_bytecode::opcode::Operand;
use brolga_bytecode::{Const, Wtf8String};
use ruff_python_ast as ast;

/// Constants in one display, with those in it, from which it counts as large.
const LARGE: usize = 10_000;
/// A source of fewer bytes cannot hold one.
const SMALL_SOURCE: usize = 2 * LARGE;
/// Elements up to which CPython puts a display together at once.
const AT_ONCE: usize = 30;
/// The upper half of the NaNs. No operation of Python's or the code generator's makes such a one.
const MARK: u64 = 0x7ffa_b5a7 << 32;
/// Ints below this are no constants of the table.
const SMALL_INTS: i64 = 256;

/// The constants that have stand-ins.
#[derive(Debug, Default)]
pub(crate) struct StandIns {
    consts: Vec<Const>,
    numbers: HashMap<Key, u32>,
}

#[derive(PartialEq, Eq, Hash, Debug)]
enum Key {
    Int(i64),
    Float(u64),
    Complex(u64, u64),
    Str(String),
    Bytes(Vec<u8>),
}

/// Puts stand-ins into the tree's large displays.
pub(crate) fn replace(tree: &mut ast::Mod, text: &str) -> StandIns {
    // A loop over a long display has as many commas.
    let commas = text.bytes().filter(|b| *b == b',').count();
    if commas < AT_ONCE {
        return StandIns::default();
    }
    let finder = Finder { found: RefCell::default(), large: text.len() >= SMALL_SOURCE && commas >= LARGE / 2 };
    match tree {
        ast::Mod::Module(module) => finder.visit_body(&mut module.body),
        ast::Mod::Expression(expression) => finder.visit_expr(&mut expression.body),
    }
    finder.found.into_inner()
}

impl StandIns {
    /// What a tuple of two stands for whose second item is a stand-in for all of it.
    pub(crate) fn iterated(&self, value: f64) -> Option<&Const> {
        self.constant(value).filter(|c| matches!(c, Const::Tuple(_)))
    }

    /// What a float stands for.
    pub(crate) fn constant(&self, value: f64) -> Option<&Const> {
        let number = value.to_bits() ^ MARK;
        self.consts.get(usize::try_from(number).ok()?)
    }

    /// Merges the equal ones in a table of constants, where `origins` says which are stand-ins; in the code their indexes
    /// get smaller, but not shorter.
    pub(crate) fn merge(&self, consts: Vec<Const>, origins: &[Option<f64>], code: &mut [u8]) -> Vec<Const> {
        if origins.iter().all(Option::is_none) {
            return consts;
        }
        let mut kept = Vec::with_capacity(consts.len());
        let mut moved = Vec::with_capacity(consts.len());
        let mut seen: HashMap<u64, usize> = HashMap::new();
        for (value, origin) in consts.into_iter().zip(origins) {
            let next = kept.len();
            let at = origin.map_or(next, |stand_in| *seen.entry(stand_in.to_bits()).or_insert(next));
            moved.push(at);
            if at == next {
                kept.push(value);
            }
        }
        let loads: Vec<_> = Instructions::new(code).filter_map(Result::ok).collect();
        for load in loads.iter().filter(|i| i.opcode.operand() == Operand::Const) {
            let index = moved.get(load.arg as usize).copied().unwrap_or_default();
            // The argument's bytes, the lowest last, stand behind the opcode and its EXTENDED_ARGs.
            let mut rest = index;
            let mut at = load.offset;
            while let Some(byte) = code.get_mut(at + 1) {
                *byte = (rest & 0xff) as u8;
                rest >>= 8;
                if at <= load.start {
                    break;
                }
                at -= 2;
            }
        }
        kept
    }

    fn number(&mut self, key: Key, value: Const) -> Option<f64> {
        let number = match self.numbers.entry(key) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let number = u32::try_from(self.consts.len()).ok()?;
                self.consts.push(value);
                *new.insert(number)
            }
        };
        Some(f64::from_bits(MARK | u64::from(number)))
    }

    fn stand_in(&mut self, expr: &ast::Expr) -> Option<f64> {
        let (key, value) = constant(expr)?;
        self.number(key, value)
    }
}

struct Finder {
    found: RefCell<StandIns>,
    /// There may be a large display.
    large: bool,
}

impl Transformer for Finder {
    fn visit_stmt(&self, stmt: &mut ast::Stmt) {
        if let ast::Stmt::For(each) = stmt {
            self.iterated(&mut each.iter);
        }
        transformer::walk_stmt(self, stmt);
    }

    fn visit_comprehension(&self, comprehension: &mut ast::Comprehension) {
        self.iterated(&mut comprehension.iter);
        transformer::walk_comprehension(self, comprehension);
    }

    fn visit_expr(&self, expr: &mut ast::Expr) {
        if self.large && count(expr) >= LARGE {
            fill(expr, &mut self.found.borrow_mut());
        }
        transformer::walk_expr(self, expr);
    }

    /// They may become text.
    fn visit_annotation(&self, _: &mut ast::Expr) {}
}

impl Finder {
    /// Makes one constant of what a loop goes over.
    fn iterated(&self, iter: &mut ast::Expr) {
        let items = match iter {
            ast::Expr::List(display) => &mut display.elts,
            ast::Expr::Tuple(display) => &mut display.elts,
            _ => return,
        };
        if items.len() <= AT_ONCE {
            return;
        }
        let Some(all) = items.iter().map(|item| whole(item, 0)).collect::<Option<Vec<Const>>>() else { return };
        let mut found = self.found.borrow_mut();
        let Ok(number) = u32::try_from(found.consts.len()) else { return };
        found.consts.push(Const::Tuple(all));
        let range = ruff_text_size::Ranged::range(iter);
        let first = match iter {
            ast::Expr::List(display) => display.elts.swap_remove(0),
            ast::Expr::Tuple(display) => display.elts.swap_remove(0),
            _ => return,
        };
        *iter = ast::Expr::Tuple(ast::ExprTuple {
            node_index: ast::AtomicNodeIndex::default(),
            range,
            elts: vec![first, number_literal(f64::from_bits(MARK | u64::from(number)), range)],
            ctx: ast::ExprContext::Load,
            parenthesized: true,
            runtime_elts: None,
        });
    }
}

fn number_literal(value: f64, range: ruff_text_size::TextRange) -> ast::Expr {
    ast::Expr::NumberLiteral(ast::ExprNumberLiteral {
        node_index: ast::AtomicNodeIndex::default(),
        range,
        value: ast::Number::Float(value),
    })
}

/// A constant, or a tuple of such.
fn whole(expr: &ast::Expr, depth: usize) -> Option<Const> {
    Some(match expr {
        ast::Expr::NoneLiteral(_) => Const::None,
        ast::Expr::BooleanLiteral(literal) if literal.value => Const::True,
        ast::Expr::BooleanLiteral(_) => Const::False,
        ast::Expr::EllipsisLiteral(_) => Const::Ellipsis,
        ast::Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(i), .. }) => Const::Int(i.as_i64()?),
        ast::Expr::Tuple(items) if depth < 20 => {
            Const::Tuple(items.elts.iter().map(|item| whole(item, depth + 1)).collect::<Option<Vec<_>>>()?)
        }
        other => constant(other)?.1,
    })
}

/// The elements of a display, if it is one; a set is put together before it is stored, by other rules.
fn elements(expr: &mut ast::Expr) -> Option<Box<dyn Iterator<Item = &mut ast::Expr> + '_>> {
    Some(match expr {
        ast::Expr::Tuple(display) => Box::new(display.elts.iter_mut()),
        ast::Expr::List(display) => Box::new(display.elts.iter_mut()),
        ast::Expr::Dict(display) => {
            Box::new(display.items.iter_mut().flat_map(|item| item.key.iter_mut().chain([&mut item.value])))
        }
        _ => return None,
    })
}

/// Constants in a display and those in it.
fn count(expr: &mut ast::Expr) -> usize {
    let mut pending: Vec<&mut ast::Expr> = match elements(expr) {
        Some(elements) => elements.collect(),
        None => return 0,
    };
    let mut found = 0;
    while let Some(element) = pending.pop() {
        if is_constant(element) {
            found += 1;
        } else if let Some(inner) = elements(element) {
            pending.extend(inner);
        }
    }
    found
}

fn fill(expr: &mut ast::Expr, stand_ins: &mut StandIns) {
    let mut pending: Vec<&mut ast::Expr> = elements(expr).into_iter().flatten().collect();
    while let Some(element) = pending.pop() {
        if let Some(value) = stand_ins.stand_in(element) {
            *element = number_literal(value, ruff_text_size::Ranged::range(element));
        } else if let Some(inner) = elements(element) {
            pending.extend(inner);
        }
    }
}

fn is_constant(expr: &ast::Expr) -> bool {
    matches!(
        expr,
        ast::Expr::NumberLiteral(_) | ast::Expr::StringLiteral(_) | ast::Expr::BytesLiteral(_) | ast::Expr::UnaryOp(_)
    )
}

fn constant(expr: &ast::Expr) -> Option<(Key, Const)> {
    Some(match expr {
        ast::Expr::NumberLiteral(literal) => match &literal.value {
            ast::Number::Int(i) => {
                let i = i.as_i64().filter(|i| *i >= SMALL_INTS)?;
                (Key::Int(i), Const::Int(i))
            }
            // Stand-ins are the only NaNs.
            ast::Number::Float(f) if f.is_nan() => return None,
            ast::Number::Float(f) => (Key::Float(f.to_bits()), Const::Float(*f)),
            ast::Number::Complex { real, imag } => {
                (Key::Complex(real.to_bits(), imag.to_bits()), Const::Complex { re: *real, im: *imag })
            }
        },
        ast::Expr::StringLiteral(literal) => {
            let text = literal.value.to_str();
            // Lone surrogates are read from the source.
            if text.contains('\u{fffd}') {
                return None;
            }
            (Key::Str(text.to_owned()), Const::Str(Wtf8String::from_utf8(text)))
        }
        ast::Expr::BytesLiteral(literal) => {
            let bytes: Vec<u8> = literal.value.bytes().collect();
            (Key::Bytes(bytes.clone()), Const::Bytes(bytes.into()))
        }
        ast::Expr::UnaryOp(negative) if negative.op == ast::UnaryOp::USub => {
            let ast::Expr::NumberLiteral(literal) = &*negative.operand else { return None };
            match &literal.value {
                ast::Number::Int(i) => {
                    let i = i.as_i64().filter(|i| *i > 0)?;
                    (Key::Int(-i), Const::Int(-i))
                }
                ast::Number::Float(f) => (Key::Float((-f).to_bits()), Const::Float(-f)),
                ast::Number::Complex { .. } => return None,
            }
        }
        _ => return None,
    })
}
