//! "Did you mean: ...?": the nearest of some names, by CPython's costs and limits.

/// Cost of a move (an insertion, a deletion, a substitution), and of a change of case only.
const MOVE: usize = 2;
const CASE: usize = 1;
/// Longer names, and more of them, are not compared.
const MAX_LENGTH: usize = 40;
const MAX_CANDIDATES: usize = 750;

fn substitution(a: u32, b: u32) -> usize {
    if a == b {
        return 0;
    }
    let lower = |c: u32| char::from_u32(c).map_or(c, |c| u32::from(c.to_ascii_lowercase()));
    if lower(a) == lower(b) { CASE } else { MOVE }
}

/// The edit distance, or any number above `max` where it is more than that.
fn distance(a: &[u32], b: &[u32], max: usize) -> usize {
    if a == b {
        return 0;
    }
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(prefix..).unwrap_or(&[]), b.get(prefix..).unwrap_or(&[]));
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(..a.len() - suffix).unwrap_or(&[]), b.get(..b.len() - suffix).unwrap_or(&[]));
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return max + 1;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if (long.len() - short.len()) * MOVE > max {
        return max + 1;
    }
    let mut row: Vec<usize> = (1..=short.len()).map(|i| i * MOVE).collect();
    let mut result = 0;
    for (i, c) in long.iter().enumerate() {
        let mut corner = i * MOVE;
        result = corner;
        let mut least = usize::MAX;
        for (s, cell) in short.iter().zip(row.iter_mut()) {
            let replace = corner + substitution(*c, *s);
            corner = *cell;
            result = replace.min(result.min(corner) + MOVE);
            *cell = result;
            least = least.min(result);
        }
        if least > max {
            return max + 1;
        }
    }
    result
}

/// The index of the candidate nearest to `name`, if one is near enough.
pub fn closest_index<'a>(name: &[u32], candidates: impl ExactSizeIterator<Item = &'a [u32]>) -> Option<usize> {
    if candidates.len() >= MAX_CANDIDATES || name.len() > MAX_LENGTH {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    for (i, candidate) in candidates.enumerate() {
        if candidate == name {
            continue;
        }
        // No more than a third of the characters involved may change.
        let mut max = (name.len() + candidate.len() + 3) * MOVE / 6;
        if let Some((_, found)) = best {
            max = max.min(found.saturating_sub(1));
        }
        let found = distance(name, candidate, max);
        if found <= max && best.is_none_or(|(_, b)| found < b) {
            best = Some((i, found));
        }
    }
    best.map(|(i, _)| i)
}

/// The candidate nearest to `name`, if one is near enough.
pub fn closest(name: &str, candidates: &[String]) -> Option<String> {
    let points = |s: &str| -> Vec<u32> { s.chars().map(u32::from).collect() };
    let all: Vec<Vec<u32>> = candidates.iter().map(|c| points(c)).collect();
    let i = closest_index(&points(name), all.iter().map(Vec::as_slice))?;
    candidates.get(i).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        let names = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(closest("appendd", &names(&["append", "extend"])).as_deref(), Some("append"));
        assert_eq!(closest("Value", &names(&["value", "valve"])).as_deref(), Some("value"));
        assert_eq!(closest("blech", &names(&["somethingelse"])), None);
        assert_eq!(closest("same", &names(&["same"])), None);
    }
}
