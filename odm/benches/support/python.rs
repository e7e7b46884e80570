//! PyMongo, for comparison.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// Wall and client CPU seconds that a script prints, run in an environment of its own with PyMongo.
pub(crate) fn pymongo(script: &str, arguments: &[&str]) -> Result<(f64, f64), String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pymongo");
    let python = folder.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder), "")?;
        run(Command::new(&python).args(["-m", "pip", "install", "-q", "pymongo>=4,<5"]), "")?;
    }
    let output = run(Command::new(&python).arg("-").args(arguments), script)?;
    let mut numbers = output.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(wall)), Some(Ok(cpu))) => Ok((wall, cpu)),
        _ => Err(format!("it said {output:?}")),
    }
}

fn run(command: &mut Command, input: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| error.to_string();
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            let text = String::from_utf8_lossy(&output.stderr);
            Err(text.lines().last().unwrap_or("no reason given").to_owned())
        }
    }
}
