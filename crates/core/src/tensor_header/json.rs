//! The header as JSON, in its own order; what is named twice is refused.

use safetensors::tensor::TensorInfo;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use std::{collections::BTreeSet, fmt};

/// The key that no tensor has.
const METADATA: &str = "__metadata__";

/// The tensors of a header.
#[derive(Default)]
pub(super) struct Header {
    pub(super) tensors: Vec<(String, TensorInfo)>,
}

/// Text by keys, which is only looked at.
#[derive(Default)]
struct Texts;

/// Keys seen so far.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    fn add<E: Error>(&mut self, key: &str) -> Result<(), E> {
        if self.0.insert(key.into()) {
            return Ok(());
        }
        Err(E::custom(format_args!("`{key}` is named twice")))
    }
}

impl<'de> Visitor<'de> for Texts {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self, M::Error> {
        let mut seen = Seen::default();
        while let Some(key) = map.next_key::<String>()? {
            seen.add(&key)?;
            map.next_value::<String>()?;
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
            let value = if name == METADATA {
                map.next_value::<Texts>().map(|_| None)
            } else {
                map.next_value::<TensorInfo>().map(Some)
            };
            let info =
                value.map_err(|error| M::Error::custom(format_args!("`{name}`: {error}")))?;
            self.tensors.extend(info.map(|info| (name, info)));
        }
        Ok(self)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self)
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}
