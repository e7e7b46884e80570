//! The untyped form of expressions: a tree that is written once, when it is sent.

use std::{borrow::Cow, fmt};

use mongodb::bson::{Bson, Document};

use crate::{
    codec::{Decode, ElementType, Encode, Encoder, MAX_DEPTH, RawValue},
    error::{Error, Result},
};

use super::Settle;

/// The name of an operator or of one of its arguments.
type Name = Cow<'static, str>;

/// An expression as the server takes it.
#[doc(hidden)]
#[derive(Clone)]
pub struct Code {
    node: Node,
    depth: u8,
}

#[derive(Clone)]
enum Node {
    /// A value in BSON: a literal, a path of fields.
    Value(RawValue),
    Document(Vec<(Name, Code)>),
    Array(Vec<Code>),
}

/// Operators whose operands may stand in one list: `a + b + c`.
const FLAT: [&str; 5] = ["$add", "$multiply", "$and", "$or", "$concat"];

impl Code {
    /// A value as it is: the server reads it as an expression.
    pub(crate) fn encoded<V: Encode + ?Sized>(value: &V) -> Result<Self> {
        let value = RawValue::write("", |out| value.encode(out))?;
        Ok(Self { node: Node::Value(value), depth: 0 })
    }

    /// A value that the server does not read as an expression.
    pub(crate) fn literal<V: Encode + ?Sized>(value: &V) -> Result<Self> {
        let code = Self::encoded(value)?;
        match code.is_readable() {
            true => Self::document([(Cow::Borrowed("$literal"), code)]),
            false => Ok(code),
        }
    }

    /// A path of fields: `"$a.b"`.
    pub(crate) fn field(path: &str) -> Result<Self> {
        Self::encoded(path)
    }

    pub(crate) fn null() -> Self {
        Self { node: Node::Value(RawValue::of(&())), depth: 0 }
    }

    /// `{operator: operand}`
    pub(crate) fn unary(operator: &'static str, operand: Self) -> Result<Self> {
        Self::document([(Cow::Borrowed(operator), operand)])
    }

    /// `{operator: [operands]}`; a list of the same operator in front is made longer.
    pub(crate) fn call(operator: &'static str, operands: Vec<Self>) -> Result<Self> {
        let mut operands = operands.into_iter();
        let first = operands.next();
        let mut list = match first.map(|first| first.into_list_of(operator)) {
            Some(Ok(list)) => list,
            Some(Err(first)) => vec![first],
            None => Vec::new(),
        };
        list.extend(operands);
        Self::unary(operator, Self::array(list)?)
    }

