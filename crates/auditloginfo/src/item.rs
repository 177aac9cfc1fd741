//! Items: the bytes under which a tally counts commands, files and denials.

pub(crate) mod command;
pub(crate) mod denial;
pub(crate) mod file;
