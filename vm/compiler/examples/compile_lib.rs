//! Compiles files and writes their marshalled code: `compile_lib OUT_DIR LIST_FILE [OPTIMIZE]`. LIST_FILE has one path a line;
//! file N becomes OUT_DIR/N.bin, or OUT_DIR/N.err with the error. `tests/compare_lib.py` compares them with CPython's.

use std::path::Path;
use std::process::ExitCode;

use brolga_compiler::{Mode, Options, Source, compile};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let (Some(out), Some(list)) = (args.get(1), args.get(2)) else { return ExitCode::FAILURE };
    let optimize = args.get(3).and_then(|o| o.parse().ok()).unwrap_or(0);
    let Ok(list) = std::fs::read_to_string(list) else { return ExitCode::FAILURE };
    let (mut failed, mut seconds) = (0, 0.0);
    for (n, path) in list.lines().enumerate() {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let started = std::time::Instant::now();
        let options = Options { optimize, ..Options::default() };
        let result = compile(Source::Bytes(&bytes), path, Mode::Exec, &options);
        seconds += started.elapsed().as_secs_f64();
        let (name, bytes) = match result {
            Ok(compiled) => (format!("{n}.bin"), brolga_bytecode::marshal::write_code(&compiled.code)),
            Err(error) => {
                failed += 1;
                println!("{path}: {error}");
                (format!("{n}.err"), error.to_string().into_bytes())
            }
        };
        if std::fs::write(Path::new(out).join(name), bytes).is_err() {
            return ExitCode::FAILURE;
        }
    }
    println!("{failed} files failed, {seconds:.2} s compiling");
    ExitCode::SUCCESS
}
