//! What a parser reports.

use super::dtd::Model;

/// One thing in a document. Names are as the namespace processing leaves them.
pub enum Event {
    StartElement {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    EndElement(String),
    Characters(String),
    Instruction(String, String),
    Comment(String),
    StartCdata,
    EndCdata,
    XmlDecl {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i8,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    EndDoctype,
    ElementDecl(String, Model),
    AttlistDecl {
        element: String,
        attribute: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    EntityDecl {
        name: String,
        parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    NotationDecl {
        name: String,
        system: Option<String>,
        public: Option<String>,
    },
    StartNamespace(Option<String>, Option<String>),
    EndNamespace(Option<String>),
    /// An external entity: a general one with its context, or the external subset or a parameter entity.
    ExternalEntity {
        context: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    SkippedEntity {
        name: String,
        parameter: bool,
    },
    NotStandalone,
    /// Text that is nobody's business but a default handler's.
    Default,
}

/// An event, where it begins, and its text in the document.
pub struct Reported {
    pub event: Event,
    pub raw: String,
    pub position: Position,
}

#[derive(Copy, Clone)]
pub struct Position {
    pub line: usize,
    pub column: usize,
    pub byte: usize,
}

/// What the parser has to know of its handlers.
#[derive(Copy, Clone, Default)]
pub struct Wanted {
    /// Somebody gets the text of what has no handler.
    pub raw: bool,
    /// A default handler that wants entities as they stand in the text.
    pub unexpanded: bool,
    pub external_entities: bool,
    pub skipped: bool,
    pub not_standalone: bool,
}
