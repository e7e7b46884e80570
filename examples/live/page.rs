//! The page as it is served: with the last changes in it, so that it shows them without a script.
//!
//! `row` here and `row` in the page make the same elements.

use std::{
    fmt::Write,
    hash::{BuildHasher, RandomState},
};

use crate::{hub::Hub, message::Row};

const PAGE: &str = include_str!("page.html");

/// The page, and what a browser may run and load in it: nothing but its own script and style.
pub(crate) fn render(hub: &Hub, namespace: &str, history: usize) -> (String, String) {
    let (entries, seq) = hub.last(history);
    let nonce = format!("{:016x}", RandomState::new().hash_one(seq));
    let rows: String = entries.iter().map(|entry| row(&entry.row)).collect();
    let parts = [
        ("nonce", nonce.as_str()),
        ("namespace", &escaped(namespace)),
        ("series", &escaped(&hub.series())),
        ("seq", &seq.to_string()),
        ("history", &history.to_string()),
        ("rows", &rows),
    ];
    let policy = format!(
        "default-src 'none'; connect-src 'self'; style-src 'nonce-{nonce}'; \
         script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'"
    );
    (filled(PAGE, &parts), policy)
}

/// The template with its `{{names}}` replaced. What is put in is not looked at again.
fn filled(template: &str, parts: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        let part = parts.iter().find(|(known, _)| *known == name);
        page.push_str(part.map_or("", |(_, part)| part));
        page.push_str(rest);
    }
    page
}

fn row(row: &Row) -> String {
    let class = if row.is_raw { "raw" } else { &row.op };
    let mut html = format!(
        r#"<li id="change-{}" class="{}" data-seq="{}"><b>{}</b>"#,
        escaped(&row.id),
        escaped(class),
        row.seq,
        escaped(&row.op),
    );
    for field in &row.fields {
        let (name, value) = (escaped(&field.name), escaped(&field.value));
        // Writing to a string cannot fail.
        let _ = write!(html, "<span><i>{name}</i>{value}</span>");
    }
    html + "</li>"
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(char),
        }
    }
    escaped
}
