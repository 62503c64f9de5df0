//! Whether a change leaves the programs a tree, and the My Tokens of all programs below it sound (R-TOK-5).

use std::collections::HashMap;

use leadhook_store::ProgramId;

use super::tree::{LiveProgram, MAX_DEPTH, Programs};
use crate::{error::Violation, render::nesting_fault};

/// What is wrong with programs that were a sound tree before `changed` was put among them.
pub(super) fn shape_faults(programs: &Programs, changed: ProgramId) -> Vec<Violation> {
    let above = match depth(programs, changed) {
        Ok(above) => above,
        Err(message) => return vec![Violation::new("program.parent", message)],
    };
    let levels = below(programs, changed);
    let deepest = above + levels.len();
    if deepest > MAX_DEPTH {
        let message = format!(
            "makes a tree of {deepest} levels; programs stand at most {MAX_DEPTH} levels deep"
        );
        return vec![Violation::new("program.parent", message)];
    }
    // What the changed program itself has wrong, those below it inherit: it is told once.
    let own = my_tokens_fault(programs, changed);
    if let Some(message) = own {
        return vec![Violation::new("program.my_tokens", message)];
    }
    let below = levels.iter().skip(1).flatten();
    let with_own = below.filter(|live| live.has_my_tokens());
    with_own
        .filter_map(|live| {
            let message = my_tokens_fault(programs, live.program.id)?;
            let message = format!(
                "{}, which is below, would break: {message}",
                live.resource_name()
            );
            Some(Violation::new("program.my_tokens", message))
        })
        .collect()
}

/// How many programs stand above one.
fn depth(programs: &Programs, changed: ProgramId) -> Result<usize, String> {
    let mut line: Vec<_> = programs.by_id(changed).into_iter().collect();
    while let Some(parent) = line
        .last()
        .and_then(|live| programs.by_id(live.program.parent?))
    {
        line.push(parent);
        if parent.program.id == changed {
            let names: Vec<_> = line.iter().map(|live| live.resource_name()).collect();
            return Err(format!(
                "would put the program below itself: {}",
                names.join(" -> ")
            ));
        }
        if line.len() > MAX_DEPTH + 1 {
            break;
        }
    }
    Ok(line.len() - 1)
}

/// A program and those below it, level by level.
fn below(programs: &Programs, changed: ProgramId) -> Vec<Vec<&LiveProgram>> {
    let mut children: HashMap<ProgramId, Vec<&LiveProgram>> = HashMap::new();
    for live in programs.iter() {
        if let Some(parent) = live.program.parent {
            children.entry(parent).or_default().push(live);
        }
    }
    let mut levels = Vec::new();
    let mut level: Vec<&LiveProgram> = programs
        .by_id(changed)
        .map(|live| &**live)
        .into_iter()
        .collect();
    while !level.is_empty() {
        let next = level
            .iter()
            .flat_map(|live| children.remove(&live.program.id).unwrap_or_default())
            .collect();
        levels.push(std::mem::replace(&mut level, next));
    }
    levels
}

fn my_tokens_fault(programs: &Programs, id: ProgramId) -> Option<String> {
    let lineage = programs.lineage(programs.by_id(id)?);
    nesting_fault(lineage.holders(), |key| lineage.my(key))
}

#[cfg(test)]
mod tests;
