//! The driver's own types for any value: `Bson`, `Document` and the raw ones.
//!
//! All of them are bounded by [`MAX_DEPTH`](super::MAX_DEPTH), raw bytes included.

use mongodb::bson::{
    Bson, DbPointer, Document, JavaScriptCodeWithScope, RawArray, RawArrayBuf, RawBson, RawBsonRef,
    RawDocument, RawDocumentBuf, raw::cstr, spec::ElementType,
};

use super::{Decode, DecodeError, Element, Encode, Encoder, Flatten, Names, encode_serde};

impl Encode for () {
    fn encode(&self, _: &mut Encoder) -> ElementType {
        ElementType::Null
    }
}

impl Decode for () {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        match element.is_null() {
            true => Ok(()),
            false => Err(element.mismatch("null")),
        }
    }
}

impl Encode for Document {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| self.encode_elements(out));
        ElementType::EmbeddedDocument
    }
}

impl Flatten for Document {
    const NAMES: Names = Names::any();

    fn encode_elements(&self, out: &mut Encoder) {
        for (key, value) in self {
            out.field(key, value);
        }
    }
    fn claims(_: &str) -> bool {
        true
    }
    fn has_key(&self, key: &str) -> bool {
        self.contains_key(key)
    }
}

impl Decode for Document {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut document = Self::new();
        let mut elements = element.elements()?;
        while let Some((key, value)) = elements.next_element()? {
            let value = Bson::decode(value).map_err(|error| error.in_key(key))?;
            document.insert(key, value);
        }
        Ok(document)
    }
}

impl Encode for Bson {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        match self {
            Self::Double(value) => value.encode(out),
            Self::String(value) => value.encode(out),
            Self::Array(value) => value.encode(out),
            Self::Document(value) => value.encode(out),
            Self::Boolean(value) => value.encode(out),
            Self::RegularExpression(value) => value.encode(out),
            Self::JavaScriptCodeWithScope(value) => value.encode(out),
            Self::Int32(value) => value.encode(out),
            Self::Int64(value) => value.encode(out),
            Self::Timestamp(value) => value.encode(out),
            Self::Binary(value) => value.encode(out),
            Self::ObjectId(value) => value.encode(out),
            Self::DateTime(value) => value.encode(out),
            Self::Decimal128(value) => value.encode(out),
            Self::DbPointer(value) => value.encode(out),
            Self::JavaScriptCode(text) | Self::Symbol(text) => {
                out.str(text);
                self.element_type()
            }
            Self::Null | Self::Undefined | Self::MinKey | Self::MaxKey => self.element_type(),
        }
    }
}

impl Decode for Bson {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        Ok(match element.kind() {
            0x01 => Self::Double(f64::decode(element)?),
            0x02 => Self::String(element.text()?.to_owned()),
            0x03 => Self::Document(Document::decode(element)?),
            0x04 => Self::Array(Vec::decode(element)?),
            0x05 => Self::Binary(Decode::decode(element)?),
            0x06 => Self::Undefined,
            0x07 => Self::ObjectId(Decode::decode(element)?),
            0x08 => Self::Boolean(bool::decode(element)?),
            0x09 => Self::DateTime(Decode::decode(element)?),
            0x0A => Self::Null,
            0x0B => Self::RegularExpression(Decode::decode(element)?),
            0x0C => Self::DbPointer(DbPointer::decode(element)?),
            0x0D => Self::JavaScriptCode(element.text()?.to_owned()),
            0x0E => Self::Symbol(element.text()?.to_owned()),
            0x0F => Self::JavaScriptCodeWithScope(Decode::decode(element)?),
            0x10 => Self::Int32(i32::decode(element)?),
            0x11 => Self::Timestamp(Decode::decode(element)?),
            0x12 => Self::Int64(i64::decode(element)?),
            0x13 => Self::Decimal128(Decode::decode(element)?),
            0x7F => Self::MaxKey,
            0xFF => Self::MinKey,
            kind => return Err(DecodeError::malformed(&format!("unknown type 0x{kind:02x}"))),
        })
    }
}

impl Encode for JavaScriptCodeWithScope {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.measured(|out| {
            out.str(&self.code);
            self.scope.encode(out);
        });
        ElementType::JavaScriptCodeWithScope
    }
}

impl Decode for JavaScriptCodeWithScope {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let (code, scope) = element.code_with_scope()?;
        let scope = Document::decode(scope).map_err(|error| error.in_key("$scope"))?;
        Ok(Self { code: code.text()?.to_owned(), scope })
    }
}

/// The fields of a `DbPointer` are private to the driver.
impl Encode for DbPointer {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        encode_serde(self, out)
    }
}

impl Decode for DbPointer {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        match RawBson::decode(element)? {
            RawBson::DbPointer(pointer) => Ok(pointer),
            _ => Err(element.mismatch("dbPointer")),
        }
    }
}

impl Encode for RawDocument {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.raw(0x03, self.as_bytes())
    }
}

impl Encode for RawDocumentBuf {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.raw(0x03, self.as_bytes())
    }
}

impl Decode for RawDocumentBuf {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        if element.kind() != 0x03 {
            return Err(element.mismatch("document"));
        }
        element.check()?;
        Self::from_bytes(element.value().to_vec())
            .map_err(|_| DecodeError::malformed("a document is cut short"))
    }
}

impl Flatten for RawDocumentBuf {
    const NAMES: Names = Names::any();

    fn encode_elements(&self, out: &mut Encoder) {
        for element in self.iter_elements() {
            match element.and_then(|element| Ok((element.key(), element.value()?))) {
                Ok((key, value)) => out.field(key.as_str(), &value),
                Err(error) => out.fail(format!("malformed BSON: {error}")),
            }
        }
    }
    fn claims(_: &str) -> bool {
        true
    }
    fn has_key(&self, key: &str) -> bool {
        self.iter_elements().flatten().any(|element| element.key().as_str() == key)
    }
}

impl Encode for RawArray {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.raw(0x04, self.as_bytes())
    }
}

impl Encode for RawArrayBuf {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.raw(0x04, self.as_bytes())
    }
}

impl Decode for RawArrayBuf {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        match RawBson::decode(element)? {
            RawBson::Array(array) => Ok(array),
            _ => Err(element.mismatch("array")),
        }
    }
}

impl Encode for RawBsonRef<'_> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        let mut holder = RawDocumentBuf::new();
        holder.append(cstr!(""), *self);
        let bytes = holder.as_bytes();
        out.raw(self.element_type() as u8, &bytes[6..bytes.len() - 1])
    }
}

impl Encode for RawBson {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.as_raw_bson_ref().encode(out)
    }
}

impl Decode for RawBson {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        element.check()?;
        let document = element.in_document();
        let raw = RawDocument::from_bytes(&document)
            .map_err(|_| DecodeError::malformed("a value is cut short"))?;
        match raw.get("v") {
            Ok(Some(value)) => Ok(value.into()),
            _ => Err(DecodeError::malformed(&format!("not a {}", element.type_name()))),
        }
    }
}
