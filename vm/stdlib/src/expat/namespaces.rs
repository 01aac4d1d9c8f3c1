//! Namespaces: prefixes in scope, and the names that result.

use super::codes::Code;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

#[derive(Clone)]
pub struct Namespaces {
    separator: String,
    /// A third part with the prefix.
    pub triplets: bool,
    /// Bindings in scope: prefix (empty: the default namespace), and its URI.
    bindings: Vec<(String, String)>,
    /// How many bindings there were before each open element.
    marks: Vec<usize>,
}

type Attributes = Vec<(String, String)>;
type Started = Vec<(Option<String>, Option<String>)>;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|t| !t.is_empty())
}

impl Namespaces {
    pub fn new(separator: String) -> Namespaces {
        Namespaces { separator, triplets: false, bindings: vec![("xml".to_owned(), XML.to_owned())], marks: Vec::new() }
    }

    /// What an external entity must know of where it stands.
    pub fn context(&self, entity: &str) -> String {
        let mut out = String::new();
        for (prefix, uri) in self.bindings.iter().skip(1) {
            if !uri.is_empty() {
                out.push_str(&format!("{prefix}={uri}\u{c}"));
            }
        }
        out.push_str(entity);
        out
    }

    fn uri(&self, prefix: &str) -> Option<&str> {
        self.bindings.iter().rev().find(|(p, _)| p == prefix).map(|(_, uri)| uri.as_str())
    }

    /// The name with its namespace. Attributes without a prefix have none.
    fn resolve(&self, name: &str, is_attribute: bool) -> Result<String, Code> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if prefix.is_empty() && is_attribute {
            return Ok(name.to_owned());
        }
        match self.uri(prefix) {
            Some(uri) if !uri.is_empty() => {
                let separator = &self.separator;
                if self.triplets && !prefix.is_empty() {
                    return Ok(format!("{uri}{separator}{local}{separator}{prefix}"));
                }
                Ok(format!("{uri}{separator}{local}"))
            }
            _ if prefix.is_empty() => Ok(local.to_owned()),
            _ => Err(Code::UNBOUND_PREFIX),
        }
    }

    fn bind(&mut self, prefix: &str, uri: &str) -> Result<(), Code> {
        match prefix {
            "xml" if uri != XML => return Err(Code::RESERVED_PREFIX_XML),
            "xmlns" => return Err(Code::RESERVED_PREFIX_XMLNS),
            "xml" => {}
            _ if uri == XML || uri == XMLNS => return Err(Code::RESERVED_NAMESPACE_URI),
            "" => {}
            _ if uri.is_empty() => return Err(Code::UNDECLARING_PREFIX),
            _ => {}
        }
        // A separator that can stand in a URI would make names that could be others'.
        if uri.contains(self.separator.as_str()) && !self.separator.is_empty() && !is_uri_part(&self.separator) {
            return Err(Code::SYNTAX);
        }
        self.bindings.push((prefix.to_owned(), uri.to_owned()));
        Ok(())
    }

    /// An element begins: takes its declarations out of the attributes and resolves the names.
    pub fn start(
        &mut self,
        name: &str,
        attributes: Attributes,
        specified: usize,
    ) -> Result<(String, Attributes, usize, Started), Code> {
        self.marks.push(self.bindings.len());
        let (mut rest, mut started, mut kept) = (Vec::new(), Vec::new(), 0);
        for (i, (attribute, value)) in attributes.into_iter().enumerate() {
            let prefix = if attribute == "xmlns" { Some("") } else { attribute.strip_prefix("xmlns:") };
            match prefix {
                Some(prefix) => {
                    self.bind(prefix, &value)?;
                    started.push((some(prefix), some(&value)));
                }
                None => {
                    kept += usize::from(i < specified);
                    rest.push((attribute, value));
                }
            }
        }
        let mut resolved: Attributes = Vec::with_capacity(rest.len());
        for (attribute, value) in rest {
            let full = self.resolve(&attribute, true)?;
            if resolved.iter().any(|(other, _)| *other == full) {
                return Err(Code::DUPLICATE_ATTRIBUTE);
            }
            resolved.push((full, value));
        }
        Ok((self.resolve(name, false)?, resolved, kept, started))
    }

    /// The innermost element ends: its name, and the prefixes that go out of scope.
    pub fn end(&mut self, name: &str) -> (String, Vec<Option<String>>) {
        let full = self.resolve(name, false).unwrap_or_else(|_| name.to_owned());
        let mark = self.marks.pop().unwrap_or(1);
        let mut ended = Vec::new();
        while self.bindings.len() > mark {
            if let Some((prefix, _)) = self.bindings.pop() {
                ended.push(some(&prefix));
            }
        }
        (full, ended)
    }
}

/// Characters that stand in URIs anyhow.
fn is_uri_part(separator: &str) -> bool {
    separator.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c))
}
