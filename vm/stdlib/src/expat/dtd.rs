//! Declarations: entities, attributes' defaults, and what the parser needs to know of them.

use std::collections::HashMap;
use std::rc::Rc;

/// An entity.
#[derive(Clone)]
pub struct Entity {
    /// The replacement text of an internal one.
    pub text: Option<Rc<str>>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
}

/// A declared attribute of an element.
#[derive(Clone)]
pub struct Attribute {
    pub name: String,
    /// Is of type CDATA: its white space is kept.
    pub is_cdata: bool,
    pub default: Option<String>,
}

/// What was declared.
#[derive(Clone, Default)]
pub struct Dtd {
    pub general: HashMap<String, Entity>,
    pub parameter: HashMap<String, Entity>,
    pub attributes: HashMap<String, Vec<Attribute>>,
    pub standalone: bool,
    /// There is an external subset, or a reference to a parameter entity: not all may have been read.
    pub has_external: bool,
    /// Declarations behind a parameter entity that was not read do not count.
    pub unread: bool,
}

/// A content model.
pub struct Model {
    pub kind: u8,
    pub quantifier: u8,
    pub name: Option<String>,
    pub children: Vec<Model>,
}

pub const EMPTY: u8 = 1;
pub const ANY: u8 = 2;
pub const MIXED: u8 = 3;
pub const NAME: u8 = 4;
pub const CHOICE: u8 = 5;
pub const SEQUENCE: u8 = 6;
