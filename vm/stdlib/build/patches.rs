//! What the crate's copy of the library says of another interpreter, set back to CPython's words.

/// Replaces everything from `from` up to (not including) `to`, or the end where that is empty, by `with`.
pub struct Patch {
    pub file: &'static str,
    from: &'static str,
    to: &'static str,
    with: &'static str,
}

impl Patch {
    /// An error when the text is no longer what the patch was made for.
    pub fn apply(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        let stale = || format!("{}: nothing to patch at {:?}", self.file, self.from);
        let text = std::str::from_utf8(text).map_err(|e| e.to_string())?;
        let start = text.find(self.from).ok_or_else(stale)?;
        let len = match self.to {
            "" => text.len() - start,
            to => text[start..].find(to).ok_or_else(stale)?,
        };
        Ok(format!("{}{}{}", &text[..start], self.with, &text[start + len..]).into_bytes())
    }
}

pub const PATCHES: &[Patch] = &[
    Patch { file: "_compat_pickle.py", from: "# NOTE: RUSTPYTHON", to: "for excname in PYTHON2", with: "" },
    Patch {
        file: "io.py",
        from: "open, open_code, BytesIO",
        to: "BytesIO, StringIO",
        with: "open, open_code, FileIO, ",
    },
    Patch { file: "io.py", from: "# XXX: RUSTPYTHON; FileIO", to: "# for seek()", with: "" },
    Patch { file: "io.py", from: "if FileIO is not None:", to: "RawIOBase.register(FileIO)", with: "" },
    Patch { file: "json/decoder.py", from: "    # RUSTPYTHON SPECIFIC", to: "    # Note that", with: "" },
    Patch {
        file: "platform.py",
        from: "\n        # XXX: RUSTPYTHON support",
        to: "name = 'CPython'",
        with: "        ",
    },
    Patch { file: "site.py", from: "'RustPython' # XXX", to: "\n", with: "'Python'" },
    Patch { file: "site.py", from: "    # XXX: RUSTPYTHON\n", to: "    return f'{userbase}/lib/rustpython", with: "" },
    Patch { file: "site.py", from: "lib/rustpython", to: "{version[0]}", with: "lib/python" },
    Patch { file: "sysconfig/__init__.py", from: "'RustPython'  # XXX", to: "\n", with: "'Python'" },
    Patch { file: "unittest/__init__.py", from: "\n\n\n# XXX: RUSTPYTHON", to: "", with: "" },
];
