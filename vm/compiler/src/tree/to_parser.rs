//! Our trees as the parser's, checked as CPython checks trees that a program made.

use brolga_bytecode::Const;
use ruff_python_ast as ast;
use ruff_text_size::TextRange;

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

#[derive(Copy, Clone, PartialEq)]
enum Context {
    Load,
    Store,
    Del,
}

impl Context {
    fn name(self) -> &'static str {
        match self {
            Context::Load => "Load",
            Context::Store => "Store",
            Context::Del => "Del",
        }
    }

    fn parsers(self) -> ast::ExprContext {
        match self {
            Context::Load => ast::ExprContext::Load,
            Context::Store => ast::ExprContext::Store,
            Context::Del => ast::ExprContext::Del,
        }
    }
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

fn operator(tree: &Tree) -> R<ast::Operator> {
    use ast::Operator as O;
    Ok(match class(tree) {
        "Add" => O::Add,
        "Sub" => O::Sub,
        "Mult" => O::Mult,
        "MatMult" => O::MatMult,
        "Div" => O::Div,
        "Mod" => O::Mod,
        "Pow" => O::Pow,
        "LShift" => O::LShift,
        "RShift" => O::RShift,
        "BitOr" => O::BitOr,
        "BitXor" => O::BitXor,
        "BitAnd" => O::BitAnd,
        "FloorDiv" => O::FloorDiv,
        _ => return value_error("unknown operator"),
    })
}

fn comparison(tree: &Tree) -> R<ast::CmpOp> {
    use ast::CmpOp as C;
    Ok(match class(tree) {
        "Eq" => C::Eq,
        "NotEq" => C::NotEq,
        "Lt" => C::Lt,
        "LtE" => C::LtE,
        "Gt" => C::Gt,
        "GtE" => C::GtE,
        "Is" => C::Is,
        "IsNot" => C::IsNot,
        "In" => C::In,
        "NotIn" => C::NotIn,
        _ => return value_error("unknown operator"),
    })
}

/// The value of a `Constant`.
fn constant(value: &Const) -> ast::ConstantValue {
    use ast::ConstantValue as V;
    match value {
        Const::True => V::Boolean(true),
        Const::False => V::Boolean(false),
        Const::Ellipsis => V::Ellipsis,
        Const::Int(i) => V::Integer(i.to_string().into()),
        Const::BigInt { negative, digits } => {
            let mut n = num_bigint::BigUint::default();
            for digit in digits.iter().rev() {
                n = (n << 15u32) + u32::from(*digit);
            }
            V::Integer(format!("{}{n}", if *negative { "-" } else { "" }).into())
        }
        Const::Float(f) => V::Float(*f),
        Const::Complex { re, im } => V::Complex { real: *re, imag: *im },
        // Lone surrogates have no place in the code generator's trees.
        Const::Str(text) => V::Str(text.to_string_lossy().into()),
        Const::Bytes(bytes) => V::Bytes(bytes.clone()),
        Const::Tuple(items) => V::Tuple(items.iter().map(constant).collect()),
        Const::FrozenSet(items) => V::Frozenset(items.iter().map(constant).collect()),
        _ => V::None,
    }
}

