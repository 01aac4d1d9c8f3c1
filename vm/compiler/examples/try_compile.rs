//! Compiles the file given, or standard input, and prints its bytecode or the error: `try_compile [FILE]`.

use std::io::Read;
use std::process::ExitCode;

use brolga_compiler::{Mode, Options, Source, compile};

fn main() -> ExitCode {
    let path = std::env::args().nth(1);
    let mut bytes = Vec::new();
    let read = match &path {
        Some(path) => std::fs::read(path).map(|b| bytes = b),
        None => std::io::stdin().read_to_end(&mut bytes).map(|_| ()),
    };
    if let Err(error) = read {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let name = path.as_deref().unwrap_or("<stdin>");
    match compile(Source::Bytes(&bytes), name, Mode::Exec, &Options::default()) {
        Ok(compiled) => {
            print!("{}", brolga_bytecode::dis::disassemble_tree(&compiled.code));
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
