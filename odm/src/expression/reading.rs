//! How a path is read: `"$a.b"`, and an expression where no path says it.

use crate::{
    codec::Encode,
    error::{Error, Result},
    path::{Path, Step as PathStep},
};

use super::code::Code;

/// The variable of the expressions that are made here. An inner one hides an outer one, which it
/// does not need.
const VARIABLE: &str = "item";

/// One step of a path that is read.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    /// A field, or a key of a map.
    Name(&'a str),
    /// The array element at a position.
    Position(i64),
    /// Every element of an array.
    Each,
    /// The value is of this variant if its tag has this name.
    Variant { tag: &'a str, name: &'static str },
}

/// The expression that reads the value at a path.
pub(super) fn read(path: &Path) -> Result<Code> {
    match path.fault() {
        Some(fault) => Err(Error::invalid(fault)),
        None => from("$".to_owned(), &steps(path)),
    }
}

/// The path as the target of a stage, which names fields and nothing else.
pub(crate) fn stage_field(path: &Path) -> Result<String> {
    named_path(path, |step| match step {
        Step::Position(_) => {
            Some("a pipeline cannot name an array element by its position: set the whole")
        }
        Step::Each => Some("a pipeline cannot go into an array: set the whole"),
        _ => Some("a pipeline does not ask which variant is stored: set the whole"),
    })
}

/// The path as a stage that goes through arrays by itself names it: `lines.product`.
pub(crate) fn element_path(path: &Path) -> Result<String> {
    named_path(path, |step| match step {
        Step::Each => None,
        step => Some(not_a_field(step)),
    })
}

/// The path of one value, as a stage names it.
pub(crate) fn column_path(path: &Path) -> Result<String> {
    named_path(path, |step| Some(not_a_field(step)))
}

fn not_a_field(step: &Step<'_>) -> &'static str {
    match step {
        Step::Variant { .. } => "a stage does not ask which variant is stored",
        _ => "a stage names a field, and no element of an array: unwind the array first",
    }
}

/// The names on a path; `refused` says why another step cannot be used, if it cannot.
fn named_path(path: &Path, refused: impl Fn(&Step<'_>) -> Option<&'static str>) -> Result<String> {
    if let Some(fault) = path.fault() {
        return Err(Error::invalid(fault));
    }
    let steps = steps(path);
    let names = steps.iter().filter_map(|step| match step {
        Step::Name(name) => Some(Ok(*name)),
        step => refused(step).map(|why| Err(Error::invalid(format!("`{path}`: {why}")))),
    });
    let names: Vec<_> = names.collect::<Result<_>>()?;
    match names.is_empty() {
        true => Err(Error::invalid("a stage needs a field")),
        false => Ok(names.join(".")),
    }
}

/// The steps of a path, as an expression reads them.
fn steps(path: &Path) -> Vec<Step<'_>> {
    let links = path.links();
    let steps = links.iter().copied().filter_map(|link| match &link.step {
        PathStep::Field(name) | PathStep::Case(name) => Some(Step::Name(name)),
        PathStep::Key(name) | PathStep::Variable(name) => Some(Step::Name(name)),
        PathStep::Position { index, .. } => {
            Some(Step::Position(i64::try_from(*index).unwrap_or(i64::MAX)))
        }
        PathStep::Variant { tag, name } => Some(Step::Variant { tag, name }),
        PathStep::Flattened { .. } | PathStep::Unwound(_) => None,
        // The other steps into an array do not compile here.
        PathStep::Each | PathStep::Any | PathStep::Matched | PathStep::Filtered(_) => {
            Some(Step::Each)
        }
    });
    steps.collect()
}

/// Reads on from a path of fields, `text`: `"$"`, `"$a"`, `"$$item"`.
fn from(mut text: String, steps: &[Step<'_>]) -> Result<Code> {
    let mut arrays = 0;
    for (index, step) in steps.iter().enumerate() {
        let is_element = index > 0 && matches!(steps[index - 1], Step::Each);
        let rest = &steps[index..];
        match *step {
            Step::Name(name) => text = joined(&text, name),
            // The server goes through an array by itself, but not through an array in an array.
            Step::Each if !is_element => arrays += 1,
            Step::Each if rest.iter().all(|step| matches!(step, Step::Each)) => {}
            _ if arrays > 0 => return mapped(Code::field(&text)?, arrays, rest),
            Step::Position(position) => {
                let operands = vec![whole(&text)?, Code::encoded(&small(position))?];
                return of_value(Code::call("$arrayElemAt", operands)?, &rest[1..]);
            }
            Step::Variant { tag, name } => {
                let tag = Code::field(&joined(&text, tag))?;
                let is_it = Code::call("$eq", vec![tag, Code::literal(name)?])?;
                return Code::call("$cond", vec![is_it, from(text, &rest[1..])?, Code::null()]);
            }
            Step::Each => arrays += 1,
        }
    }
    whole(&text)
}

/// Reads on from a value.
fn of_value(value: Code, rest: &[Step<'_>]) -> Result<Code> {
    match rest {
        [] => Ok(value),
        _ => Code::let_in(VARIABLE, value, from(format!("$${VARIABLE}"), rest)?),
    }
}

/// Reads on from each element of arrays of arrays, as deep as they are.
fn mapped(array: Code, depth: usize, rest: &[Step<'_>]) -> Result<Code> {
    let variable = format!("$${VARIABLE}");
    let each = match depth {
        1 => from(variable, rest)?,
        _ => mapped(Code::field(&variable)?, depth - 1, rest)?,
    };
    Code::named("$map", [("input", array), ("as", Code::literal(VARIABLE)?), ("in", each)])
}

fn joined(text: &str, name: &str) -> String {
    match text {
        "$" => format!("${name}"),
        _ => format!("{text}.{name}"),
    }
}

/// The document itself has a name of its own.
fn whole(text: &str) -> Result<Code> {
    Code::field(if text == "$" { "$$ROOT" } else { text })
}

/// A position as an `int32`, if it is one.
fn small(position: i64) -> impl Encode {
    i32::try_from(position).map_or_else(|_| Small::Long(position), Small::Int)
}

enum Small {
    Int(i32),
    Long(i64),
}

impl Encode for Small {
    fn encode(&self, out: &mut crate::codec::Encoder) -> crate::codec::ElementType {
        match self {
            Self::Int(value) => value.encode(out),
            Self::Long(value) => value.encode(out),
        }
    }
}
