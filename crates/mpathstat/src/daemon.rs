//! What only multipathd knows: failed paths, groups and their priorities.
//!
//! multipathd answers on a socket in the abstract namespace. A request is its length with the final
//! NUL, in the size and order of the machine's `size_t`, then the text; the answer has the same form.
//! `show topology` gives the text of `multipath -ll`. Source: `libmpathcmd/mpath_cmd.h` of
//! multipath-tools.
//!
//! multipathd may hang, and does so when storage misbehaves. It is asked by a thread of its own, with
//! a deadline; whoever wants the answer takes what has come and never waits.

use crate::topology::{Manager, text};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// The name of multipathd's socket.
pub const SOCKET: &[u8] = b"/org/kernel/linux/storage/multipathd";

/// How long multipathd may take.
const DEADLINE: Duration = Duration::from_secs(4);

/// How often it is asked at most.
const PAUSE: Duration = Duration::from_secs(2);

/// How old an answer may be and still be shown.
const FRESH: Duration = Duration::from_secs(10);

/// The longest answer that is taken: some 100,000 paths.
const ANSWER_MAX: usize = 16 << 20;

/// What multipathd says of each path, by the kernel's name.
type Answer = HashMap<Vec<u8>, Manager>;

/// The thread that asks multipathd again and again, and what it said last.
#[derive(Debug)]
pub struct Daemon {
    answers: Receiver<Answer>,
    latest: Option<(Instant, Answer)>,
    /// Dropped at the end, which ends the thread.
    _running: SyncSender<()>,
}

impl Daemon {
    /// Begins to ask the multipathd that listens on `socket`, a name in the abstract namespace.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(socket: impl Into<Vec<u8>>) -> io::Result<Daemon> {
        let socket = socket.into();
        let (sender, answers) = mpsc::channel();
        let (running, ended) = mpsc::sync_channel::<()>(0);
        thread::Builder::new().name("multipathd".to_owned()).spawn(move || {
            // Without a multipathd there is no answer, and that is all there is to say.
            while ask(&socket).map_or(true, |answer| sender.send(answer).is_ok())
                && ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout)
            {}
        })?;
        Ok(Daemon { answers, latest: None, _running: running })
    }

    /// What multipathd said last, unless that is too long ago.
    pub fn latest(&mut self) -> Option<&Answer> {
        if let Some(answer) = self.answers.try_iter().last() {
            self.latest = Some((Instant::now(), answer));
        }
        let (when, answer) = self.latest.as_ref()?;
        (when.elapsed() < FRESH).then_some(answer)
    }
}

/// Asks once.
fn ask(socket: &[u8]) -> io::Result<Answer> {
    let mut stream = UnixStream::connect_addr(&SocketAddr::from_abstract_name(socket)?)?;
    let until = Instant::now() + DEADLINE;
    stream.set_write_timeout(Some(DEADLINE))?;
    let request = b"show topology\0";
    stream.write_all(&request.len().to_ne_bytes())?;
    stream.write_all(request)?;
    let mut length = [0; size_of::<usize>()];
    read_until(&mut stream, &mut length, until)?;
    let length = usize::from_ne_bytes(length);
    if length > ANSWER_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut answer = vec![0; length];
    read_until(&mut stream, &mut answer, until)?;
    let topology = text::read(&answer[..], |_, _| ())?;
    Ok(text::managers(&topology))
}

/// Fills `buffer` before `until`.
fn read_until(stream: &mut UnixStream, mut buffer: &mut [u8], until: Instant) -> io::Result<()> {
    while !buffer.is_empty() {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left))?;
        match stream.read(buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => buffer = buffer.get_mut(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if Instant::now() >= until {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
