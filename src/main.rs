//! The command line: `python3`'s.

mod args;
mod help;
mod run;
mod settings;

fn main() {
    std::process::exit(run::main(std::env::args_os().collect()));
}
