//! Divisions of constants that the code generator folds wrongly. A floor division of floats where nothing remains becomes
//! zero (`6.0 // 2`); there `/` has the same result, and is folded right. Where the result is zero, its sign may be wrong
//! (`-1.0 // -2`). Great ints are divided as floats, so that the result is rounded thrice (`(2**60 + 1) / 3`).

use ast::visitor::transformer::{self, Transformer};
use ruff_python_ast as ast;

/// Puts what is folded right in place of such divisions.
pub(crate) fn correct(tree: &mut ast::Mod, text: &str) {
    if !text.contains('/') {
        return;
    }
    match tree {
        ast::Mod::Module(module) => Corrector.visit_body(&mut module.body),
        ast::Mod::Expression(expression) => Corrector.visit_expr(&mut expression.body),
    }
}

/// Operands that are nested deeper are not looked at.
const DEPTH: u32 = 24;

struct Corrector;

impl Transformer for Corrector {
    fn visit_expr(&self, expr: &mut ast::Expr) {
        transformer::walk_expr(self, expr);
        let ast::Expr::BinOp(division) = expr else { return };
        if !matches!(division.op, ast::Operator::FloorDiv | ast::Operator::Div) {
            return;
        }
        let (Some(x), Some(y)) = (constant(&division.left, DEPTH), constant(&division.right, DEPTH)) else { return };
        let (floats, op) = ((x.float(), y.float()), division.op);
        let right = match (x, op, y) {
            (_, _, y) if y.float() == 0.0 => None,
            (Number::Int(x), ast::Operator::Div, Number::Int(y)) => {
                Some(quotient(x, y)).filter(|q| *q != floats.0 / floats.1)
            }
            (Number::Int(_), _, Number::Int(_)) | (_, ast::Operator::Div, _) => None,
            _ if floats.0 % floats.1 == 0.0 => {
                division.op = ast::Operator::Div;
                None
            }
            // The code generator's has the divisor's sign. Both operands have the same.
            _ => of_floats(floats.0, op, floats.1).filter(|q| *q == 0.0),
        };
        if let Some(value) = right {
            *expr = ast::Expr::NumberLiteral(ast::ExprNumberLiteral {
                node_index: division.node_index.clone(),
                range: division.range,
                value: ast::Number::Float(value),
            });
        }
    }
}

/// The float next to a quotient; of two, the even one.
fn quotient(x: i128, y: i128) -> f64 {
    let (divisor, negative) = (y.unsigned_abs(), (x < 0) != (y < 0));
    let (mut bits, mut rest) = (x.unsigned_abs() / divisor, x.unsigned_abs() % divisor);
    let mut scale = 1.0;
    // More bits than a float has; the last stands for all behind it.
    while bits.leading_zeros() >= 64 && (bits, rest) != (0, 0) {
        // `rest` is below `divisor`, which is 2^127 at most.
        (bits, rest, scale) = (bits << 1, rest << 1, scale / 2.0);
        if rest >= divisor {
            (bits, rest) = (bits | 1, rest - divisor);
        }
    }
    let value = (bits | u128::from(rest != 0)) as f64 * scale;
    if negative { -value } else { value }
}

#[derive(Copy, Clone)]
enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    fn float(self) -> f64 {
        match self {
            Number::Int(i) => i as f64,
            Number::Float(f) => f,
        }
    }
}

/// What the code generator folds an expression to, as far as it is a number of everyday size. (Divisions within it have
/// been corrected.)
fn constant(expr: &ast::Expr, depth: u32) -> Option<Number> {
    let depth = depth.checked_sub(1)?;
    match expr {
        ast::Expr::NumberLiteral(literal) => match &literal.value {
            ast::Number::Int(i) => int(i).map(Number::Int),
            ast::Number::Float(f) => Some(Number::Float(*f)),
            ast::Number::Complex { .. } => None,
        },
        ast::Expr::UnaryOp(unary) => match (unary.op, constant(&unary.operand, depth)?) {
            (ast::UnaryOp::USub, Number::Int(i)) => i.checked_neg().map(Number::Int),
            (ast::UnaryOp::USub, Number::Float(f)) => Some(Number::Float(-f)),
            (ast::UnaryOp::UAdd, number) => Some(number),
            (ast::UnaryOp::Invert, Number::Int(i)) => Some(Number::Int(!i)),
            _ => None,
        },
        ast::Expr::BinOp(binary) => match (constant(&binary.left, depth)?, constant(&binary.right, depth)?) {
            (Number::Int(x), Number::Int(y)) => of_ints(x, binary.op, y),
            (x, y) => of_floats(x.float(), binary.op, y.float()).map(Number::Float),
        },
        _ => None,
    }
}

fn int(i: &ast::Int) -> Option<i128> {
    if let Some(i) = i.as_i64() {
        return Some(i.into());
    }
    let text = i.to_string().replace('_', "").to_ascii_lowercase();
    match text.get(..2) {
        Some("0x") => i128::from_str_radix(&text[2..], 16),
        Some("0o") => i128::from_str_radix(&text[2..], 8),
        Some("0b") => i128::from_str_radix(&text[2..], 2),
        _ => text.parse(),
    }
    .ok()
}

fn of_ints(x: i128, op: ast::Operator, y: i128) -> Option<Number> {
    use ast::Operator as O;
    let floor = |q: i128| if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q };
    let floored = || x.checked_div(y).map(floor);
    Some(Number::Int(match op {
        O::Add => x.checked_add(y)?,
        O::Sub => x.checked_sub(y)?,
        O::Mult => x.checked_mul(y)?,
        O::FloorDiv => floored()?,
        O::Mod => x.checked_sub(floored()?.checked_mul(y)?)?,
        O::Pow if y < 0 => return of_floats(x as f64, op, y as f64).map(Number::Float),
        O::Pow => x.checked_pow(y.try_into().ok()?)?,
        O::LShift => x.checked_mul(2i128.checked_pow(y.try_into().ok()?)?)?,
        O::RShift => x.checked_shr(y.try_into().ok()?)?,
        O::BitAnd => x & y,
        O::BitOr => x | y,
        O::BitXor => x ^ y,
        O::Div if y != 0 => return Some(Number::Float(quotient(x, y))),
        O::Div | O::MatMult => return None,
    }))
}

fn of_floats(x: f64, op: ast::Operator, y: f64) -> Option<f64> {
    use ast::Operator as O;
    Some(match op {
        O::Add => x + y,
        O::Sub => x - y,
        O::Mult => x * y,
        O::Div if y != 0.0 => x / y,
        O::FloorDiv | O::Mod if y != 0.0 => {
            let rest = x % y;
            let (turned, rest) = match rest != 0.0 && (y < 0.0) != (rest < 0.0) {
                true => (1.0, rest + y),
                false => (0.0, rest),
            };
            if op == O::Mod {
                return Some(if rest == 0.0 { 0f64.copysign(y) } else { rest });
            }
            let quotient = (x - x % y) / y - turned;
            let floor = quotient.floor();
            if quotient == 0.0 {
                0f64.copysign(x / y)
            } else if quotient - floor > 0.5 {
                floor + 1.0
            } else {
                floor
            }
        }
        O::Pow if x > 0.0 || y.fract() == 0.0 && (x != 0.0 || y >= 0.0) => x.powf(y),
        _ => return None,
    })
}
