//! Our trees as the parser's, checked as CPython checks trees that a program made.

mod expr;
mod pattern;
mod signature;
mod stmt;

use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use self::expr::Context;
use super::layout::Layout;
use super::{Node, Tree};
use crate::compile::{Compiled, Mode, Options, STACK_PER_LEVEL, generate};
use crate::depth;
use crate::errors::SyntaxError;

/// Why a tree can't be compiled.
#[derive(Debug)]
pub enum TreeError {
    Type(String),
    Value(String),
    Syntax(SyntaxError),
}

type R<T> = Result<T, TreeError>;

fn value_error<T>(message: impl Into<String>) -> R<T> {
    Err(TreeError::Value(message.into()))
}

/// Compiles a tree, whose root is of the mode's kind.
pub fn compile(tree: &Tree, filename: &str, mode: Mode, options: &Options<'_>) -> Result<Compiled, TreeError> {
    let levels = levels(tree);
    let too_deep = || depth::TooDeep::Nesting.located(filename, "");
    if levels > MAX_LEVELS {
        return Err(TreeError::Syntax(too_deep()));
    }
    let stack = levels * 2 * STACK_PER_LEVEL + (512 << 10);
    stacker::maybe_grow(stack, stack + (1 << 20), || {
        let layout = Layout::new(tree);
        let builder = Builder { layout: &layout };
        let root = builder.root(tree)?;
        let text = layout.text.as_str();
        generate(root, text, filename, mode, options, Vec::new()).map_err(TreeError::Syntax)
    })
}

/// Nodes within nodes, at most.
const MAX_LEVELS: usize = 20_000;

/// How deep the tree is, found without recursion.
fn levels(tree: &Tree) -> usize {
    let mut deepest = 0;
    let mut left = vec![(tree, 0)];
    while let Some((tree, level)) = left.pop() {
        deepest = deepest.max(level);
        match tree {
            Tree::Node(node) => left.extend(node.fields.iter().map(|f| (f, level + 1))),
            Tree::List(items) => left.extend(items.iter().map(|f| (f, level))),
            _ => {}
        }
    }
    deepest
}

struct Builder<'a> {
    layout: &'a Layout,
}

static NOTHING: Tree = Tree::None;

fn field(node: &Node, i: usize) -> &Tree {
    node.fields.get(i).unwrap_or(&NOTHING)
}

fn items(tree: &Tree) -> &[Tree] {
    match tree {
        Tree::List(items) => items,
        _ => &[],
    }
}

fn class(tree: &Tree) -> &'static str {
    match tree {
        Tree::Node(node) => node.class,
        _ => "",
    }
}

fn text(tree: &Tree) -> Option<&str> {
    match tree {
        Tree::Str(text) => Some(text),
        _ => None,
    }
}

fn int(tree: &Tree) -> i64 {
    match tree {
        Tree::Int(i) => *i,
        _ => 0,
    }
}

fn not_empty<'a>(tree: &'a Tree, what: &str, owner: &str) -> R<&'a [Tree]> {
    match items(tree) {
        [] => value_error(format!("empty {what} on {owner}")),
        all => Ok(all),
    }
}

/// Names that are constants.
fn check_name(name: &str) -> R<()> {
    if matches!(name, "None" | "True" | "False") {
        return value_error(format!("identifier field can't represent '{name}' constant"));
    }
    Ok(())
}

impl Builder<'_> {
    fn root(&self, tree: &Tree) -> R<ast::Mod> {
        let Tree::Node(node) = tree else { return value_error("no tree") };
        if node.class == "Expression" {
            let body = Box::new(self.expr(field(node, 0))?);
            return Ok(ast::Mod::Expression(ast::ModExpression {
                node_index: Default::default(),
                range: self.whole(),
                body,
            }));
        }
        Ok(ast::Mod::Module(ast::ModModule {
            node_index: Default::default(),
            range: self.whole(),
            body: self.stmts(items(field(node, 0)))?.into_iter().collect(),
            runtime_body: None,
        }))
    }

    fn whole(&self) -> TextRange {
        TextRange::new(0.into(), (self.layout.text.len() as u32).into())
    }

    fn identifier(&self, tree: &Tree, range: TextRange) -> R<ast::Identifier> {
        let name = text(tree).unwrap_or("");
        check_name(name)?;
        Ok(ast::Identifier::new(name, range))
    }

    fn optional_identifier(&self, tree: &Tree, range: TextRange) -> R<Option<ast::Identifier>> {
        match tree {
            Tree::None => Ok(None),
            tree => self.identifier(tree, range).map(Some),
        }
    }

    fn stmts(&self, all: &[Tree]) -> R<Vec<ast::Stmt>> {
        all.iter()
            .map(|tree| match tree {
                Tree::Node(node) => self.stmt(node),
                _ => value_error("None disallowed in statement list"),
            })
            .collect()
    }

    /// A body, which must not be empty.
    fn body(&self, tree: &Tree, owner: &str) -> R<Vec<ast::Stmt>> {
        self.stmts(not_empty(tree, "body", owner)?)
    }

    fn expr(&self, tree: &Tree) -> R<ast::Expr> {
        self.expr_in(tree, Context::Load)
    }

    fn boxed(&self, tree: &Tree) -> R<Box<ast::Expr>> {
        self.expr(tree).map(Box::new)
    }

    fn optional(&self, tree: &Tree) -> R<Option<Box<ast::Expr>>> {
        match tree {
            Tree::None => Ok(None),
            tree => self.boxed(tree).map(Some),
        }
    }

    fn exprs_in(&self, all: &[Tree], context: Context) -> R<Vec<ast::Expr>> {
        all.iter()
            .map(|tree| match tree {
                Tree::Node(_) => self.expr_in(tree, context),
                _ => value_error("None disallowed in expression list"),
            })
            .collect()
    }

    fn exprs(&self, all: &[Tree]) -> R<Vec<ast::Expr>> {
        self.exprs_in(all, Context::Load)
    }
}
