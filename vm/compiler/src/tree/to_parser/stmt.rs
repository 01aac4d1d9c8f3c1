//! Statements.

use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::expr::operator;
use super::*;

impl Builder<'_> {
    /// `orelse` of an `if`: a lone `if` in it is an `elif`.
    pub(super) fn clauses(&self, tree: &Tree) -> R<Vec<ast::ElifElseClause>> {
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

    pub(super) fn stmt(&self, node: &Node) -> R<ast::Stmt> {
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

    pub(super) fn aliases(&self, tree: &Tree, owner: &str) -> R<Vec<ast::Alias>> {
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

    pub(super) fn names(&self, tree: &Tree, owner: &str, range: TextRange) -> R<Vec<ast::Identifier>> {
        not_empty(tree, "names", owner)?.iter().map(|t| self.identifier(t, range)).collect()
    }
}
