//! How CPython names expressions and statements in its messages.

use ast::visitor::{self, Visitor};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

/// `_PyPegen_get_expr_name`.
pub(crate) fn expr_name(expr: &ast::Expr) -> &'static str {
    use ast::Expr;
    match expr {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::NoneLiteral(_) => "None",
        Expr::BooleanLiteral(b) => {
            if b.value {
                "True"
            } else {
                "False"
            }
        }
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        _ => "literal",
    }
}

struct Finder<'a> {
    range: TextRange,
    found: Option<&'a ast::Expr>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_expr(&mut self, expr: &'a ast::Expr) {
        if expr.range() == self.range {
            self.found.get_or_insert(expr);
        }
        if self.found.is_none() {
            visitor::walk_expr(self, expr);
        }
    }
}

/// The expression of exactly this range.
pub(crate) fn find(tree: &ast::Mod, range: TextRange) -> Option<&ast::Expr> {
    let mut finder = Finder { range, found: None };
    match tree {
        ast::Mod::Module(module) => finder.visit_body(&module.body),
        ast::Mod::Expression(module) => finder.visit_expr(&module.body),
    }
    finder.found
}

struct LastStatement<'t> {
    text: &'t str,
    before: usize,
    found: Option<usize>,
}

impl<'a> Visitor<'a> for LastStatement<'_> {
    fn visit_stmt(&mut self, stmt: &'a ast::Stmt) {
        use ast::Stmt as S;
        let range = stmt.range();
        // (CPython's parser does not note functions.)
        let start = match stmt {
            S::ClassDef(class) => self.text.get(..class.name.start().to_usize()).and_then(|t| t.rfind("class")),
            S::If(_) | S::For(_) | S::While(_) | S::With(_) | S::Try(_) | S::Match(_) => Some(range.start().to_usize()),
            _ => None,
        };
        if range.end().to_usize() <= self.before {
            self.found = self.found.max(start);
        }
        if range.start().to_usize() < self.before {
            visitor::walk_stmt(self, stmt);
        }
    }
}

/// Where the last statement with a block begins that ends before an offset, however deep it stands.
pub(crate) fn last_statement_before(tree: &ast::Mod, text: &str, before: usize) -> Option<usize> {
    let ast::Mod::Module(module) = tree else { return None };
    let mut last = LastStatement { text, before, found: None };
    last.visit_body(&module.body);
    last.found
}

/// The statement a block belongs to, by its first word.
pub(crate) fn block_owner(word: &str) -> String {
    match word {
        "def" => "function definition".to_owned(),
        "class" => "class definition".to_owned(),
        other => format!("'{other}' statement"),
    }
}
