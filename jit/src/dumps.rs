//! What the compiler writes to stderr of what it makes: `-X jit-dump=WHAT,...[:FUNCTION]`.

/// See `brolga --help-jit`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dumps {
    /// Each unit behind the passes.
    pub ir: bool,
    /// What the code generator gets.
    pub clif: bool,
    /// What it makes.
    pub asm: bool,
    /// Passes that leave a unit invalid.
    pub check: bool,
    /// At the end: what was compiled, and left how often.
    pub exits: bool,
    /// Only of units of functions of this name.
    pub function: Option<String>,
}

impl Dumps {
    /// Parses the option's value; the error is the text for stderr.
    pub fn parse(text: &str) -> Result<Dumps, String> {
        let (kinds, function) = text.split_once(':').map_or((text, None), |(kinds, name)| (kinds, Some(name)));
        let mut dumps = Dumps { function: function.map(str::to_owned), ..Dumps::default() };
        for kind in kinds.split(',') {
            *match kind {
                "ir" => &mut dumps.ir,
                "clif" => &mut dumps.clif,
                "asm" => &mut dumps.asm,
                "check" => &mut dumps.check,
                "exits" => &mut dumps.exits,
                _ => {
                    return Err(
                        "-X jit-dump: wants some of ir, clif, asm, check, exits, and perhaps :FUNCTION\n".to_owned()
                    );
                }
            } = true;
        }
        Ok(dumps)
    }

    /// Is something to be written while a unit is compiled?
    pub fn is_of_units(&self) -> bool {
        self.ir || self.clif || self.asm || self.check
    }

    /// What of this is to be written of a unit of that function.
    pub fn of_function(&self, name: &str) -> Dumps {
        if self.function.as_deref().is_none_or(|wanted| wanted == name) { self.clone() } else { Dumps::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        let wanted = Dumps { ir: true, asm: true, function: Some("f".to_owned()), ..Dumps::default() };
        assert_eq!(Dumps::parse("ir,asm:f"), Ok(wanted.clone()));
        assert!(wanted.of_function("f").asm && !wanted.of_function("g").asm);
        assert!(Dumps::parse("exits").is_ok_and(|d| d.exits && !d.is_of_units()));
        assert!(Dumps::parse("").is_err() && Dumps::parse("ir,x").is_err());
    }
}
