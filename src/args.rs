//! Parsing the command line as CPython does: options up to the program, then the program's own arguments.

use brolga_jit::options::JitOptions;
use brolga_runtime::state::config::{Config, JitMode};

use crate::{help, settings};

/// What is to be run.
#[derive(Debug)]
pub enum Program {
    /// `-c code`
    Code(String),
    /// `-m module`
    Module(String),
    /// A script, or a directory or zip file with a `__main__`.
    Script(String),
    /// `-`, or nothing.
    Stdin,
    /// `--jit-dump`-like tools and `--dis file`: developers' options.
    Disassemble(String),
}

/// What the command line says.
#[derive(Debug)]
pub enum Command {
    Run(Box<Config>, Program),
    /// Text for stdout, and exit 0.
    Say(String),
    /// Text for stderr, and exit 2.
    Wrong(String),
    /// The same of what CPython finds wrong only when it begins: exit 1.
    Fatal(String),
}

const USAGE: &str = "usage: brolga [option] ... [-c cmd | -m mod | file | -] [arg] ...\n\
Try 'brolga -h' for more information.\n";

/// `-V`; given twice, with what else tells builds apart.
fn version(times: usize) -> String {
    if times > 1 {
        return format!("Python 3.14.10 (Brolga {}) on {}\n", env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    }
    "Python 3.14.10\n".to_owned()
}

/// An environment variable that is set and not empty.
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// Parses `argv`.
pub fn parse(argv: &[String]) -> Command {
    let mut config = Config { orig_argv: argv.to_vec(), handles_signals: true, ..Config::default() };
    config.executable = std::env::current_exe().map_or_else(|_| String::new(), |p| p.display().to_string());
    let mut options = argv.iter().skip(1);
    let mut rest: Vec<String> = Vec::new();
    let mut program = None;
    let mut versions = 0;
    while let Some(arg) = options.next() {
        if arg == "-" {
            program = Some((Program::Stdin, "-".to_owned()));
            break;
        }
        if let Some(long) = arg.strip_prefix("--") {
            match long {
                "help" => return Command::Say(help::OPTIONS.to_owned()),
                "help-env" => return Command::Say(help::ENVIRONMENT.to_owned()),
                "help-xoptions" => return Command::Say(help::X_OPTIONS.to_owned()),
                "help-all" => {
                    let all = [help::OPTIONS, help::ENVIRONMENT, help::X_OPTIONS, help::JIT];
                    return Command::Say(all.join("\n"));
                }
                "version" => versions += 1,
                "check-hash-based-pycs" => match options.next().map(String::as_str) {
                    Some(how @ ("always" | "never" | "default")) => how.clone_into(&mut config.check_hash_pycs),
                    _ => {
                        return Command::Wrong(
                            "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n".to_owned()
                                + USAGE,
                        );
                    }
                },
                "dis" => match options.next() {
                    Some(file) => return Command::Run(Box::new(config), Program::Disassemble(file.clone())),
                    None => return Command::Wrong("--dis needs a file\n".to_owned()),
                },
                _ => match long.strip_prefix("jit-dump=") {
                    Some(what) => config.x_options.push(("jit-dump".to_owned(), Some(what.to_owned()))),
                    None => return Command::Wrong(format!("unknown option --{long}\n{USAGE}")),
                },
            }
            continue;
        }
        let Some(letters) = arg.strip_prefix('-') else {
            program = Some((Program::Script(arg.clone()), arg.clone()));
            break;
        };
        for (i, letter) in letters.char_indices() {
            // The argument of an option: what is left of this word, or the next one.
            let mut value = || -> Option<String> {
                let tail = &letters[i + letter.len_utf8()..];
                if tail.is_empty() { options.next().cloned() } else { Some(tail.to_owned()) }
            };
            match letter {
                'b' => config.bytes_warning += 1,
                'B' => config.dont_write_bytecode = true,
                'd' => config.debug = true,
                'E' => config.ignore_environment = true,
                'h' | '?' => return Command::Say(help::OPTIONS.to_owned()),
                'i' => {
                    config.inspect = true;
                    config.interactive = true;
                }
                'I' => {
                    config.isolated = true;
                    config.ignore_environment = true;
                    config.safe_path = true;
                    config.no_user_site = true;
                }
                'O' => config.optimize = (config.optimize + 1).min(2),
                'P' => config.safe_path = true,
                'q' => config.quiet = true,
                'R' => {}
                's' => config.no_user_site = true,
                'S' => config.no_site = true,
                'u' => config.unbuffered = true,
                'v' => config.verbose += 1,
                'V' => versions += 1,
                'x' => config.skip_first_line = true,
                'W' => match value() {
                    Some(v) => {
                        config.warn_options.push(v);
                        break;
                    }
                    None => return missing('W'),
                },
                'X' => match value() {
                    Some(v) => {
                        let (name, setting) = match v.split_once('=') {
                            Some((n, s)) => (n.to_owned(), Some(s.to_owned())),
                            None => (v, None),
                        };
                        config.x_options.push((name, setting));
                        break;
                    }
                    None => return missing('X'),
                },
                'c' => match value() {
                    Some(v) => {
                        program = Some((Program::Code(v), "-c".to_owned()));
                        break;
                    }
                    None => return missing('c'),
                },
                'm' => match value() {
                    Some(v) => {
                        program = Some((Program::Module(v), "-m".to_owned()));
                        break;
                    }
                    None => return missing('m'),
                },
                _ => return Command::Wrong(format!("Unknown option: -{letter}\n{USAGE}")),
            }
        }
        if program.is_some() {
            break;
        }
    }
    if versions > 0 {
        return Command::Say(version(versions));
    }
    rest.extend(options.cloned());
    let (program, name) = program.unwrap_or((Program::Stdin, String::new()));
    config.argv = std::iter::once(name).chain(rest).collect();
    if let Err(wrong) = settle(&mut config) {
        return wrong;
    }
    Command::Run(Box::new(config), program)
}

fn missing(option: char) -> Command {
    Command::Wrong(format!("Argument expected for the -{option} option\n{USAGE}"))
}

/// The environment and the `-X` options.
fn settle(config: &mut Config) -> Result<(), Command> {
    for (name, value) in config.x_options.clone() {
        match (name.as_str(), value.as_deref()) {
            ("jit", Some(mode)) => {
                config.jit = match mode {
                    "off" => JitMode::Off,
                    "on" => JitMode::On,
                    "eager" => JitMode::Eager,
                    "nofast" => JitMode::NoFast,
                    _ => return Err(Command::Wrong(format!("-X jit: unknown mode '{mode}'\n"))),
                }
            }
            ("gc-stress", _) => config.gc_stress = true,
            ("alloc-fail", n) => {
                let n = n.unwrap_or("0").parse::<u64>();
                config.alloc_fail =
                    Some(n.map_err(|_| Command::Wrong("-X alloc-fail: a number is expected\n".to_owned()))?);
            }
            ("dev", _) => config.dev_mode = true,
            ("faulthandler", _) => config.faulthandler = true,
            ("importtime", level) => config.import_time = settings::import_time("-X importtime: values", level)?,
            ("utf8", on) => config.utf8_mode = settings::utf8("-X utf8 option value", on)?,
            ("cpu_count", n) => config.cpu_count = settings::cpu_count(n)?,
            ("warn_default_encoding", _) => config.warn_default_encoding = true,
            ("thread_inherit_context", on) => {
                config.thread_inherit_context =
                    settings::switch("thread_inherit_context", "-X thread_inherit_context=n: n", on)?;
            }
            ("context_aware_warnings", on) => {
                config.context_aware_warnings =
                    settings::switch("context_aware_warnings", "-X context_aware_warnings=n: n", on)?;
            }
            ("gil", on) => settings::gil(on)?,
            ("no_debug_ranges", _) => config.no_debug_ranges = true,
            ("int_max_str_digits", n) => {
                config.int_max_str_digits = Some(settings::max_str_digits("-X int_max_str_digits", n.unwrap_or(""))?);
            }
            ("fuel", None) => config.fuel = Some(u64::MAX),
            ("fuel", Some(n)) => match n.parse::<u64>() {
                Ok(n) => config.fuel = Some(n),
                Err(_) => return Err(Command::Wrong(format!("-X fuel: '{n}' is no number of bytecodes\n"))),
            },
            ("mem", Some(size)) => match bytes(size) {
                Some(size) => config.memory_limit = Some(size),
                None => return Err(Command::Wrong(format!("-X mem: '{size}' is no size, such as 512M\n"))),
            },
            ("pycache_prefix", Some(p)) if !p.is_empty() => config.pycache_prefix = Some(p.to_owned()),
            _ => {}
        }
    }
    JitOptions::of(config).map_err(Command::Wrong)?;
    if config.ignore_environment {
        if config.dev_mode {
            config.warn_options.insert(0, "default".to_owned());
        }
        warn_of_bytes(config);
        return Ok(());
    }
    let set = |name: &str| env(name).is_some();
    let given = |config: &Config, name: &str| config.x_options.iter().any(|(option, _)| option == name);
    if !given(config, "utf8")
        && let Some(on) = env("PYTHONUTF8")
    {
        config.utf8_mode = settings::utf8("PYTHONUTF8 environment variable value", Some(&on))?;
    }
    if !given(config, "cpu_count")
        && let Some(n) = env("PYTHON_CPU_COUNT")
    {
        config.cpu_count = settings::cpu_count(Some(&n))?;
    }
    if !given(config, "thread_inherit_context")
        && let Some(on) = env("PYTHON_THREAD_INHERIT_CONTEXT")
    {
        config.thread_inherit_context =
            settings::switch("thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT=N: N", Some(&on))?;
    }
    if !given(config, "context_aware_warnings")
        && let Some(on) = env("PYTHON_CONTEXT_AWARE_WARNINGS")
    {
        config.context_aware_warnings =
            settings::switch("context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS=N: N", Some(&on))?;
    }
    if !given(config, "gil")
        && let Some(on) = env("PYTHON_GIL")
    {
        settings::gil(Some(&on))?;
    }
    config.warn_default_encoding |= set("PYTHONWARNDEFAULTENCODING");
    config.dont_write_bytecode |= set("PYTHONDONTWRITEBYTECODE");
    config.inspect |= set("PYTHONINSPECT");
    config.no_user_site |= set("PYTHONNOUSERSITE");
    config.unbuffered |= set("PYTHONUNBUFFERED");
    config.safe_path |= set("PYTHONSAFEPATH");
    config.dev_mode |= set("PYTHONDEVMODE");
    config.faulthandler |= set("PYTHONFAULTHANDLER");
    config.no_debug_ranges |= set("PYTHONNODEBUGRANGES");
    config.gc_stress |= set("BROLGA_GC_STRESS");
    if let Some(v) = env("PYTHONVERBOSE") {
        config.verbose = config.verbose.max(v.parse().unwrap_or(1));
    }
    if let Some(v) = env("PYTHONPROFILEIMPORTTIME")
        && config.import_time == 0
    {
        let level = v.parse::<i64>().is_ok().then_some(v.as_str());
        config.import_time = settings::import_time("PYTHONPROFILEIMPORTTIME: numeric values", level)?;
    }
    if let Some(v) = env("PYTHONOPTIMIZE") {
        config.optimize = config.optimize.max(v.parse().unwrap_or(1)).min(2);
    }
    if let Some(v) = env("PYTHONHASHSEED")
        && v != "random"
    {
        let seed = v.parse::<u32>();
        config.hash_seed = Some(seed.map_err(|_| {
            settings::fatal("hash_seed", "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]")
        })?);
    }
    if let Some(v) = env("PYTHONINTMAXSTRDIGITS")
        && config.int_max_str_digits.is_none()
    {
        config.int_max_str_digits = Some(settings::max_str_digits("PYTHONINTMAXSTRDIGITS", &v)?);
    }
    if let Some(v) = env("PYTHONWARNINGS") {
        let mut all: Vec<String> = v.split(',').map(str::to_owned).collect();
        all.append(&mut config.warn_options);
        config.warn_options = all;
    }
    if config.dev_mode {
        config.warn_options.insert(0, "default".to_owned());
    }
    warn_of_bytes(config);
    if let Some(v) = env("PYTHONPATH") {
        config.path = v.split(':').map(str::to_owned).collect();
    }
    config.home = env("PYTHONHOME");
    config.pycache_prefix = config.pycache_prefix.take().or(env("PYTHONPYCACHEPREFIX"));
    if let Some(v) = env("PYTHON_JIT") {
        match v.as_str() {
            "0" => config.jit = JitMode::Off,
            "1" => config.jit = JitMode::On,
            _ => {}
        }
    }
    Ok(())
}

/// A size: a number of bytes, or of K, M or G of them.
fn bytes(text: &str) -> Option<usize> {
    let shift = match text.as_bytes().last()? {
        b'K' | b'k' => 10,
        b'M' | b'm' => 20,
        b'G' | b'g' => 30,
        _ => return text.parse().ok(),
    };
    text[..text.len() - 1].parse::<usize>().ok()?.checked_mul(1 << shift)
}

/// `-b` shows warnings about bytes, `-bb` makes them errors.
fn warn_of_bytes(config: &mut Config) {
    match config.bytes_warning {
        0 => {}
        1 => config.warn_options.push("default::BytesWarning".to_owned()),
        _ => config.warn_options.push("error::BytesWarning".to_owned()),
    }
}
