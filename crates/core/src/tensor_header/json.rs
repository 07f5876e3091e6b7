//! The header as JSON, in its own order; what is named twice is refused.

use safetensors::tensor::TensorInfo;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use std::{collections::HashSet, fmt};

/// The key that no tensor has.
const METADATA: &str = "__metadata__";

/// Text by keys.
#[derive(Debug, Default)]
pub(super) struct Pairs(pub(super) Vec<(String, String)>);

/// A header as it stands in a file.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) metadata: Pairs,
    pub(super) tensors: Vec<(String, TensorInfo)>,
}

/// Keys seen so far.
#[derive(Default)]
struct Seen(HashSet<String>);

impl Seen {
    fn add<E: Error>(&mut self, key: &str) -> Result<(), E> {
        if self.0.insert(key.into()) {
            return Ok(());
        }
        Err(E::custom(format_args!("`{key}` is named twice")))
    }
}

impl<'de> Visitor<'de> for Pairs {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<Self, M::Error> {
        let mut seen = Seen::default();
        while let Some((key, text)) = map.next_entry::<String, String>()? {
            seen.add(&key)?;
            self.0.push((key, text));
        }
        Ok(self)
    }
}

impl<'de> Visitor<'de> for Header {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<Self, M::Error> {
        let mut seen = Seen::default();
        while let Some(name) = map.next_key::<String>()? {
            seen.add(&name)?;
            let named = |error: M::Error| M::Error::custom(format_args!("`{name}`: {error}"));
            if name == METADATA {
                self.metadata = map.next_value().map_err(named)?;
            } else {
                let info = map.next_value().map_err(named)?;
                self.tensors.push((name, info));
            }
        }
        Ok(self)
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, text)| (key, text)))
    }
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.metadata.0.is_empty() {
            map.serialize_entry(METADATA, &self.metadata)?;
        }
        for (name, info) in &self.tensors {
            map.serialize_entry(name, info)?;
        }
        map.end()
    }
}
