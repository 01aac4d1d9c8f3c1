//! Syntax trees as Python's `ast` has them: [`Tree`] is a neutral form between the parser's types and Python's objects.

mod from_parser;
mod layout;
mod strings;
mod to_parser;

use brolga_bytecode::Const;

pub use from_parser::parse;
pub(crate) use from_parser::{has_templates, recompile};
pub use to_parser::{TreeError, compile};

/// A field of a node, or what stands in a list.
#[derive(Debug)]
pub enum Tree {
    None,
    Node(Box<Node>),
    List(Vec<Tree>),
    /// An identifier or a string.
    Str(String),
    Int(i64),
    Constant(Const),
}

/// A node: the fields in the order of the abstract grammar.
#[derive(Debug)]
pub struct Node {
    pub class: &'static str,
    pub fields: Vec<Tree>,
    pub place: Option<Place>,
}

/// Lines from 1 on, columns from 0 on in bytes of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Drop for Node {
    /// Without recursion, however deep the tree is.
    fn drop(&mut self) {
        let mut left = std::mem::take(&mut self.fields);
        while let Some(tree) = left.pop() {
            match tree {
                Tree::Node(mut node) => left.append(&mut node.fields),
                Tree::List(mut items) => left.append(&mut items),
                _ => {}
            }
        }
    }
}

/// Where lines begin.
pub(crate) struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub(crate) fn new(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                starts.push(i as u32 + 1);
            }
        }
        Lines { starts }
    }

    /// Line and column of an offset.
    pub(crate) fn locate(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|i| self.starts.get(i)).copied().unwrap_or(0);
        (line as u32, offset - start)
    }
}
