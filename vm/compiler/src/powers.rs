//! Powers of complex literals with a great exponent. The code generator folds them by repeated multiplication, whatever
//! the exponent; Python's `**` does so up to 100 only, and the difference shows: `1j ** 1000`.

use ast::visitor::transformer::{self, Transformer};
use ruff_python_ast as ast;

/// The exponent up to which Python multiplies.
const MULTIPLIED: f64 = 100.0;

/// Folds such powers in the tree.
pub(crate) fn fold(tree: &mut ast::Mod, text: &str) {
    if !has_complex_power(text.as_bytes()) {
        return;
    }
    match tree {
        ast::Mod::Module(module) => Folder.visit_body(&mut module.body),
        ast::Mod::Expression(expression) => Folder.visit_expr(&mut expression.body),
    }
}

/// May there be one? Most sources have none.
fn has_complex_power(text: &[u8]) -> bool {
    text.windows(2).any(|w| w == b"**") && text.windows(2).any(|w| w[0].is_ascii_digit() && matches!(w[1], b'j' | b'J'))
}

struct Folder;

impl Transformer for Folder {
    fn visit_expr(&self, expr: &mut ast::Expr) {
        transformer::walk_expr(self, expr);
        let ast::Expr::BinOp(power) = &*expr else { return };
        if power.op != ast::Operator::Pow {
            return;
        }
        let (ast::Expr::NumberLiteral(base), ast::Expr::NumberLiteral(exponent)) = (&*power.left, &*power.right) else {
            return;
        };
        let ast::Number::Complex { real, imag } = base.value else { return };
        let exponent = match &exponent.value {
            ast::Number::Int(i) => match i.as_i64() {
                // Exact, and an integer; the result of anything greater is 0, 1 or an error.
                Some(i) if i.unsigned_abs() < 1 << 53 => i as f64,
                _ => return,
            },
            ast::Number::Float(f) if f.fract() == 0.0 => *f,
            _ => return,
        };
        if exponent.abs() <= MULTIPLIED || (real, imag) == (0.0, 0.0) {
            return;
        }
        let length = real.hypot(imag).powf(exponent);
        let phase = imag.atan2(real) * exponent;
        let (real, imag) = (length * phase.cos(), length * phase.sin());
        // What does not fit is an error when it runs.
        if real.is_finite() && imag.is_finite() {
            *expr = ast::Expr::NumberLiteral(ast::ExprNumberLiteral {
                node_index: power.node_index.clone(),
                range: power.range,
                value: ast::Number::Complex { real, imag },
            });
        }
    }
}
