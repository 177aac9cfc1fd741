//! Items: the bytes under which a tally counts commands, files, addresses and denials.

pub(crate) mod address;
pub(crate) mod address_families;
pub(crate) mod command;
pub(crate) mod denial;
pub(crate) mod file;
pub(crate) mod sudo;
