//! Places where compiled code is entered.

use brolga_runtime::interp::feedback::Feedback;
use brolga_runtime::interp::native::{Entry, resume_interpreted, run_interpreted};
use brolga_runtime::object::{Header, Ref};
use brolga_runtime::types::code::PyCode;

use crate::limits;
use crate::log::Line;

/// Where a unit is entered.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// A loop's header (code units), and the counter of the jump back to it, which is part of the code object.
    Loop {
        code: usize,
        header: u32,
        counter: *const Feedback,
    },
    Function {
        code: usize,
    },
    /// The body of a function's generators.
    Generator {
        code: usize,
    },
}

impl Place {
    pub fn counter(&self) -> Option<*const Feedback> {
        match self {
            Place::Loop { counter, .. } => Some(*counter),
            Place::Function { .. } | Place::Generator { .. } => None,
        }
    }

    pub fn same(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Loop { code: a, header: x, .. }, Place::Loop { code: b, header: y, .. }) => a == b && x == y,
            (Place::Function { code: a }, Place::Function { code: b })
            | (Place::Generator { code: a }, Place::Generator { code: b }) => a == b,
            _ => false,
        }
    }

    /// Its code object's address, and which place of it this is.
    pub fn key(&self) -> (usize, u32) {
        match *self {
            Place::Function { code } => (code, 0),
            Place::Generator { code } => (code, 1),
            Place::Loop { code, header, .. } => (code, header.saturating_add(2)),
        }
    }

    /// Its code object.
    pub fn code(&self) -> Ref<PyCode> {
        let (Place::Loop { code, .. } | Place::Function { code } | Place::Generator { code }) = *self;
        // SAFETY: a site's code object is alive.
        unsafe { Ref::from_ptr(std::ptr::NonNull::new_unchecked(code as *mut Header)) }
    }

    /// The interpreter enters this code from now on. (A loop's is entered by its jump back, when that asks next.)
    pub fn enters(&self, entry: Entry) {
        let code = self.code();
        match self {
            Place::Loop { .. } => {}
            Place::Function { .. } => {
                code.native.set(entry);
                code.calls_left.set(1);
            }
            Place::Generator { .. } => {
                code.resume.set(entry);
                code.resumes_left.set(1);
            }
        }
    }

    /// It is interpreted, so many calls at least.
    pub fn forgets(&self, calls: u32) {
        let code = self.code();
        match self {
            Place::Loop { .. } => {}
            Place::Function { .. } => {
                code.native.set(run_interpreted);
                code.calls_left.set(calls);
            }
            Place::Generator { .. } => {
                code.resume.set(resume_interpreted);
                code.resumes_left.set(calls);
            }
        }
    }

    /// The place in a line of the log.
    pub fn describe(&self, line: Line) -> Line {
        let code = self.code();
        let name = code.name_str().map_or_else(String::new, |n| n.to_lossy());
        let file = code.filename_str().map_or_else(String::new, |n| n.to_lossy());
        let (kind, at) = match self {
            Place::Loop { header, .. } => ("loop", *header),
            Place::Function { .. } => ("function", 0),
            Place::Generator { .. } => ("generator", 0),
        };
        let place = format!("{}/{kind}@{at}", limits::place(code));
        let line = line.text("kind", kind).text("function", &name).text("file", &file).text("place", &place);
        match i32::try_from(at).ok().and_then(|at| code.line_of(at.saturating_mul(2))) {
            Some(number) => line.number("line", number).number("at", at),
            None => line.number("at", at),
        }
    }

    /// Its name for profilers, as CPython's.
    pub fn symbol(&self) -> String {
        let code = self.code();
        let file = code.filename_str().map_or_else(String::new, |n| n.to_lossy());
        let name = code.qualname_str().or(code.name_str()).map_or_else(String::new, |n| n.to_lossy());
        match self {
            Place::Loop { header, .. } => {
                let line = i32::try_from(*header).ok().and_then(|at| code.line_of(at.saturating_mul(2)));
                format!("py::{name}:{file} (loop at line {})", line.unwrap_or(0))
            }
            Place::Function { .. } | Place::Generator { .. } => format!("py::{name}:{file}"),
        }
    }
}