fn conversion(n: i64) -> ast::ConversionFlag {
    match u8::try_from(n) {
        Ok(b's') => ast::ConversionFlag::Str,
        Ok(b'r') => ast::ConversionFlag::Repr,
        Ok(b'a') => ast::ConversionFlag::Ascii,
        _ => ast::ConversionFlag::None,
    }
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

    fn decorators(&self, tree: &Tree) -> R<Vec<ast::Decorator>> {
        let one = |expression: ast::Expr| {
            use ruff_text_size::Ranged;
            ast::Decorator { range: expression.range(), node_index: Default::default(), expression }
        };
        Ok(self.exprs(items(tree))?.into_iter().map(one).collect())
    }

    /// A definition's range: from its first decorator on.
    fn definition(&self, node: &Node, decorators: &[ast::Decorator]) -> TextRange {
        let range = self.layout.range(node);
        match decorators.first() {
            Some(first) if first.range.start() < range.end() => TextRange::new(first.range.start(), range.end()),
            _ => range,
        }
    }

    fn type_params(&self, tree: &Tree) -> R<Option<Box<ast::TypeParams>>> {
        let all = items(tree);
        if all.is_empty() {
            return Ok(None);
        }
        let mut type_params = Vec::new();
        let mut covered: Option<TextRange> = None;
        for tree in all {
            let Tree::Node(node) = tree else { continue };
            let range = self.layout.range(node);
            covered = Some(covered.map_or(range, |c| c.cover(range)));
            let name = self.identifier(field(node, 0), range)?;
            let node_index = Default::default();
            type_params.push(match node.class {
                "TypeVar" => ast::TypeParam::TypeVar(ast::TypeParamTypeVar {
                    node_index,
                    range,
                    name,
                    bound: self.optional(field(node, 1))?,
                    default: self.optional(field(node, 2))?,
                }),
                "ParamSpec" => ast::TypeParam::ParamSpec(ast::TypeParamParamSpec {
                    node_index,
                    range,
                    name,
                    default: self.optional(field(node, 1))?,
                }),
                _ => ast::TypeParam::TypeVarTuple(ast::TypeParamTypeVarTuple {
                    node_index,
                    range,
                    name,
                    default: self.optional(field(node, 1))?,
                }),
            });
        }
        Ok(Some(Box::new(ast::TypeParams {
            range: covered.unwrap_or_default(),
            node_index: Default::default(),
            type_params,
            runtime_type_params: None,
        })))
    }

    fn parameter(&self, tree: &Tree) -> R<ast::Parameter> {
        let Tree::Node(node) = tree else { return value_error("None disallowed in argument list") };
        let range = self.layout.range(node);
        Ok(ast::Parameter {
            range,
            node_index: Default::default(),
            name: self.identifier(field(node, 0), range)?,
            annotation: self.optional(field(node, 1))?,
            runtime_type_comment: None,
            runtime_type_comment_bytes: None,
        })
    }

    fn parameters(&self, tree: &Tree) -> R<ast::Parameters> {
        let Tree::Node(node) = tree else { return value_error("field 'args' is required") };
        let (posonly, plain, kwonly) = (items(field(node, 0)), items(field(node, 1)), items(field(node, 3)));
        let (kw_defaults, defaults) = (items(field(node, 4)), items(field(node, 6)));
        if defaults.len() > posonly.len() + plain.len() {
            return value_error("more positional defaults than args on arguments");
        }
        if kw_defaults.len() != kwonly.len() {
            return value_error("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        let with_default = |tree: &Tree, default: Option<Box<ast::Expr>>| -> R<ast::ParameterWithDefault> {
            let parameter = self.parameter(tree)?;
            Ok(ast::ParameterWithDefault { range: parameter.range, node_index: Default::default(), parameter, default })
        };
        let first_default = posonly.len() + plain.len() - defaults.len();
        let mut positional = Vec::new();
        for (i, tree) in posonly.iter().chain(plain).enumerate() {
            let default = i.checked_sub(first_default).and_then(|d| defaults.get(d));
            positional.push(with_default(tree, default.map(|d| self.boxed(d)).transpose()?)?);
        }
        let args = positional.split_off(posonly.len());
        let mut kwonlyargs = Vec::new();
        for (tree, default) in kwonly.iter().zip(kw_defaults) {
            kwonlyargs.push(with_default(tree, self.optional(default)?)?);
        }
        let one = |tree: &Tree| match tree {
            Tree::None => Ok(None),
            tree => self.parameter(tree).map(|p| Some(Box::new(p))),
        };
        Ok(ast::Parameters {
            range: TextRange::default(),
            node_index: Default::default(),
            posonlyargs: positional.into_iter().collect(),
            args: args.into_iter().collect(),
            vararg: one(field(node, 2))?,
            kwonlyargs: kwonlyargs.into_iter().collect(),
            kwarg: one(field(node, 5))?,
            runtime_defaults: None,
        })
    }

    fn arguments(&self, args: &Tree, keywords: &Tree, range: TextRange) -> R<ast::Arguments> {
        let mut all = Vec::new();
        for tree in items(keywords) {
            let Tree::Node(node) = tree else { continue };
            let range = self.layout.range(node);
            all.push(ast::Keyword {
                range,
                node_index: Default::default(),
                arg: self.optional_identifier(field(node, 0), range)?,
                value: self.expr(field(node, 1))?,
            });
        }
        Ok(ast::Arguments {
            range,
            node_index: Default::default(),
            args: self.exprs(items(args))?.into(),
            keywords: all.into_iter().collect(),
            runtime_args: None,
            runtime_bases: None,
        })
    }

    fn comprehensions(&self, tree: &Tree) -> R<Vec<ast::Comprehension>> {
        let all = items(tree);
        if all.is_empty() {
            return value_error("comprehension with no generators");
        }
        let one = |tree: &Tree| {
            let Tree::Node(node) = tree else { return value_error("comprehension with no generators") };
            let (target, iter) = (self.expr_in(field(node, 0), Context::Store)?, self.expr(field(node, 1))?);
            use ruff_text_size::Ranged;
            Ok(ast::Comprehension {
                range: target.range(),
                node_index: Default::default(),
                target,
                iter,
                ifs: self.exprs(items(field(node, 2)))?,
                is_async: int(field(node, 3)) != 0,
                runtime_ifs: None,
                runtime_is_async: None,
            })
        };
        all.iter().map(one).collect()
    }

    fn aliases(&self, tree: &Tree, owner: &str) -> R<Vec<ast::Alias>> {
        let one = |tree: &Tree| {
            let Tree::Node(node) = tree else { return value_error(format!("empty names on {owner}")) };
            let range = self.layout.range(node);
            Ok(ast::Alias {
                range,
                node_index: Default::default(),
                name: ast::Identifier::new(text(field(node, 0)).unwrap_or(""), range),
                asname: self.optional_identifier(field(node, 1), range)?,
            })
        };
        not_empty(tree, "names", owner)?.iter().map(one).collect()
    }

    fn names(&self, tree: &Tree, owner: &str, range: TextRange) -> R<Vec<ast::Identifier>> {
        not_empty(tree, "names", owner)?.iter().map(|t| self.identifier(t, range)).collect()
    }

    /// `orelse` of an `if`: a lone `if` in it is an `elif`.
    fn clauses(&self, tree: &Tree) -> R<Vec<ast::ElifElseClause>> {
        let mut clauses = Vec::new();
        let mut rest = items(tree);
        let clause = |range, test, body: Vec<ast::Stmt>| ast::ElifElseClause {
            range,
            node_index: Default::default(),
            test,
            body: body.into_iter().collect(),
            runtime_body: None,
            runtime_orelse: None,
        };
        loop {
            match rest {
                [] => return Ok(clauses),
                [Tree::Node(node)] if node.class == "If" => {
                    let body = self.body(field(node, 1), "If")?;
                    clauses.push(clause(self.layout.range(node), Some(self.expr(field(node, 0))?), body));
                    rest = items(field(node, 2));
                }
                all => {
                    let range = match all.first() {
                        Some(Tree::Node(first)) => self.layout.range(first),
                        _ => TextRange::default(),
                    };
                    clauses.push(clause(range, None, self.stmts(all)?));
                    return Ok(clauses);
                }
            }
        }
    }

    fn stmt(&self, node: &Node) -> R<ast::Stmt> {
        use ast::Stmt as S;
        let range = self.layout.range(node);
        let node_index = ast::AtomicNodeIndex::default();
        let f = |i| field(node, i);
        Ok(match node.class {
            "FunctionDef" | "AsyncFunctionDef" => {
                let body = self.body(f(2), node.class)?;
                let decorators = self.decorators(f(3))?;
                S::FunctionDef(ast::StmtFunctionDef {
                    node_index,
                    range: self.definition(node, &decorators),
                    is_async: node.class == "AsyncFunctionDef",
                    name: self.identifier(f(0), range)?,
                    type_params: self.type_params(f(6))?,
                    parameters: Box::new(self.parameters(f(1))?),
                    returns: self.optional(f(4))?,
                    body: body.into_iter().collect(),
                    decorator_list: decorators.into_iter().collect(),
                    runtime_decorator_list: None,
                    runtime_type_comment: None,
                    runtime_type_comment_bytes: None,
                    runtime_body: None,
                })
            }
            "ClassDef" => {
                let body = self.body(f(3), "ClassDef")?;
                let decorators = self.decorators(f(4))?;
                let arguments = if items(f(1)).is_empty() && items(f(2)).is_empty() {
                    None
                } else {
                    Some(Box::new(self.arguments(f(1), f(2), range)?))
                };
                S::ClassDef(ast::StmtClassDef {
                    node_index,
                    range: self.definition(node, &decorators),
                    name: self.identifier(f(0), range)?,
                    type_params: self.type_params(f(5))?,
                    arguments,
                    body: body.into_iter().collect(),
                    decorator_list: decorators.into_iter().collect(),
                    runtime_decorator_list: None,
                    runtime_body: None,
                })
            }
            "Return" => S::Return(ast::StmtReturn { node_index, range, value: self.optional(f(0))? }),
            "Delete" => S::Delete(ast::StmtDelete {
                node_index,
                range,
                targets: self.exprs_in(not_empty(f(0), "targets", "Delete")?, Context::Del)?,
                runtime_targets: None,
            }),
            "Assign" => S::Assign(ast::StmtAssign {
                node_index,
                range,
                targets: self.exprs_in(not_empty(f(0), "targets", "Assign")?, Context::Store)?,
                value: self.boxed(f(1))?,
                runtime_targets: None,
                runtime_type_comment: None,
                runtime_type_comment_bytes: None,
            }),
            "TypeAlias" => {
                if class(f(0)) != "Name" {
                    return Err(TreeError::Type("TypeAlias with non-Name name".to_owned()));
                }
                S::TypeAlias(ast::StmtTypeAlias {
                    node_index,
                    range,
                    name: Box::new(self.expr_in(f(0), Context::Store)?),
                    type_params: self.type_params(f(1))?,
                    value: self.boxed(f(2))?,
                })
            }
            "AugAssign" => S::AugAssign(ast::StmtAugAssign {
                node_index,
                range,
                target: Box::new(self.expr_in(f(0), Context::Store)?),
                op: operator(f(1))?,
                value: self.boxed(f(2))?,
            }),
            "AnnAssign" => {
                let simple = int(f(3)) != 0;
                if simple && class(f(0)) != "Name" {
                    return Err(TreeError::Type("AnnAssign with simple non-Name target".to_owned()));
                }
                S::AnnAssign(ast::StmtAnnAssign {
                    node_index,
                    range,
                    target: Box::new(self.expr_in(f(0), Context::Store)?),
                    annotation: self.boxed(f(1))?,
                    value: self.optional(f(2))?,
                    simple,
                    runtime_simple: None,
                })
            }
            "For" | "AsyncFor" => S::For(ast::StmtFor {
                node_index,
                range,
                is_async: node.class == "AsyncFor",
                target: Box::new(self.expr_in(f(0), Context::Store)?),
                iter: self.boxed(f(1))?,
                body: self.body(f(2), node.class)?.into_iter().collect(),
                orelse: self.stmts(items(f(3)))?.into_iter().collect(),
                runtime_type_comment: None,
                runtime_type_comment_bytes: None,
                runtime_body: None,
                runtime_orelse: None,
            }),
            "While" => S::While(ast::StmtWhile {
                node_index,
                range,
                test: self.boxed(f(0))?,
                body: self.body(f(1), "While")?.into_iter().collect(),
                orelse: self.stmts(items(f(2)))?.into_iter().collect(),
                runtime_body: None,
                runtime_orelse: None,
            }),
            "If" => S::If(ast::StmtIf {
                node_index,
                range,
                test: self.boxed(f(0))?,
                body: self.body(f(1), "If")?.into_iter().collect(),
                elif_else_clauses: self.clauses(f(2))?,
                runtime_body: None,
            }),
            "With" | "AsyncWith" => {
                let mut all = Vec::new();
                for tree in not_empty(f(0), "items", node.class)? {
                    let Tree::Node(item) = tree else { continue };
                    let context_expr = self.expr(field(item, 0))?;
                    use ruff_text_size::Ranged;
                    all.push(ast::WithItem {
                        range: context_expr.range(),
                        node_index: Default::default(),
                        context_expr,
                        optional_vars: match field(item, 1) {
                            Tree::None => None,
                            tree => Some(Box::new(self.expr_in(tree, Context::Store)?)),
                        },
                    });
                }
                S::With(ast::StmtWith {
                    node_index,
                    range,
                    is_async: node.class == "AsyncWith",
                    items: all,
                    body: self.body(f(1), node.class)?.into_iter().collect(),
                    runtime_type_comment: None,
                    runtime_type_comment_bytes: None,
                    runtime_body: None,
                })
            }
            "Match" => {
                let mut cases = Vec::new();
                for tree in not_empty(f(1), "cases", "Match")? {
                    let Tree::Node(case) = tree else { continue };
                    let pattern = self.pattern(field(case, 0))?;
                    use ruff_text_size::Ranged;
                    cases.push(ast::MatchCase {
                        range: pattern.range(),
                        node_index: Default::default(),
                        pattern,
                        guard: self.optional(field(case, 1))?,
                        body: self.body(field(case, 2), "match_case")?.into_iter().collect(),
                        runtime_body: None,
                    });
                }
                S::Match(ast::StmtMatch { node_index, range, subject: self.boxed(f(0))?, cases })
            }
            "Raise" => {
                if matches!(f(0), Tree::None) && !matches!(f(1), Tree::None) {
                    return value_error("Raise with cause but no exception");
                }
                S::Raise(ast::StmtRaise { node_index, range, exc: self.optional(f(0))?, cause: self.optional(f(1))? })
            }
            "Try" | "TryStar" => {
                let body = self.body(f(0), node.class)?;
                if items(f(1)).is_empty() && items(f(3)).is_empty() {
                    return value_error(format!("{} has neither except handlers nor finalbody", node.class));
                }
                if items(f(1)).is_empty() && !items(f(2)).is_empty() {
                    return value_error(format!("{} has orelse but no except handlers", node.class));
                }
                let mut handlers = Vec::new();
                for tree in items(f(1)) {
                    let Tree::Node(handler) = tree else { continue };
                    let range = self.layout.range(handler);
                    handlers.push(ast::ExceptHandler::ExceptHandler(ast::ExceptHandlerExceptHandler {
                        range,
                        node_index: Default::default(),
                        type_: self.optional(field(handler, 0))?,
                        name: self.optional_identifier(field(handler, 1), range)?,
                        body: self.body(field(handler, 2), "ExceptHandler")?.into_iter().collect(),
                        runtime_body: None,
                    }));
                }
                S::Try(ast::StmtTry {
                    node_index,
                    range,
                    body: body.into_iter().collect(),
                    handlers,
                    orelse: self.stmts(items(f(2)))?.into_iter().collect(),
                    finalbody: self.stmts(items(f(3)))?.into_iter().collect(),
                    is_star: node.class == "TryStar",
                    runtime_body: None,
                    runtime_handlers: None,
                    runtime_orelse: None,
                    runtime_finalbody: None,
                })
            }
            "Assert" => {
                S::Assert(ast::StmtAssert { node_index, range, test: self.boxed(f(0))?, msg: self.optional(f(1))? })
            }
            "Import" => {
                S::Import(ast::StmtImport { node_index, range, names: self.aliases(f(0), "Import")?, is_lazy: false })
            }
            "ImportFrom" => {
                let Ok(level) = u32::try_from(int(f(2))) else { return value_error("Negative ImportFrom level") };
                S::ImportFrom(ast::StmtImportFrom {
                    node_index,
                    range,
                    module: text(f(0)).map(|m| ast::Identifier::new(m, range)),
                    names: self.aliases(f(1), "ImportFrom")?,
                    level,
                    is_lazy: false,
                    runtime_level: None,
                })
            }
            "Global" => S::Global(ast::StmtGlobal { node_index, range, names: self.names(f(0), "Global", range)? }),
            "Nonlocal" => {
                S::Nonlocal(ast::StmtNonlocal { node_index, range, names: self.names(f(0), "Nonlocal", range)? })
            }
            "Expr" => S::Expr(ast::StmtExpr { node_index, range, value: self.boxed(f(0))? }),
            "Break" => S::Break(ast::StmtBreak { node_index, range }),
            "Continue" => S::Continue(ast::StmtContinue { node_index, range }),
            _ => S::Pass(ast::StmtPass { node_index, range }),
        })
    }

    fn context(&self, tree: &Tree, wanted: Context) -> R<ast::ExprContext> {
        let given = class(tree);
        if given != wanted.name() {
            return value_error(format!("expression must have {} context but has {given} instead", wanted.name()));
        }
        Ok(wanted.parsers())
    }

    fn expr_in(&self, tree: &Tree, context: Context) -> R<ast::Expr> {
        use ast::Expr as E;
        let Tree::Node(node) = tree else { return value_error("None disallowed in expression list") };
        let range = self.layout.range(node);
        let node_index = ast::AtomicNodeIndex::default();
        let f = |i| field(node, i);
        match node.class {
            "Attribute" => {
                let ctx = self.context(f(2), context)?;
                let attr = self.identifier(f(1), TextRange::new(range.end(), range.end()))?;
                // The name's own place: its last bytes.
                let len = (attr.id.as_str().len() as u32).into();
                let start = range.end().checked_sub(len).filter(|s| *s >= range.start()).unwrap_or(range.start());
                let attr = ast::Identifier::new(attr.id, TextRange::new(start, range.end()));
                return Ok(E::Attribute(ast::ExprAttribute { node_index, range, value: self.boxed(f(0))?, attr, ctx }));
            }
            "Subscript" => {
                let ctx = self.context(f(2), context)?;
                let (value, slice) = (self.boxed(f(0))?, self.boxed(f(1))?);
                return Ok(E::Subscript(ast::ExprSubscript { node_index, range, value, slice, ctx }));
            }
            "Starred" => {
                let ctx = self.context(f(1), context)?;
                let value = Box::new(self.expr_in(f(0), context)?);
                return Ok(E::Starred(ast::ExprStarred { node_index, range, value, ctx }));
            }
            "Name" => {
                let name = text(f(0)).unwrap_or("");
                check_name(name)?;
                let ctx = self.context(f(1), context)?;
                return Ok(E::Name(ast::ExprName { node_index, range, id: ast::name::Name::new(name), ctx }));
            }
            "List" => {
                let ctx = self.context(f(1), context)?;
                let elts = self.exprs_in(items(f(0)), context)?;
                return Ok(E::List(ast::ExprList { node_index, range, elts, ctx, runtime_elts: None }));
            }
            "Tuple" => {
                let ctx = self.context(f(1), context)?;
                let elts = self.exprs_in(items(f(0)), context)?;
                let runtime_elts = None;
                return Ok(E::Tuple(ast::ExprTuple {
                    node_index,
                    range,
                    elts,
                    ctx,
                    parenthesized: true,
                    runtime_elts,
                }));
            }
            _ if context != Context::Load => {
                return value_error(format!("expression which can't be assigned to in {} context", context.name()));
            }
            _ => {}
        }
        Ok(match node.class {
            "BoolOp" => {
                if items(f(1)).len() < 2 {
                    return value_error("BoolOp with less than 2 values");
                }
                let op = if class(f(0)) == "And" { ast::BoolOp::And } else { ast::BoolOp::Or };
                let values = self.exprs(items(f(1)))?;
                E::BoolOp(ast::ExprBoolOp { node_index, range, op, values, runtime_values: None })
            }
            "NamedExpr" => {
                if class(f(0)) != "Name" {
                    return Err(TreeError::Type("NamedExpr target must be a Name".to_owned()));
                }
                let target = Box::new(self.expr_in(f(0), Context::Store)?);
                E::Named(ast::ExprNamed { node_index, range, target, value: self.boxed(f(1))? })
            }
            "BinOp" => {
                let (left, right) = (self.boxed(f(0))?, self.boxed(f(2))?);
                E::BinOp(ast::ExprBinOp { node_index, range, left, op: operator(f(1))?, right })
            }
            "UnaryOp" => {
                let op = match class(f(0)) {
                    "Invert" => ast::UnaryOp::Invert,
                    "Not" => ast::UnaryOp::Not,
                    "UAdd" => ast::UnaryOp::UAdd,
                    _ => ast::UnaryOp::USub,
                };
                E::UnaryOp(ast::ExprUnaryOp { node_index, range, op, operand: self.boxed(f(1))? })
            }
            "Lambda" => {
                let parameters = Some(Box::new(self.parameters(f(0))?));
                E::Lambda(ast::ExprLambda { node_index, range, parameters, body: self.boxed(f(1))? })
            }
            "IfExp" => {
                let (test, body, orelse) = (self.boxed(f(0))?, self.boxed(f(1))?, self.boxed(f(2))?);
                E::If(ast::ExprIf { node_index, range, test, body, orelse })
            }
            "Dict" => {
                let (keys, values) = (items(f(0)), items(f(1)));
                if keys.len() != values.len() {
                    return value_error("Dict doesn't have the same number of keys as values");
                }
                let mut all = Vec::new();
                for (key, value) in keys.iter().zip(values) {
                    all.push(ast::DictItem { key: self.optional(key)?.map(|k| *k), value: self.expr(value)? });
                }
                E::Dict(ast::ExprDict { node_index, range, items: all, runtime_values: None })
            }
            "Set" => {
                let elts = self.exprs(items(f(0)))?;
                E::Set(ast::ExprSet { node_index, range, elts, runtime_elts: None })
            }
            "ListComp" => {
                let generators = self.comprehensions(f(1))?;
                E::ListComp(ast::ExprListComp { node_index, range, elt: self.boxed(f(0))?, generators })
            }
            "SetComp" => {
                let generators = self.comprehensions(f(1))?;
                E::SetComp(ast::ExprSetComp { node_index, range, elt: self.boxed(f(0))?, generators })
            }
            "DictComp" => {
                let generators = self.comprehensions(f(2))?;
                let key = Some(self.boxed(f(0))?);
                E::DictComp(ast::ExprDictComp { node_index, range, key, value: self.boxed(f(1))?, generators })
            }
            "GeneratorExp" => {
                let generators = self.comprehensions(f(1))?;
                let elt = self.boxed(f(0))?;
                E::Generator(ast::ExprGenerator { node_index, range, elt, generators, parenthesized: true })
            }
            "Await" => E::Await(ast::ExprAwait { node_index, range, value: self.boxed(f(0))? }),
            "Yield" => E::Yield(ast::ExprYield { node_index, range, value: self.optional(f(0))? }),
            "YieldFrom" => E::YieldFrom(ast::ExprYieldFrom { node_index, range, value: self.boxed(f(0))? }),
            "Compare" => {
                let (ops, comparators) = (items(f(1)), items(f(2)));
                if comparators.is_empty() {
                    return value_error("Compare with no comparators");
                }
                if ops.len() != comparators.len() {
                    return value_error("Compare has a different number of comparators and operands");
                }
                let comparators = self.exprs(comparators)?.into();
                let ops = ops.iter().map(comparison).collect::<R<Vec<_>>>()?.into();
                let left = self.boxed(f(0))?;
                E::Compare(ast::ExprCompare { node_index, range, left, ops, comparators, runtime_comparators: None })
            }
            "Call" => {
                use ruff_text_size::Ranged;
                let func = self.boxed(f(0))?;
                let from = func.range().end().clamp(range.start(), range.end());
                let arguments = self.arguments(f(1), f(2), TextRange::new(from, range.end()))?;
                E::Call(ast::ExprCall { node_index, range_start: range.start(), func, arguments })
            }
            "JoinedStr" => self.joined(node, self.exprs(items(f(0)))?),
            "FormattedValue" => self.formatted(node)?,
            "TemplateStr" => {
                let values = self.exprs(items(f(0)))?;
                E::TString(ast::ExprTString {
                    node_index,
                    range,
                    value: ast::TStringValue::single(self.t_string(range, Vec::new())),
                    runtime_template_str: Some(values),
                    runtime_values: None,
                })
            }
            "Interpolation" => self.interpolation(node)?,
            "Slice" => {
                let (lower, upper, step) = (self.optional(f(0))?, self.optional(f(1))?, self.optional(f(2))?);
                E::Slice(ast::ExprSlice { node_index, range, lower, upper, step })
            }
            _ => {
                let value = match f(0) {
                    Tree::Constant(value) => constant(value),
                    _ => ast::ConstantValue::None,
                };
                let kind = text(f(1)).map(Into::into);
                E::Constant(ast::ExprConstant { node_index, range, value, kind, invalid_type: None })
            }
        })
    }

    fn joined(&self, node: &Node, values: Vec<ast::Expr>) -> ast::Expr {
        let range = self.layout.range(node);
        ast::Expr::FString(ast::ExprFString {
            node_index: Default::default(),
            range,
            value: ast::FStringValue::single(self.f_string(range, Vec::new())),
            runtime_joined_str: Some(values),
            runtime_values: None,
        })
    }

    fn f_string(&self, range: TextRange, elements: Vec<ast::InterpolatedStringElement>) -> ast::FString {
        ast::FString {
            range,
            node_index: Default::default(),
            elements: elements.into(),
            flags: ast::FStringFlags::empty(),
        }
    }

    fn t_string(&self, range: TextRange, elements: Vec<ast::InterpolatedStringElement>) -> ast::TString {
        ast::TString {
            range,
            node_index: Default::default(),
            elements: elements.into(),
            flags: ast::TStringFlags::empty(),
        }
    }

    /// A `FormattedValue`: an f-string of nothing but it.
    fn formatted(&self, node: &Node) -> R<ast::Expr> {
        let range = self.layout.range(node);
        let element = ast::InterpolatedElement {
            range,
            node_index: Default::default(),
            expression: self.boxed(field(node, 0))?,
            debug_text: None,
            conversion: conversion(int(field(node, 1))),
            format_spec: None,
            runtime_str: None,
            runtime_interpolation_format_spec: None,
            runtime_formatted_value_format_spec: self.optional(field(node, 2))?,
        };
        let elements = vec![ast::InterpolatedStringElement::Interpolation(element)];
        Ok(ast::Expr::FString(ast::ExprFString {
            node_index: Default::default(),
            range,
            value: ast::FStringValue::single(self.f_string(range, elements)),
            runtime_joined_str: None,
            runtime_values: None,
        }))
    }

    /// An `Interpolation`: a t-string of nothing but it.
    fn interpolation(&self, node: &Node) -> R<ast::Expr> {
        let range = self.layout.range(node);
        let source = match field(node, 1) {
            Tree::Constant(value) => constant(value),
            _ => ast::ConstantValue::None,
        };
        let element = ast::InterpolatedElement {
            range,
            node_index: Default::default(),
            expression: self.boxed(field(node, 0))?,
            debug_text: None,
            conversion: conversion(int(field(node, 2))),
            format_spec: None,
            runtime_str: Some(source),
            runtime_interpolation_format_spec: self.optional(field(node, 3))?,
            runtime_formatted_value_format_spec: None,
        };
        let elements = vec![ast::InterpolatedStringElement::Interpolation(element)];
        Ok(ast::Expr::TString(ast::ExprTString {
            node_index: Default::default(),
            range,
            value: ast::TStringValue::single(self.t_string(range, elements)),
            runtime_template_str: None,
            runtime_values: None,
        }))
    }

    fn patterns(&self, tree: &Tree) -> R<Vec<ast::Pattern>> {
        items(tree).iter().map(|p| self.pattern(p)).collect()
    }

    fn pattern(&self, tree: &Tree) -> R<ast::Pattern> {
        use ast::Pattern as P;
        let Tree::Node(node) = tree else { return value_error("None disallowed in pattern list") };
        let range = self.layout.range(node);
        let node_index = ast::AtomicNodeIndex::default();
        let f = |i| field(node, i);
        Ok(match node.class {
            "MatchValue" => P::MatchValue(ast::PatternMatchValue { node_index, range, value: self.boxed(f(0))? }),
            "MatchSingleton" => {
                let value = match f(0) {
                    Tree::Constant(Const::True) => ast::Singleton::True,
                    Tree::Constant(Const::False) => ast::Singleton::False,
                    Tree::Constant(Const::None) => ast::Singleton::None,
                    _ => return value_error("MatchSingleton can only contain True, False and None"),
                };
                P::MatchSingleton(ast::PatternMatchSingleton { node_index, range, value })
            }
            "MatchSequence" => {
                let patterns = self.patterns(f(0))?;
                P::MatchSequence(ast::PatternMatchSequence { node_index, range, patterns, runtime_patterns: None })
            }
            "MatchMapping" => {
                if items(f(0)).len() != items(f(1)).len() {
                    return value_error("MatchMapping doesn't have the same number of keys as patterns");
                }
                P::MatchMapping(ast::PatternMatchMapping {
                    node_index,
                    range,
                    keys: self.exprs(items(f(0)))?.into_iter().collect(),
                    patterns: self.patterns(f(1))?.into_iter().collect(),
                    rest: self.optional_identifier(f(2), range)?,
                    runtime_keys: None,
                    runtime_patterns: None,
                })
            }
            "MatchClass" => {
                let (names, patterns) = (items(f(2)), items(f(3)));
                if names.len() != patterns.len() {
                    return value_error("MatchClass doesn't have the same number of keyword attributes as patterns");
                }
                let mut keywords = Vec::new();
                for (name, tree) in names.iter().zip(patterns) {
                    let pattern = self.pattern(tree)?;
                    use ruff_text_size::Ranged;
                    let range = pattern.range();
                    let attr = self.identifier(name, range)?;
                    keywords.push(ast::PatternKeyword { range, node_index: Default::default(), attr, pattern });
                }
                P::MatchClass(ast::PatternMatchClass {
                    node_index,
                    range,
                    cls: self.boxed(f(0))?,
                    arguments: ast::PatternArguments {
                        range,
                        node_index: Default::default(),
                        patterns: self.patterns(f(1))?.into_iter().collect(),
                        keywords,
                    },
                    runtime_patterns: None,
                    runtime_kwd_attrs: None,
                    runtime_kwd_patterns: None,
                })
            }
            "MatchStar" => {
                let name = self.optional_identifier(f(0), range)?;
                P::MatchStar(ast::PatternMatchStar { node_index, range, name })
            }
            "MatchOr" => {
                if items(f(0)).len() < 2 {
                    return value_error("MatchOr requires at least 2 patterns");
                }
                let patterns = self.patterns(f(0))?;
                P::MatchOr(ast::PatternMatchOr { node_index, range, patterns, runtime_patterns: None })
            }
            _ => {
                let pattern = match f(0) {
                    Tree::None => None,
                    tree => Some(Box::new(self.pattern(tree)?)),
                };
                let name = self.optional_identifier(f(1), range)?;
                if pattern.is_some() && name.is_none() {
                    return value_error("MatchAs must specify a target name if a pattern is given");
                }
                P::MatchAs(ast::PatternMatchAs { node_index, range, pattern, name })
            }
        })
    }
}
