//! What only multipathd knows: failed paths, path groups and their priorities.
//!
//! multipathd answers on a socket in the abstract namespace. A request is a `size_t` in native byte
//! order, which is the length of the text with its NUL, and the text. An answer has the same format.
//! The answer to `show topology` is the text of `multipath -ll`. Source: `libmpathcmd/mpath_cmd.h` of
//! multipath-tools.
//!
//! multipathd can hang, and it does if storage does. So a thread asks it, with a deadline, and the
//! reports use the latest answer and never wait for one.

use crate::topology::{MultipathdState, text};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// The name of multipathd's socket.
pub const SOCKET: &[u8] = b"/org/kernel/linux/storage/multipathd";

/// How long an answer can take.
const DEADLINE: Duration = Duration::from_secs(4);

/// The time from an answer to the next request.
const PAUSE: Duration = Duration::from_secs(2);

/// The age from which an answer is not used.
const MAX_AGE: Duration = Duration::from_secs(10);

/// The longest answer that is accepted; 100,000 paths are shorter.
const ANSWER_MAX: usize = 16 << 20;

/// What multipathd knows about each path, by kernel name.
type Answer = HashMap<Vec<u8>, MultipathdState>;

/// The latest answer of multipathd, and the thread that asks it.
#[derive(Debug)]
pub struct Multipathd {
    answers: Receiver<Answer>,
    latest: Option<(Instant, Answer)>,
    /// The thread ends when this is dropped.
    _running: SyncSender<()>,
}

impl Multipathd {
    /// Starts to ask the multipathd that listens on `socket`, a name in the abstract namespace.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(socket: impl Into<Vec<u8>>) -> io::Result<Multipathd> {
        let socket = socket.into();
        let (sender, answers) = mpsc::channel();
        let (running, ended) = mpsc::sync_channel::<()>(0);
        thread::Builder::new().name("multipathd".to_owned()).spawn(move || {
            // An error is not reported: without multipathd, its columns are unknown.
            while ask(&socket).map_or(true, |answer| sender.send(answer).is_ok())
                && ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout)
            {}
        })?;
        Ok(Multipathd { answers, latest: None, _running: running })
    }

    /// The latest answer, unless it is too old.
    pub fn latest(&mut self) -> Option<&Answer> {
        if let Some(answer) = self.answers.try_iter().last() {
            self.latest = Some((Instant::now(), answer));
        }
        let (when, answer) = self.latest.as_ref()?;
        (when.elapsed() < MAX_AGE).then_some(answer)
    }
}

/// Asks once.
fn ask(socket: &[u8]) -> io::Result<Answer> {
    let mut stream = UnixStream::connect_addr(&SocketAddr::from_abstract_name(socket)?)?;
    let deadline = Instant::now() + DEADLINE;
    stream.set_write_timeout(Some(DEADLINE))?;
    let request = b"show topology\0";
    stream.write_all(&request.len().to_ne_bytes())?;
    stream.write_all(request)?;
    let mut length = [0; size_of::<usize>()];
    read_until(deadline, &mut stream, &mut length)?;
    let length = usize::from_ne_bytes(length);
    if length > ANSWER_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut answer = vec![0; length];
    read_until(deadline, &mut stream, &mut answer)?;
    let topology = text::read(&answer[..], |_, _| ())?;
    Ok(text::multipathd_states(&topology))
}

/// Fills `buffer`, and fails at the deadline.
fn read_until(deadline: Instant, stream: &mut UnixStream, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left))?;
        match stream.read(buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => buffer = buffer.get_mut(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if Instant::now() >= deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
