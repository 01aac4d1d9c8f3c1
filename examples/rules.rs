//! Rules that users write in Python: values go in and out, and their mistakes come back as errors that say where.
//!
//! `cargo run --release --example rules`

use std::collections::BTreeMap;
use std::fmt::Write;

use brolga::{Error, Vm};

const RULES: &str = "\
def discount(order):
    total = sum(price for _, price in order['lines'])
    if order['customer'] in ('Ada', 'Grace'):
        return round(total * 0.9, 2)
    return total

def shipping(order):
    return order['weight'] * 1.5
";

/// Prices an order by the rule of that name.
fn price(vm: &Vm, rule: &str, customer: &str) -> Result<f64, Error> {
    let order = vm.object(BTreeMap::from([("customer", customer)]))?;
    order.set_item("lines", vec![("tea", 4.5), ("cake", 3.0)])?;
    vm.call(rule, (&order,))?.extract()
}

pub fn run() -> Result<String, Error> {
    let vm = Vm::builder().build()?;
    vm.exec_as(RULES, "rules.py")?;
    let mut out = String::new();
    for customer in ["Ada", "Bob"] {
        let _ = writeln!(out, "{customer} pays {}", price(&vm, "discount", customer)?);
    }
    match price(&vm, "shipping", "Ada") {
        Err(error) if error.is_instance("KeyError") => {
            let _ = writeln!(out, "shipping: {error}");
            let traceback = error.exception().map_or("", |e| &e.traceback);
            let _ = writeln!(out, "{}", traceback.trim_end());
        }
        other => drop(other?),
    }
    Ok(out)
}

#[allow(dead_code, reason = "the tests include this file, and call `run`")]
fn main() -> Result<(), Error> {
    print!("{}", run()?);
    Ok(())
}