    /// `{operator: {name: argument, …}}`
    pub(crate) fn named<const N: usize>(
        operator: &'static str,
        arguments: [(&'static str, Self); N],
    ) -> Result<Self> {
        let arguments = arguments.map(|(name, argument)| (Cow::Borrowed(name), argument));
        Self::unary(operator, Self::document(arguments)?)
    }

    /// `{name: value, …}`
    pub(crate) fn document(fields: impl IntoIterator<Item = (Name, Self)>) -> Result<Self> {
        let fields: Vec<_> = fields.into_iter().collect();
        let depth = deepest(fields.iter().map(|(_, code)| code))?;
        Ok(Self { node: Node::Document(fields), depth })
    }

    /// `[item, …]`
    pub(crate) fn array(items: Vec<Self>) -> Result<Self> {
        let depth = deepest(items.iter())?;
        Ok(Self { node: Node::Array(items), depth })
    }

    /// `{$let: {vars: {name: value}, in: body}}`
    pub(crate) fn let_in(name: &str, value: Self, body: Self) -> Result<Self> {
        let variables = Self::document([(Cow::Owned(name.to_owned()), value)])?;
        Self::named("$let", [("vars", variables), ("in", body)])
    }

    /// The result converted by an operator; a whole number that is a literal is converted here.
    pub(crate) fn converted(self, operator: &'static str) -> Result<Self> {
        match (self.as_int32(), operator) {
            (Some(value), "$toLong") => Self::encoded(&i64::from(value)),
            (Some(value), "$toDouble") => Self::encoded(&f64::from(value)),
            _ if self.is_kind(ElementType::Int64) && operator == "$toLong" => Ok(self),
            _ if self.is_kind(ElementType::Double) && operator == "$toDouble" => Ok(self),
            _ => Self::unary(operator, self),
        }
    }

    /// The result as one of its type; of an array, each number in it.
    pub(super) fn settled(self, settle: Option<Settle>) -> Result<Self> {
        match settle {
            None => Ok(self),
            Some(Settle { operator, depth: 0 }) => self.converted(operator),
            Some(settle) => {
                let each = Self::field("$$item")?.settled(settle.in_element())?;
                let name = Self::literal("item")?;
                Self::named("$map", [("input", self), ("as", name), ("in", each)])
            }
        }
    }

    /// The result, or null if it is absent.
    pub(crate) fn or_null(self) -> Result<Self> {
        match self.is_literal() {
            true => Ok(self),
            false => Self::call("$ifNull", vec![self, Self::null()]),
        }
    }

    /// Appends the expression; its type is the result.
    pub(crate) fn write(&self, out: &mut Encoder) -> ElementType {
        match &self.node {
            Node::Value(value) => value.encode(out),
            Node::Document(fields) => {
                out.document(|out| {
                    for (name, code) in fields {
                        out.element(name, |out| code.write(out));
                    }
                });
                ElementType::EmbeddedDocument
            }
            Node::Array(items) => {
                out.list(items, Self::write);
                ElementType::Array
            }
        }
    }

    /// The expression as a value of the driver's.
    pub(crate) fn to_bson(&self) -> Result<Bson> {
        let value = RawValue::write("", |out| self.write(out))?;
        let element = value.as_element();
        element.to_bson().map_err(|error| Error::invalid(error.to_string()))
    }

    /// The same of what is a document.
    pub(crate) fn to_document(&self) -> Result<Document> {
        match self.to_bson()? {
            Bson::Document(document) => Ok(document),
            other => Err(Error::invalid(format!("a document is needed here, and not {other}"))),
        }
    }

    /// The operands, if the expression is `{operator: [operands]}` and its list can be made longer.
    fn into_list_of(self, operator: &str) -> std::result::Result<Vec<Self>, Self> {
        let is_flat = FLAT.contains(&operator)
            && matches!(&self.node, Node::Document(fields)
                if matches!(&fields[..], [(name, list)]
                    if name == operator && matches!(list.node, Node::Array(_))));
        match self.node {
            Node::Document(mut fields) if is_flat => match fields.remove(0).1.node {
                Node::Array(items) => Ok(items),
                node => Err(Self { node, depth: self.depth }),
            },
            node => Err(Self { node, depth: self.depth }),
        }
    }

    /// Whether the server would read the value as an expression.
    fn is_readable(&self) -> bool {
        match &self.node {
            Node::Value(value) => match value.str() {
                Some(text) => text.starts_with('$'),
                None => {
                    matches!(value.kind(), ElementType::EmbeddedDocument | ElementType::Array)
                }
            },
            Node::Document(_) | Node::Array(_) => true,
        }
    }

    /// Whether this is the text.
    pub(super) fn is_text(&self, text: &str) -> bool {
        matches!(&self.node, Node::Value(value) if value.str() == Some(text))
    }

    /// Whether this is a value, not an expression.
    pub(super) fn is_literal(&self) -> bool {
        match &self.node {
            Node::Value(..) => !self.is_readable(),
            Node::Document(fields) => matches!(&fields[..], [(name, _)] if name == "$literal"),
            Node::Array(_) => false,
        }
    }

    /// What it is by its look: a literal's or a path's type, a document that is no operator, an
    /// array; `None` for an operator.
    pub(crate) fn kind(&self) -> Option<ElementType> {
        match &self.node {
            Node::Value(value) => Some(value.kind()),
            Node::Array(_) => Some(ElementType::Array),
            Node::Document(fields) => match fields.first() {
                Some((name, _)) if name.starts_with('$') => None,
                _ => Some(ElementType::EmbeddedDocument),
            },
        }
    }

    /// The document with one more field.
    pub(crate) fn with_field(mut self, name: &'static str, value: Self) -> Result<Self> {
        if let Node::Document(fields) = &mut self.node {
            self.depth = self.depth.max(deepest(std::iter::once(&value))?);
            fields.push((Cow::Borrowed(name), value));
        }
        Ok(self)
    }

    /// Whether this is `{operator: …}`.
    pub(crate) fn is_operator(&self, operator: &str) -> bool {
        match &self.node {
            Node::Document(fields) => matches!(&fields[..], [(name, _)] if name == operator),
            Node::Value(value) => {
                value.operators().is_some_and(|operators| operators.keys().next() == Some(operator))
            }
            Node::Array(_) => false,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.is_kind(ElementType::Null)
    }

    pub(crate) fn is_empty_array(&self) -> bool {
        matches!(&self.node, Node::Array(items) if items.is_empty())
    }

    /// Whether this is the path, and nothing else.
    pub(crate) fn is_path(&self, path: &str) -> bool {
        matches!(&self.node, Node::Value(value) if value.str() == Some(path))
    }

    /// Whether this is a path of fields or a variable.
    pub(crate) fn is_any_path(&self) -> bool {
        matches!(&self.node, Node::Value(value) if value.str().is_some_and(|it| it.starts_with('$')))
    }

    fn is_kind(&self, expected: ElementType) -> bool {
        matches!(&self.node, Node::Value(value) if value.kind() == expected)
    }

    fn as_int32(&self) -> Option<i32> {
        match &self.node {
            Node::Value(value) if value.kind() == ElementType::Int32 => {
                i32::decode(value.as_element()).ok()
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_bson() {
            Ok(value) => write!(f, "Code({value})"),
            Err(error) => write!(f, "Code({error})"),
        }
    }
}

/// The depth of what holds these; the server would refuse what is nested too deep.
fn deepest<'a>(parts: impl Iterator<Item = &'a Code>) -> Result<u8> {
    let depth = parts.map(|code| code.depth).max().unwrap_or(0) + 1;
    match depth > MAX_DEPTH {
        true => {
            Err(Error::invalid(format!("the expression is nested deeper than {MAX_DEPTH} levels")))
        }
        false => Ok(depth),
    }
}
