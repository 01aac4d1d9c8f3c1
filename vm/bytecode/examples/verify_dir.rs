//! Verifies every marshalled code object in a folder (`verify_dir DIR`); prints what was refused.

use std::process::ExitCode;

use brolga_bytecode::{marshal, verifier};

fn main() -> ExitCode {
    let Some(dir) = std::env::args().nth(1) else { return ExitCode::FAILURE };
    let Ok(entries) = std::fs::read_dir(dir) else { return ExitCode::FAILURE };
    let (mut good, mut bad) = (0, 0);
    let mut seconds = 0.0;
    for entry in entries.flatten() {
        let Ok(bytes) = std::fs::read(entry.path()) else { continue };
        match marshal::load_code(&bytes) {
            Ok(code) => {
                let started = std::time::Instant::now();
                match verifier::verify_tree(&code) {
                    Ok(()) => good += 1,
                    Err(error) => {
                        bad += 1;
                        println!("{}: {error}", code.filename.to_string_lossy());
                    }
                }
                seconds += started.elapsed().as_secs_f64();
            }
            Err(error) => println!("{}: {error:?}", entry.path().display()),
        }
    }
    println!("{good} files verified, {bad} refused, {seconds:.2} s");
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
