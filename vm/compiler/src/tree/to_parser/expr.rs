//! Expressions.

use brolga_bytecode::Const;
use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::*;

#[derive(Copy, Clone, PartialEq)]
pub(super) enum Context {
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

pub(super) fn operator(tree: &Tree) -> R<ast::Operator> {
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
pub(super) fn constant(value: &Const) -> ast::ConstantValue {
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
    pub(super) fn context(&self, tree: &Tree, wanted: Context) -> R<ast::ExprContext> {
        let given = class(tree);
        if given != wanted.name() {
            return value_error(format!("expression must have {} context but has {given} instead", wanted.name()));
        }
        Ok(wanted.parsers())
    }

    pub(super) fn expr_in(&self, tree: &Tree, context: Context) -> R<ast::Expr> {
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

    pub(super) fn joined(&self, node: &Node, values: Vec<ast::Expr>) -> ast::Expr {
        let range = self.layout.range(node);
        ast::Expr::FString(ast::ExprFString {
            node_index: Default::default(),
            range,
            value: ast::FStringValue::single(self.f_string(range, Vec::new())),
            runtime_joined_str: Some(values),
            runtime_values: None,
        })
    }

    pub(super) fn f_string(&self, range: TextRange, elements: Vec<ast::InterpolatedStringElement>) -> ast::FString {
        ast::FString {
            range,
            node_index: Default::default(),
            elements: elements.into(),
            flags: ast::FStringFlags::empty(),
        }
    }

    pub(super) fn t_string(&self, range: TextRange, elements: Vec<ast::InterpolatedStringElement>) -> ast::TString {
        ast::TString {
            range,
            node_index: Default::default(),
            elements: elements.into(),
            flags: ast::TStringFlags::empty(),
        }
    }

    /// A `FormattedValue`: an f-string of nothing but it.
    pub(super) fn formatted(&self, node: &Node) -> R<ast::Expr> {
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
    pub(super) fn interpolation(&self, node: &Node) -> R<ast::Expr> {
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

    pub(super) fn comprehensions(&self, tree: &Tree) -> R<Vec<ast::Comprehension>> {
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
}
